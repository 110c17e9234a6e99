using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>New tensors.</summary>
internal static class CreateExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => Full(n, n.IntList(n["size"]), n["fill_value"]), "full", "new_full");
        t.Add(static n => Full(n, n.IntList(n["size"]), 0L), "zeros", "new_zeros", "empty", "new_empty");
        t.Add(static n => Full(n, n.IntList(n["size"]), 1L), "ones", "new_ones");
        t.Add(static n => Full(n, n.E("Shape", [n.T(n.First)]), n["fill_value"]), "full_like");
        t.Add(static n => Full(n, n.E("Shape", [n.T(n.First)]), 0L), "zeros_like", "empty_like");
        t.Add(static n => Full(n, n.E("Shape", [n.T(n.First)]), 1L), "ones_like");
        t.Add(static n => n.As(n["s"], n.ResultType()), "scalar_tensor");
        t.Add(static n => n.E("Expand", [n.As(n["value"], n.DType(n.First)), n.E("Shape", [n.T(n.First)])]), "fill");
        t.Add(static n =>
        {
            var d = n.ResultType();
            var wide = d is DType.Float16 or DType.BFloat16 ? DType.Float32 : d is DType.Int8 or DType.UInt8 ? DType.Int32 : d;
            var range = n.E("Range", [n.As(n.Try("start") is { IsNone: false } s ? s : 0L, wide), n.As(n["end"], wide), n.As(n.Try("step") is { IsNone: false } p ? p : 1L, wide)]);
            return n.Cast(range, wide, d);
        }, "arange");
        t.Add(static n => n.To.Constant(Tensor.Linspace(n.Float("start"), n.Float("end"), n.Int("steps"), n.ResultType())), "linspace");
        t.Add(static n => n.E("RandomUniform", [], ("shape", n.Ints("size")), ("dtype", ElementTypes.Of(n.ResultType()))), "rand");
        t.Add(static n => n.E("RandomNormal", [], ("shape", n.Ints("size")), ("dtype", ElementTypes.Of(n.ResultType()))), "randn");
        t.Add(static n => n.E("RandomUniformLike", [n.T(n.First)], ("dtype", ElementTypes.Of(n.ResultType()))), "rand_like");
        t.Add(static n => n.E("RandomNormalLike", [n.T(n.First)], ("dtype", ElementTypes.Of(n.ResultType()))), "randn_like");
        t.Add(static n => n.Opset >= 15 && n.Try("p").IsNone ? n.E("Bernoulli", [n.T(n.First)]) : throw n.Error("only the probabilities' own form can be exported"), "bernoulli");
        t.Add(static n => Compute(n), "eye", "tril_indices", "triu_indices", "hann_window", "hamming_window");
    }

    /// <summary>What depends on constants only is a constant.</summary>
    static string Compute(ExportNode n) => n.To.Constant((Tensor)n.Node.Entry.Invoke([.. n.Node.Inputs.Select(o => o.IsConstant ? o.Constant : throw n.Error("its arguments must be constants"))]));

    static string Full(ExportNode n, string shape, Operand value)
    {
        var d = n.ResultType();
        if (value.IsConstant) return n.E("ConstantOfShape", [shape], ("value", Tensor.From([Convert.ToDouble(value.Constant, System.Globalization.CultureInfo.InvariantCulture)]).To(d)));
        return n.E("Expand", [n.As(value, d), shape]);
    }
}
