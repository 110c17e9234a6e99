using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Attention as products and a softmax.</summary>
internal static class AttentionExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Do(static n =>
        {
            if (n.Uses(1)) throw n.Error("the logarithms of the sums can't be exported");
            n.Set(0, Attend(n, n["query"], n["key"], n["value"], n["mask"], n.Bool("is_causal"), n.Float("scale"), false));
        }, "_attention");
        t.Add(static n =>
        {
            if (n.Float("dropout_p") != 0) throw n.Error("dropout in attention can't be exported; call Eval() on the module");
            var scale = n.Const("scale") is { } s ? Convert.ToDouble(s, System.Globalization.CultureInfo.InvariantCulture) : 1 / Math.Sqrt(n.Size(n["query"], -1));
            return Attend(n, n["query"], n["key"], n["value"], n["attn_mask"], n.Bool("is_causal"), scale, n.Const("enable_gqa") is true);
        }, "scaled_dot_product_attention", "nn.functional.scaled_dot_product_attention");
    }

    static string Attend(ExportNode n, Operand query, Operand key, Operand value, Operand mask, bool causal, double scale, bool grouped)
    {
        if (grouped) throw n.Error("grouped heads can't be exported; repeat the heads of keys and values with RepeatInterleave");
        var d = n.DType(query);
        var rank = n.Rank(key);
        var perm = Enumerable.Range(0, rank).Select(static i => (long)i).ToArray();
        (perm[^1], perm[^2]) = (perm[^2], perm[^1]);
        var (q, k) = (n.T(query), n.E("Transpose", [n.T(key)], ("perm", perm)));
        var scores = n.E("MatMul", [n.E("Mul", [q, n.C(scale, d)]), k]);
        if (causal)
        {
            // 0 where a key isn't later than the query, else -∞
            var shape = n.E("Slice", [n.E("Shape", [scores]), n.I([-2L]), n.I(long.MaxValue)]);
            var all = n.E("ConstantOfShape", [shape], ("value", Tensor.From([1f]).To(d)));
            var later = n.E("Equal", [n.E("Trilu", [all], ("upper", 0L)), n.C(0, d)]);
            scores = n.E("Where", [later, n.C(double.NegativeInfinity, d), scores]);
        }
        if (!mask.IsNone) scores = n.DType(mask) == DType.Bool ? n.E("Where", [n.T(mask), scores, n.C(double.NegativeInfinity, d)]) : n.E("Add", [scores, n.As(mask, d)]);
        return n.E("MatMul", [n.E("Softmax", [scores], ("axis", -1L)), n.T(value)]);
    }
}
