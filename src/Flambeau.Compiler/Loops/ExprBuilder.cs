using Flambeau.Cpu;

namespace Flambeau.Compiler.Loops;

/// <summary>Makes the expressions of one region. Equal expressions are one node.</summary>
/// <param name="lane">What the region computes in: float32, float64, int32, int64 or uint8.</param>
internal sealed class ExprBuilder(DType lane)
{
    readonly record struct Key(ExprOp Op, int A, int B, int C, bool Mask, long Bits, int Index);

    readonly Dictionary<Key, Expr> known = [];
    readonly List<bool> rows = [];
    readonly List<ScalarFunction> one = [];
    readonly List<ScalarFunction2> two = [];

    internal DType Lane => lane;

    /// <summary>Functions of one number, by index.</summary>
    internal IReadOnlyList<ScalarFunction> One => one;

    /// <summary>Functions of two numbers, by index.</summary>
    internal IReadOnlyList<ScalarFunction2> Two => two;

    /// <summary>Formulas are applied to bools, which are masks here: sums are "or", products "and".</summary>
    internal bool Bools { get; set; }

    /// <summary>A formula asked for something that has no expression, so the op can't be part of a region.</summary>
    internal bool Failed { get; set; }

    internal bool IsRow(int input) => rows[input];

    /// <summary>A new input.</summary>
    /// <param name="row">It is the same for a whole row.</param>
    /// <param name="mask">It is a bool.</param>
    internal Expr Input(bool row, bool mask)
    {
        rows.Add(row);
        return Make(ExprOp.Input, mask, 0, rows.Count - 1);
    }

    internal Expr Const(double value, bool mask = false) => Make(ExprOp.Const, mask, value, 0);

    internal Expr Reduce(ReduceKind kind, Expr x) => Make(ExprOp.Reduce, false, 0, (int)kind, x);

    internal Expr Call(in ScalarFunction f, Expr a)
    {
        var name = f.Name;
        var at = one.FindIndex(g => g.Name == name);
        if (at < 0)
        {
            at = one.Count;
            one.Add(f);
        }
        return Make(ExprOp.Call1, false, 0, at, a);
    }

    internal Expr Call(in ScalarFunction2 f, Expr a, Expr b)
    {
        var name = f.Name;
        var at = two.FindIndex(g => g.Name == name);
        if (at < 0)
        {
            at = two.Count;
            two.Add(f);
        }
        return Make(ExprOp.Call2, false, 0, at, a, b);
    }

    internal Expr Make(ExprOp op, params Expr[] args) => Make(op, MaskOf(op, args), 0, 0, args);

    static bool MaskOf(ExprOp op, Expr[] args) => op switch
    {
        ExprOp.Lt or ExprOp.Gt or ExprOp.Le or ExprOp.Ge or ExprOp.Eq => true,
        ExprOp.And or ExprOp.Or or ExprOp.Xor => args[0].Mask && args[1].Mask,
        ExprOp.Not => args[0].Mask,
        ExprOp.Select => args[1].Mask && args[2].Mask,
        _ => false,
    };

    Expr Make(ExprOp op, bool mask, double value, int index, params Expr[] args)
    {
        var key = new Key(op, Id(args, 0), Id(args, 1), Id(args, 2), mask, BitConverter.DoubleToInt64Bits(value), index);
        if (known.TryGetValue(key, out var e)) return e;
        return known[key] = new Expr(this, known.Count, op, args, mask, value, index);
    }

    static int Id(Expr[] args, int i) => i < args.Length ? args[i].Id : -1;
}
