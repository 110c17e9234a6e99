using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Passes;

/// <summary>
/// Identities of elementwise arithmetic that hold for every value of the dtype: infinities, NaN, minus zero, wrapping integers. Where a number's type
/// could change the result's, the types must be known and equal.
/// </summary>
internal static class Algebra
{
    internal static readonly Rule[] All =
    [
        new("x + 0 = x", static (n, _) => IsAdd(n) ? Keep(n, static (o, t) => t.IsInteger() ? Match.Is(o, 0) && o.Constant is long : t.IsFloat() && Match.Is(o, -0.0) && o.Constant is double, bothSides: true) : Rule.No),
        new("x - 0 = x", static (n, _) => IsSub(n) ? Keep(n, static (o, t) => t.IsInteger() ? o.Constant is long && Match.Is(o, 0) : t.IsFloat() && Match.Is(o, 0), bothSides: false) : Rule.No),
        new("x * 1 = x", static (n, _) => n.Name is "mul" or "__rmul__" or "multiply" ? Keep(n, static (o, t) => (t.IsInteger() || t.IsFloat()) && Match.Is(o, 1), bothSides: true) : Rule.No),
        new("x / 1 = x", static (n, _) => n.Name is "_div" or "true_divide" || (n.Name is "div" or "divide" && n["rounding_mode"].IsNone) ? Keep(n, static (o, t) => t.IsFloat() && Match.Is(o, 1), bothSides: false) : Rule.No),
        new("x ** 1 = x", static (n, _) => n.Name is "pow" or "__pow__" && n.Inputs[0].Value is not null ? Keep(n, static (o, t) => (t.IsInteger() || t.IsFloat()) && Match.Is(o, 1), bothSides: false) : Rule.No),
        new("x * 0 = 0 for integers", static (n, r) => n.Name is "mul" && Other(n, static o => o.Constant is long and 0) is { } x && Match.TypeOf(x) is { } t && t.IsInteger() && Match.Same(x, n.Output)
            ? r.Emit("full", n.Output.Type, n.Where, [Operand.Of(Match.SizesOf(x)), 0], ("dtype", t)) : Rule.No),
        new("x / 2^k = x * 2^-k", static (n, r) => n.Name == "_div" && Match.TypeOf(n.Inputs[0]) is DType.Float32 or DType.Float64 && Match.Same(n.Inputs[0], n.Output) && PowerOfTwo(n.Inputs[1]) is { } d
            ? r.Emit("mul", n.Output.Type, n.Where, n.Inputs[0], 1 / d) : Rule.No),
        new("-(-x) = x", static (n, _) => Twice(n, "neg")),
        new("not(not(x)) = x", static (n, _) => n.Name == "logical_not" && Match.By(n.Inputs[0], "logical_not") is { } i && Match.TypeOf(i.Inputs[0]) == DType.Bool ? i.Inputs[0] : Twice(n, "bitwise_not")),
        new("f(f(x)) = f(x)", static (n, _) => n.Op is Relu or Abs or Floor or Ceil or Trunc or Sign && Match.Op(n.Inputs[0]) is { } inner && inner.Equals(n.Op) && Match.Same(n.Inputs[0], n.Output) ? n.Inputs[0] : Rule.No),
        new("|-x| = |x|", static (n, r) => n.Op is Abs && Match.By(n.Inputs[0], "neg") is { } i && Match.Same(i.Inputs[0], n.Output) ? r.Emit(n.Entry, [i.Inputs[0]], n.Output.Type, n.Where) : Rule.No),
        new("a + (-b) = a - b", static (n, r) => n.Name == "_add" && Match.TypeOf(n.Output) is { } t && t.IsFloat() && Match.By(n.Inputs[1], "neg") is { } i && Match.TypeOf(i.Inputs[0]) == t && Match.TypeOf(n.Inputs[0]) == t
            ? r.Emit("_sub", n.Output.Type, n.Where, n.Inputs[0], i.Inputs[0]) : Rule.No),
        new("a - (-b) = a + b", static (n, r) => n.Name == "_sub" && Match.TypeOf(n.Output) is { } t && t.IsFloat() && Match.By(n.Inputs[1], "neg") is { } i && Match.TypeOf(i.Inputs[0]) == t && Match.TypeOf(n.Inputs[0]) == t
            ? r.Emit("_add", n.Output.Type, n.Where, n.Inputs[0], i.Inputs[0]) : Rule.No),
        new("where(c, x, x) = x", static (n, _) => n.Name == "_where" && n.Inputs[1] == n.Inputs[2] && n.Inputs[1].Value is not null && Match.Same(n.Inputs[1], n.Output) ? n.Inputs[1] : Rule.No),
        new("a constant tensor of one element is a number", Number),
    ];

