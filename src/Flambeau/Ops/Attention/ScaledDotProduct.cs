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
        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2 || query.Size(-1) != key.Size(-1) || key.Size(-2) != value.Size(-2))
            throw new ArgumentException($"scaled_dot_product_attention: query has shape {query.Shape}, key {key.Shape}, value {value.Shape}; expected [..., L, E], [..., S, E] and [..., S, V]");
        if (isCausal && attnMask is not null) throw new ArgumentException("scaled_dot_product_attention: give either attn_mask or is_causal, not both");
        if (enableGqa) (key, value) = (Heads(key, query), Heads(value, query));
        long l = query.Size(-2), s = key.Size(-2);
        var scores = query.MatMul(key.Transpose(-2, -1)) * (scale ?? 1 / Math.Sqrt(query.Size(-1)));
        if (isCausal) attnMask = Tensor.Ones([l, s], DType.Bool).Tril();
        if (attnMask is not null)
            scores = attnMask.DType == DType.Bool ? Tensor.Where(attnMask, scores, double.NegativeInfinity) : scores + attnMask;
        return scores.SafeSoftmax(-1).Dropout(dropoutP).MatMul(value);
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
