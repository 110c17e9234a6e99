using System.Globalization;
using System.Text;
using Flambeau.Compiler.Loops;

namespace Flambeau.Cuda.Emit;

/// <summary>
/// Writes expressions of one lane type as CUDA C. Constants stand as holes in the text, filled by number: those whose value varies between the ops that
/// share a text become parameters of the kernel.
/// </summary>
internal sealed class CudaWriter(ExprBuilder builder)
{
    readonly StringBuilder body = new();
    readonly Dictionary<Expr, string> names = [];
    readonly List<double> constants = [];

    /// <summary>Values of the constants, in the order of their holes.</summary>
    internal IReadOnlyList<double> Constants => constants;

    /// <summary>The formula can't be written: it calls a function that the prelude hasn't, or asked for something that has no expression.</summary>
    internal bool Failed { get; private set; }

    /// <summary>The mark of constant number i in the text.</summary>
    internal static string Hole(int i) => $"@{i}@";

    /// <summary>Gives an input its name in the text.</summary>
    internal void Name(Expr e, string name) => names[e] = name;

    /// <summary>The statements so far; the next function starts anew.</summary>
    internal string Take()
    {
        var text = body.ToString();
        body.Clear();
        names.Clear();
        return text;
    }

    /// <summary>Writes what computes the expression; gives back a name for its value in the lane type <c>L</c>.</summary>
    internal string Value(Expr e) => e.Mask ? $"Lane<L>::mask({Visit(e)})" : Visit(e);

    /// <summary>The same for a mask, as a bool.</summary>
    internal string Mask(Expr e) => e.Mask ? Visit(e) : $"Lane<L>::set({Visit(e)})";

    string Visit(Expr e)
    {
        if (names.TryGetValue(e, out var known)) return known;
        var text = e.Op switch
        {
            ExprOp.Const => Constant(e),
            ExprOp.Add or ExprOp.Sub or ExprOp.Mul or ExprOp.Div or ExprOp.Min or ExprOp.Max or ExprOp.CopySign => Call(e, e.Op.ToString().ToLowerInvariant()),
            ExprOp.ScaleSingle => Call(e, "scale"),
            ExprOp.MulAdd => Call(e, "muladd"),
            ExprOp.Lt or ExprOp.Gt or ExprOp.Le or ExprOp.Ge or ExprOp.Eq => Call(e, e.Op.ToString().ToLowerInvariant()),
            ExprOp.And => e.Mask ? $"{Mask(e.Args[0])} && {Mask(e.Args[1])}" : Call(e, "band"),
            ExprOp.Or => e.Mask ? $"{Mask(e.Args[0])} || {Mask(e.Args[1])}" : Call(e, "bor"),
            ExprOp.Xor => e.Mask ? $"{Mask(e.Args[0])} != {Mask(e.Args[1])}" : Call(e, "bxor"),
            ExprOp.Not => e.Mask ? $"!{Mask(e.Args[0])}" : Call(e, "bnot"),
            ExprOp.Select => e.Mask ? $"{Mask(e.Args[0])} ? {Mask(e.Args[1])} : {Mask(e.Args[2])}" : $"{Mask(e.Args[0])} ? {Value(e.Args[1])} : {Value(e.Args[2])}",
            ExprOp.Call1 => $"{Function(builder.One[e.Index].Name)}({Value(e.Args[0])})",
            ExprOp.Call2 => $"{Function(builder.Two[e.Index].Name)}({Value(e.Args[0])}, {Value(e.Args[1])})",
            ExprOp.Input or ExprOp.Reduce => throw new InvalidOperationException($"{e} has no name in the text"),
            _ => Call(e, e.Op.ToString().ToLowerInvariant()),
        };
        var name = $"t{names.Count}";
        body.Append(CultureInfo.InvariantCulture, $"    const {(e.Mask ? "bool" : "L")} {name} = {text};\n");
        return names[e] = name;
    }

    string Function(string name)
    {
        Failed |= !Functions.Has(Kernels.Sources.LaneOf(builder.Lane), name);
        return "Fn<L>::" + name;
    }

    string Call(Expr e, string function) => $"Lane<L>::{function}({string.Join(", ", e.Args.Select(Value))})";

    string Constant(Expr e)
    {
        if (e.Mask) return e.Value != 0 ? "true" : "false";
        constants.Add(e.Value);
        return Hole(constants.Count - 1);
    }

    /// <summary>A constant as text.</summary>
    internal static string Literal(double v) => double.IsNaN(v) ? "Lane<L>::constant(nan64())" : double.IsInfinity(v) ? $"Lane<L>::constant({(v < 0 ? "-" : "")}inf64())"
        : $"Lane<L>::constant({v.ToString("E16", CultureInfo.InvariantCulture)})";
}
