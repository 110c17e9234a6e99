using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// <c>softmax(query · keyᵀ · scale + mask) · value</c> for <c>[…, L, E]</c>, <c>[…, S, E]</c> and <c>[…, S, V]</c>; leading axes broadcast. A bool mask says which pairs take part, a float one
    /// is added; <paramref name="isCausal"/> lets each query see keys up to its own position. Rows with no key give zeros. The scale is 1/√E by default.
    /// With <paramref name="enableGqa"/> each key and value head (third axis from the end) serves several query heads. Vaswani et al., arXiv:1706.03762.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes don't fit, or a mask is given together with <paramref name="isCausal"/>.</exception>
    [Op("nn.functional.scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor")]
    [Op("scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor")]
    public static Tensor ScaledDotProductAttention(this Tensor query, Tensor key, Tensor value, Tensor? attnMask = null, double dropoutP = 0, bool isCausal = false, double? scale = null, bool enableGqa = false)
    {
        Tensor? third = value;
        using var cast = Amp.Autocast.Whole("scaled_dot_product_attention", ref query, ref key, ref third);
        value = third!;
        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2 || query.Size(-1) != key.Size(-1) || key.Size(-2) != value.Size(-2))
            throw new ArgumentException($"scaled_dot_product_attention: query has shape {query.Shape}, key {key.Shape}, value {value.Shape}; expected [..., L, E], [..., S, E] and [..., S, V]");
        if (isCausal && attnMask is not null) throw new ArgumentException("scaled_dot_product_attention: give either attn_mask or is_causal, not both");
        if (enableGqa) (key, value) = (Heads(key, query), Heads(value, query));
        var factor = scale ?? 1 / Math.Sqrt(query.Size(-1));
        // The blockwise op drops nothing and knows no gradient of a mask.
        if (dropoutP == 0 && BlockAttention(query, key, value, attnMask, isCausal, factor) is { } y) return y;
        return AttentionScores(query, key, attnMask, isCausal, factor).SafeSoftmax(-1).Dropout(dropoutP).MatMul(value);
    }

    /// <summary>All scores, hidden ones −∞.</summary>
    internal static Tensor AttentionScores(Tensor query, Tensor key, Tensor? mask, bool causal, double scale)
    {
        var scores = (query * scale).MatMul(key.SwapAxes(-2, -1));
        if (causal) mask = query.NewOnes([query.Size(-2), key.Size(-2)], DType.Bool).Tril();
        return mask is null ? scores : mask.DType == DType.Bool ? Tensor.Where(mask, scores, double.NegativeInfinity) : scores + mask;
    }

    /// <summary>Attention without all scores at once, or null where that can't be.</summary>
    static Tensor? BlockAttention(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal, double scale)
    {
        var dtype = query.DType;
        if (!dtype.IsFloat() || key.DType != dtype || value.DType != dtype || query.Numel == 0 || key.Numel == 0 || value.Numel == 0) return null;
        if (mask is not null && ((mask.DType != dtype && mask.DType != DType.Bool) || Autograd.Grad.Needs(mask))) return null;
        if (mask is { DType: DType.Bool }) mask = Tensor.Where(mask, Tensor.FromScalar(0, dtype), Tensor.FromScalar(double.NegativeInfinity, dtype));
        Shape lead = [.. query.Shape.AsSpan()[..^2]];
        foreach (var t in new[] { key, value })
        {
            if (!t.Shape.AsSpan()[..^2].SequenceEqual(lead.AsSpan())) lead = Shape.Broadcast(lead, [.. t.Shape.AsSpan()[..^2]]);
        }
        Tensor Four(Tensor t, long rows, long width)
        {
            long[] sizes = [.. lead.AsSpan(), rows, width];
            if (!t.Shape.AsSpan().SequenceEqual(sizes)) t = t.Expand(new Shape(sizes));
            return lead.Rank switch { 0 => t.Unsqueeze(0).Unsqueeze(0), 1 => t.Unsqueeze(1), 2 => t, _ => t.Reshape([-1, sizes[^3], rows, width]) };
        }
        long l = query.Size(-2), s = key.Size(-2), v = value.Size(-1);
        var y = Four(query, l, query.Size(-1)).BlockAttention(Four(key, s, key.Size(-1)), Four(value, s, v), mask is null ? null : Four(mask, l, s), causal, scale, Autograd.Grad.Needs(query, key, value)).Item1;
        return lead.Rank switch { 0 => y.Select(0, 0).Select(0, 0), 1 => y.Select(1, 0), 2 => y, _ => y.Reshape([.. lead.AsSpan(), l, v]) };
    }

    static Tensor Heads(Tensor x, Tensor query)
    {
        if (x.Rank < 3 || query.Rank < 3 || query.Size(-3) % x.Size(-3) != 0)
            throw new ArgumentException($"scaled_dot_product_attention: query has shape {query.Shape}, key or value {x.Shape}; with enable_gqa the query's heads must be a multiple of theirs");
        var times = query.Size(-3) / x.Size(-3);
        long[] lead = [.. x.Shape.AsSpan()[..^2]], tail = [.. x.Shape.AsSpan()[^2..]];
        return times == 1 ? x : x.Unsqueeze(-3).Expand([.. lead, times, .. tail]).Reshape([.. lead[..^1], query.Size(-3), .. tail]);
    }
}
