namespace Flambeau.Nn;

/// <summary>Masks of attention as numbers added to its scores.</summary>
internal static partial class AttentionMask
{
    /// <summary>The sum of all masks, to be broadcast to [N, heads, L, S]; null for none.</summary>
    [Script]
    internal static Tensor? Sum(Tensor? pairs, Tensor? padding, bool causal, long n, long heads, long length, long keys, DType dtype)
    {
        if (causal && pairs is null) pairs = Causal(length, keys, dtype);
        Tensor? sum = null;
        if (pairs is not null)
        {
            var m = Additive(pairs, dtype);
            if (m.Shape == new long[] { length, keys }) sum = m.Reshape([1, 1, length, keys]);
            else if (m.Shape == new long[] { n * heads, length, keys }) sum = m.Reshape([n, heads, length, keys]);
            else throw new ArgumentException($"MultiheadAttention: attnMask has shape {pairs.Shape}; expected [{length}, {keys}] or [{n * heads}, {length}, {keys}]");
        }
        if (padding is null) return sum;
        if (padding.Shape != new long[] { n, keys } && !(n == 1 && padding.Shape == new long[] { keys }))
            throw new ArgumentException($"MultiheadAttention: keyPaddingMask has shape {padding.Shape}; expected [{n}, {keys}]");
        var p = Additive(padding, dtype).Reshape([n, 1, 1, keys]);
        return sum is null ? p : sum + p;
    }

    /// <summary>0 on and below the diagonal, −∞ above.</summary>
    [Script]
    internal static Tensor Causal(long length, long keys, DType dtype)
    {
        return Tensor.Full([length, keys], double.NegativeInfinity, dtype).Triu(1);
    }

    [Script]
    internal static Tensor Additive(Tensor mask, DType dtype)
    {
        if (mask.DType == DType.Bool) return Tensor.Where(mask, Tensor.Full([], double.NegativeInfinity, dtype), Tensor.Zeros([], dtype));
        if (!mask.DType.IsFloat()) throw new ArgumentException("MultiheadAttention: a mask is neither bool nor of a floating-point dtype");
        return mask.To(dtype);
    }
}
