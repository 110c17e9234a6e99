namespace Flambeau.Ops;

/// <summary>
/// <c>softmax(query · keyᵀ · scale + mask) · value</c> for <c>[N, heads, L, E]</c>, <c>[N, heads, S, E]</c>, <c>[N, heads, S, V]</c> and a mask <c>[N, heads, L, S]</c> (best a view that repeats), and the logarithm of
/// the sum of each row's exponentials. Scores exist block by block only; <c>keep</c> says that a gradient may be taken. The mask gets no gradient. T. Dao et al., "FlashAttention", arXiv:2205.14135.
/// </summary>
[Op("_attention(Tensor query, Tensor key, Tensor value, Tensor? mask, bool is_causal, float scale, bool keep) -> (Tensor, Tensor)")]
public readonly partial record struct BlockAttention(bool IsCausal, double Scale, bool Keep)
{
    internal (Tensor, Tensor) Forward(Tensor query, Tensor key, Tensor value, Tensor? mask) => AttentionRunner.Forward(query, key, value, mask, IsCausal, Scale, Keep);

    internal (Tensor?, Tensor?, Tensor?, Tensor?) Vjp(Tensor query, Tensor key, Tensor value, Tensor? mask, Tensor y0, Tensor y1, Tensor? dy0, Tensor? dy1)
    {
        if (dy0 is not null && dy1 is null && !Autograd.Grad.Enabled)
        {
            var (dq, dk, dv) = dy0.BlockAttentionBackward(query, key, value, mask, y0, y1, IsCausal, Scale);
            return (dq, dk, dv, null);
        }
        var (causal, scale) = (IsCausal, Scale);
        var r = Recompute.Vjp(xs => AttentionRunner.Composite(xs[0]!, xs[1]!, xs[2]!, mask?.Detach(), causal, scale), [query, key, value], [dy0, dy1]);
        return (r[0], r[1], r[2], null);
    }
}

/// <summary>Gradients of <see cref="BlockAttention"/> with respect to query, key and value.</summary>
[Op("_attention_backward(Tensor grad_output, Tensor query, Tensor key, Tensor value, Tensor? mask, Tensor output, Tensor log_sum, bool is_causal, float scale) -> (Tensor, Tensor, Tensor)")]
public readonly partial record struct BlockAttentionBackward(bool IsCausal, double Scale)
{
    internal (Tensor, Tensor, Tensor) Forward(Tensor gradOutput, Tensor query, Tensor key, Tensor value, Tensor? mask, Tensor output, Tensor logSum) =>
        AttentionRunner.Backward(gradOutput, query, key, value, mask, output, logSum, IsCausal, Scale);
}
