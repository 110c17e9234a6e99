namespace Flambeau.Nn;

/// <summary>Self-attention and a feed-forward network, each with dropout, a residual connection and a layer norm (Vaswani et al., arXiv 1706.03762).</summary>
[Module]
public sealed partial class TransformerEncoderLayer : Layer
{
    readonly MultiheadAttention selfAttn;
    readonly Linear linear1;
    readonly Linear linear2;
    readonly LayerNorm norm1;
    readonly LayerNorm norm2;
    readonly Func<Tensor, Tensor> activation;
    readonly double dropout;
    readonly bool normFirst;
    readonly Func<TransformerEncoderLayer> another;

    /// <param name="dModel">Features.</param>
    /// <param name="nhead">Heads.</param>
    /// <param name="dimFeedforward">Features between the two linear maps.</param>
    /// <param name="dropout">Probability of all dropouts.</param>
    /// <param name="activation">Between the two linear maps; ReLU by default.</param>
    /// <param name="layerNormEps">Added to variances.</param>
    /// <param name="batchFirst">Whether batches come as [N, T, E] rather than [T, N, E].</param>
    /// <param name="normFirst">Whether norms come before the parts rather than after them.</param>
    /// <param name="bias">Whether linear maps and norms have offsets.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public TransformerEncoderLayer(long dModel, long nhead, long dimFeedforward = 2048, double dropout = 0.1, Func<Tensor, Tensor>? activation = null, double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, DType dtype = DType.Float32)
    {
        selfAttn = new(dModel, nhead, dropout, bias, batchFirst: batchFirst, dtype: dtype);
        linear1 = new(dModel, dimFeedforward, bias, dtype);
        linear2 = new(dimFeedforward, dModel, bias, dtype);
        norm1 = new(dModel, layerNormEps, true, bias, dtype);
        norm2 = new(dModel, layerNormEps, true, bias, dtype);
        this.activation = activation ?? (static x => x.Relu());
        (this.dropout, this.normFirst) = (dropout, normFirst);
        another = () => new(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype);
    }

    /// <summary>A layer of the same sizes with the same values.</summary>
    internal TransformerEncoderLayer Copy() => Copies.Of(this, another());

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor src) => Forward(src, null);

    /// <summary>Applies the layer; masks as in <see cref="MultiheadAttention"/>.</summary>
    [Script]
    public Tensor Forward(Tensor src, Tensor? srcMask, Tensor? srcKeyPaddingMask = null, bool isCausal = false)
    {
        if (normFirst)
        {
            src += Attend(norm1.Forward(src), srcMask, srcKeyPaddingMask, isCausal);
            return src + Feed(norm2.Forward(src));
        }
        src = norm1.Forward(src + Attend(src, srcMask, srcKeyPaddingMask, isCausal));
        return norm2.Forward(src + Feed(src));
    }

    [Script]
    Tensor Attend(Tensor x, Tensor? mask, Tensor? padding, bool causal) => Drop(selfAttn.Forward(x, x, x, padding, false, mask, isCausal: causal).Output);

    [Script]
    Tensor Feed(Tensor x) => Drop(linear2.Forward(Drop(activation(linear1.Forward(x)))));

    [Script]
    Tensor Drop(Tensor x) => dropout > 0 ? Functional.Dropout(x, dropout, Training) : x;
}

/// <summary>Encoder layers one after the other, all starting with the values of a given one.</summary>
[Module]
public sealed partial class TransformerEncoder : Layer
{
    readonly TransformerEncoderLayer[] layers;
    readonly Layer? norm;

    /// <param name="encoderLayer">The layer to copy.</param>
    /// <param name="numLayers">How often.</param>
    /// <param name="norm">Applied at the end.</param>
    public TransformerEncoder(TransformerEncoderLayer encoderLayer, int numLayers, Layer? norm = null)
    {
        layers = [.. Enumerable.Range(0, numLayers).Select(_ => encoderLayer.Copy())];
        this.norm = norm;
    }

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor src) => Forward(src, null);

    /// <summary>Applies all layers; masks as in <see cref="MultiheadAttention"/>.</summary>
    [Script]
    public Tensor Forward(Tensor src, Tensor? mask, Tensor? srcKeyPaddingMask = null, bool isCausal = false)
    {
        foreach (var layer in layers) src = layer.Forward(src, mask, srcKeyPaddingMask, isCausal);
        return norm is null ? src : norm.Forward(src);
    }
}

internal static class Copies
{
    internal static T Of<T>(T from, T to) where T : Module
    {
        to.LoadStateDict(from.StateDict());
        to.Train(from.Training);
        return to;
    }
}