    static bool IsAdd(OpNode n) => n.Name == "_add" || (n.Name is "add" or "__radd__" && Match.Is(n["alpha"], 1));

    static bool IsSub(OpNode n) => n.Name == "_sub" || (n.Name == "sub" && Match.Is(n["alpha"], 1));

    /// <summary>The argument that isn't the number, if the result is what it is.</summary>
    static Operand? Keep(OpNode n, Func<Operand, DType, bool> neutral, bool bothSides)
    {
        for (var i = 1; i >= (bothSides ? 0 : 1); i--)
        {
            var (x, o) = (n.Inputs[1 - i], n.Inputs[i]);
            if (o.Value is null && o.List is null && Match.TypeOf(x) is { } t && Match.Same(x, n.Output) && neutral(o, t)) return x;
        }
        return null;
    }

    static Operand? Other(OpNode n, Func<Operand, bool> number)
    {
        for (var i = 0; i < 2; i++)
        {
            if (n.Inputs[i].Value is null && n.Inputs[i].List is null && number(n.Inputs[i])) return n.Inputs[1 - i];
        }
        return null;
    }

    static Operand? Twice(OpNode n, string name) => n.Name == name && Match.By(n.Inputs[0], name) is { } inner && Match.Same(inner.Inputs[0], n.Output) ? inner.Inputs[0] : Rule.No;

    static double? PowerOfTwo(Operand o)
    {
        if (o.Value is not null || o.List is not null) return null;
        var d = o.Constant switch
        {
            long l => l,
            double r => r,
            _ => double.NaN,
        };
        return double.IsFinite(d) && Math.Abs(d) is >= 1e-18 and <= 1e18 && double.IsPow2(Math.Abs(d)) && d != 1 ? d : null;
    }

    /// <summary>
    /// Numbers are cheaper than tensors without axes. Both yield to the other argument's dtype when that has axes and is of the same kind, so the result is the same.
    /// </summary>
    static Operand? Number(OpNode n, RulePass r)
    {
        if (n.Op is not (Plus or Minus or Mul or TrueDivide or Maximum or Minimum)) return null;
        for (var i = 0; i < 2; i++)
        {
            if (r.StateOf(n.Inputs[i]) is not { Kind: StateKind.Constant, Tensor: { Rank: 0 } c } || c.IsWrapped) continue;
            var x = n.Inputs[1 - i];
            if (Match.RankOf(x) is not > 0 || Match.TypeOf(x) is not { } t || t != Match.TypeOf(n.Output)) continue;
            Operand? number = c.DType is DType.Float32 or DType.Float64 && t.IsFloat() ? c.Item<double>()
                : c.DType is DType.Int32 or DType.Int64 && (t is DType.Int64 || t.IsFloat()) && Math.Abs(c.Item<long>()) < 1 << 24 ? c.Item<long>() : Rule.No;
            if (number is { } k) return r.Emit(n.Entry, i == 0 ? [k, x] : [x, k], n.Output.Type, n.Where);
        }
        return null;
    }
}
