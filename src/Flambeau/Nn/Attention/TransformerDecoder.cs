namespace Flambeau.Nn;

/// <summary>Self-attention, attention to an encoder's output, and a feed-forward network, each with dropout, a residual connection and a layer norm (Vaswani et al., arXiv 1706.03762).</summary>
[Module]
public sealed partial class TransformerDecoderLayer : Module
{
    readonly MultiheadAttention selfAttn;
    readonly MultiheadAttention multiheadAttn;
    readonly Linear linear1;
    readonly Linear linear2;
    readonly LayerNorm norm1;
    readonly LayerNorm norm2;
    readonly LayerNorm norm3;
    readonly Func<Tensor, Tensor> activation;
    readonly double dropout;
    readonly bool normFirst;
    readonly Func<TransformerDecoderLayer> another;

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
    public TransformerDecoderLayer(long dModel, long nhead, long dimFeedforward = 2048, double dropout = 0.1, Func<Tensor, Tensor>? activation = null, double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, DType dtype = DType.Float32)
    {
        selfAttn = new(dModel, nhead, dropout, bias, batchFirst: batchFirst, dtype: dtype);
        multiheadAttn = new(dModel, nhead, dropout, bias, batchFirst: batchFirst, dtype: dtype);
        linear1 = new(dModel, dimFeedforward, bias, dtype);
        linear2 = new(dimFeedforward, dModel, bias, dtype);
        norm1 = new(dModel, layerNormEps, true, bias, dtype);
        norm2 = new(dModel, layerNormEps, true, bias, dtype);
        norm3 = new(dModel, layerNormEps, true, bias, dtype);
        this.activation = activation ?? (static x => x.Relu());
        (this.dropout, this.normFirst) = (dropout, normFirst);
        another = () => new(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype);
    }

    /// <summary>A layer of the same sizes with the same values.</summary>
    internal TransformerDecoderLayer Copy() => Copies.Of(this, another());

    /// <summary>Applies the layer to targets and an encoder's output; masks as in <see cref="MultiheadAttention"/>.</summary>
    [Script]
    public Tensor Forward(Tensor tgt, Tensor memory, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? tgtKeyPaddingMask = null, Tensor? memoryKeyPaddingMask = null, bool tgtIsCausal = false, bool memoryIsCausal = false)
    {
        if (normFirst)
        {
            tgt += Self(norm1.Forward(tgt), tgtKeyPaddingMask, tgtMask, tgtIsCausal);
            tgt += Cross(norm2.Forward(tgt), memory, memoryKeyPaddingMask, memoryMask, memoryIsCausal);
            return tgt + Feed(norm3.Forward(tgt));
        }
        tgt = norm1.Forward(tgt + Self(tgt, tgtKeyPaddingMask, tgtMask, tgtIsCausal));
        tgt = norm2.Forward(tgt + Cross(tgt, memory, memoryKeyPaddingMask, memoryMask, memoryIsCausal));
        return norm3.Forward(tgt + Feed(tgt));
    }

    [Script]
    Tensor Self(Tensor x, Tensor? padding, Tensor? mask, bool causal) => Drop(selfAttn.Forward(x, x, x, padding, false, mask, isCausal: causal).Output);

    [Script]
    Tensor Cross(Tensor x, Tensor memory, Tensor? padding, Tensor? mask, bool causal) => Drop(multiheadAttn.Forward(x, memory, memory, padding, false, mask, isCausal: causal).Output);

    [Script]
    Tensor Feed(Tensor x) => Drop(linear2.Forward(Drop(activation(linear1.Forward(x)))));

    [Script]
    Tensor Drop(Tensor x) => dropout > 0 ? Functional.Dropout(x, dropout, Training) : x;
}

/// <summary>Decoder layers one after the other, all starting with the values of a given one.</summary>
[Module]
public sealed partial class TransformerDecoder : Module
{
    readonly TransformerDecoderLayer[] layers;
    readonly Layer? norm;

    /// <param name="decoderLayer">The layer to copy.</param>
    /// <param name="numLayers">How often.</param>
    /// <param name="norm">Applied at the end.</param>
    public TransformerDecoder(TransformerDecoderLayer decoderLayer, int numLayers, Layer? norm = null)
    {
        layers = [.. Enumerable.Range(0, numLayers).Select(_ => decoderLayer.Copy())];
        this.norm = norm;
    }

    /// <summary>Applies all layers; masks as in <see cref="MultiheadAttention"/>.</summary>
    [Script]
    public Tensor Forward(Tensor tgt, Tensor memory, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? tgtKeyPaddingMask = null, Tensor? memoryKeyPaddingMask = null, bool tgtIsCausal = false, bool memoryIsCausal = false)
    {
        foreach (var layer in layers) tgt = layer.Forward(tgt, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal);
        return norm is null ? tgt : norm.Forward(tgt);
    }
}
