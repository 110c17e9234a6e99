using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// Multi-head attention with its projections: <c>[L, N, E]</c>, <c>[S, N, E]</c>, <c>[S, N, E]</c> (or without N) give <c>[L, N, E]</c> and, if asked for, the weights <c>[N, L, S]</c>
    /// (or by head). Bool masks say which keys or pairs are left out; float ones are added. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("nn.functional.multi_head_attention_forward(Tensor query, Tensor key, Tensor value, int embed_dim_to_check, int num_heads, Tensor? in_proj_weight, Tensor? in_proj_bias, Tensor? bias_k, Tensor? bias_v, bool add_zero_attn, float dropout_p, Tensor out_proj_weight, Tensor? out_proj_bias, bool training=True, Tensor? key_padding_mask=None, bool need_weights=True, Tensor? attn_mask=None, bool use_separate_proj_weight=False, Tensor? q_proj_weight=None, Tensor? k_proj_weight=None, Tensor? v_proj_weight=None, Tensor? static_k=None, Tensor? static_v=None, bool average_attn_weights=True, bool is_causal=False) -> (Tensor, Tensor?)")]
    public static (Tensor Output, Tensor? Weights) MultiHeadAttentionForward(this Tensor query, Tensor key, Tensor value, long embedDimToCheck, long numHeads, Tensor? inProjWeight, Tensor? inProjBias,
        Tensor? biasK, Tensor? biasV, bool addZeroAttn, double dropoutP, Tensor outProjWeight, Tensor? outProjBias, bool training = true, Tensor? keyPaddingMask = null, bool needWeights = true,
        Tensor? attnMask = null, bool useSeparateProjWeight = false, Tensor? qProjWeight = null, Tensor? kProjWeight = null, Tensor? vProjWeight = null, Tensor? staticK = null, Tensor? staticV = null,
        bool averageAttnWeights = true, bool isCausal = false)
    {
        if (query.Rank == 2)
        {
            var (y, w) = MultiHeadAttentionForward(query.Unsqueeze(1), key.Unsqueeze(1), value.Unsqueeze(1), embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP,
                outProjWeight, outProjBias, training, keyPaddingMask?.Unsqueeze(0), needWeights, attnMask, useSeparateProjWeight, qProjWeight, kProjWeight, vProjWeight, staticK, staticV, averageAttnWeights, isCausal);
            return (y.Select(1, 0), w?.Select(0, 0));
        }
        long l = query.Size(0), n = query.Size(1), e = query.Size(2);
        if (query.Rank != 3 || e != embedDimToCheck || e % numHeads != 0 || key.Rank != 3 || value.Rank != 3 || key.Size(0) != value.Size(0))
            throw new ArgumentException($"multi_head_attention_forward: query has shape {query.Shape}, key {key.Shape}, value {value.Shape}, {numHeads} heads of an embedding of {embedDimToCheck}; expected [L, N, E], [S, N, …], [S, N, …] with E divisible by the heads");
        var mask = AdditiveMask(attnMask, query.DType);
        var causal = isCausal && mask is null && keyPaddingMask is null && !needWeights;
        Tensor?[] biases = inProjBias is null ? new Tensor?[3] : inProjBias.Reshape([3, e]).Unbind(0);
        var projections = useSeparateProjWeight ? [qProjWeight!, kProjWeight!, vProjWeight!] : inProjWeight!.Reshape([3, e, -1]).Unbind(0);
        Tensor q = Linear(query, projections[0], biases[0]), k = Linear(key, projections[1], biases[1]), v = Linear(value, projections[2], biases[2]);
        if (biasK is not null && biasV is not null)
        {
            k = Tensor.Cat([k, biasK.Expand([1, n, e])]);
            v = Tensor.Cat([v, biasV.Expand([1, n, e])]);
        }
        var d = e / numHeads;
        Tensor Split(Tensor x) => x.Reshape([x.Size(0), n, numHeads, d]).Permute([1, 2, 0, 3]);
        var qs = Split(q);
        var ks = staticK?.Reshape([n, numHeads, -1, d]) ?? Split(k);
        var vs = staticV?.Reshape([n, numHeads, -1, d]) ?? Split(v);
        if (addZeroAttn)
        {
            var zero = ks.NewZeros([n, numHeads, 1, d]);
            (ks, vs) = (Tensor.Cat([ks, zero], 2), Tensor.Cat([vs, zero], 2));
        }
        var s = ks.Size(2);
        if (mask is not null) mask = Widen(mask.Rank == 3 ? mask.Reshape([n, numHeads, l, -1]) : mask, s);
        if (AdditiveMask(keyPaddingMask, query.DType) is { } padding)
        {
            var keys = Widen(padding.Reshape([n, 1, 1, -1]), s);
            mask = mask is null ? keys : mask + keys;
        }
        Tensor Joined(Tensor heads) => Linear(heads.Permute([2, 0, 1, 3]).Reshape([l, n, e]), outProjWeight, outProjBias);
        if (!needWeights)
        {
            // Keys added behind the others are seen by all.
            if (causal && s > key.Size(0)) (mask, causal) = (Widen(AdditiveMask(query.NewOnes([l, key.Size(0)], DType.Bool).Triu(1), query.DType)!, s), false);
            return (Joined(qs.ScaledDotProductAttention(ks, vs, mask, training ? dropoutP : 0, causal)), null);
        }
        var scores = (qs * Math.Sqrt(1.0 / d)).MatMul(ks.SwapAxes(-2, -1));
        if (mask is not null) scores += mask;
        var weights = scores.Softmax(-1).Dropout(dropoutP, training);
        return (Joined(weights.MatMul(vs)), averageAttnWeights ? weights.Mean([1]) : weights);
    }

    static Tensor? AdditiveMask(Tensor? mask, DType dtype) => mask is null ? null
        : mask.DType == DType.Bool ? Tensor.Where(mask, Tensor.FromScalar(double.NegativeInfinity, dtype), Tensor.FromScalar(0, dtype)) : mask;

    /// <summary>Keys added behind those of the mask take part.</summary>
    static Tensor Widen(Tensor mask, long keys)
    {
        var missing = keys - mask.Size(-1);
        return missing <= 0 ? mask : Tensor.Cat([mask, mask.NewZeros([.. mask.Shape.AsSpan()[..^1], missing])], -1);
    }
}
