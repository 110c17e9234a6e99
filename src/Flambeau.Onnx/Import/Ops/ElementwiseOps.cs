using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Functions of one element, comparisons and logic.</summary>
internal static class ElementwiseOps
{
    static readonly (string Onnx, string Ours)[] functions =
    [
        ("Abs", "abs"), ("Acos", "acos"), ("Acosh", "acosh"), ("Asin", "asin"), ("Asinh", "asinh"), ("Atan", "atan"), ("Atanh", "atanh"), ("Ceil", "ceil"),
        ("Cos", "cos"), ("Cosh", "cosh"), ("Erf", "erf"), ("Exp", "exp"), ("Floor", "floor"), ("Log", "log"), ("Neg", "neg"), ("Reciprocal", "reciprocal"),
        ("Round", "round"), ("Sigmoid", "sigmoid"), ("Sign", "sign"), ("Sin", "sin"), ("Sinh", "sinh"), ("Sqrt", "sqrt"), ("Tan", "tan"), ("Tanh", "tanh"),
        ("Relu", "relu"), ("Softsign", "nn.functional.softsign"), ("Mish", "mish"), ("Not", "logical_not"), ("HardSwish", "hardswish"),
    ];

    static readonly (string Onnx, string Ours)[] comparisons = [("Equal", "eq"), ("Greater", "gt"), ("GreaterOrEqual", "ge"), ("Less", "lt"), ("LessOrEqual", "le"), ("And", "logical_and"), ("Or", "logical_or"), ("Xor", "logical_xor")];

    internal static void Add(OpTable t)
    {
        foreach (var (onnx, ours) in functions) t.Add(onnx, 1, n => Function(n, ours));
        foreach (var (onnx, ours) in comparisons) t.Add(onnx, 1, n => n.Op(ours, n[0], n[1]).As(ElementType.Bool).Sized(Broadcast(n[0], n[1])));
        t.Add("Identity", 1, static n => n[0]);
        t.Add("IsNaN", 1, static n => n[0].Op("isnan").As(ElementType.Bool).Sized(n[0].Dims));
        t.Add("IsInf", 1, static n => n[0].Op((n.Int("detect_positive", 1), n.Int("detect_negative", 1)) switch
        {
            (0, 0) => throw n.Error("neither positive nor negative infinities are asked for"),
            (0, _) => "isneginf",
            (_, 0) => "isposinf",
            _ => "isinf",
        }).As(ElementType.Bool).Sized(n[0].Dims));
        t.Add("Where", 1, static n => n.Op("_where", n[0].To(DType.Bool), n[1], n[2]).As(n[1].Type).Sized(Broadcast(n[0], n[1], n[2])));
    }

    static Item Function(OnnxNode n, string ours)
    {
        var x = n[0];
        if (ours == "relu" && !x.IsFloat) return x.Op("clamp_min", 0).As(x.Type).Sized(x.Dims);
        if (ours == "neg" && x is { Elements: { } e, Constant: null }) return n.Ints(Operand.Of(e.Select(v => n.Importer.Minus(0, v))), x.Rank == 0);
        return x.Op(ours).As(x.Type).Sized(x.Dims);
    }

    /// <summary>Sizes of the result of an elementwise op, as far as they follow.</summary>
    internal static IReadOnlyList<Dim>? Broadcast(params IReadOnlyList<Item> items)
    {
        if (items.Any(static i => i.Dims is null)) return null;
        var rank = items.Max(static i => i.Dims!.Count);
        var dims = new Dim[rank];
        for (var d = 0; d < rank; d++)
        {
            var all = items.Select(i => i.Dims!.Count >= rank - d ? i.Dims[i.Dims.Count - rank + d] : 1).Where(static s => s.Size != 1).Distinct().ToArray();
            dims[d] = all.Length == 0 ? 1 : all.Length == 1 ? all[0] : all.FirstOrDefault(static s => s.Size is not null);
        }
        return dims;
    }
}
