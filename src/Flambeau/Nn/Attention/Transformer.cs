namespace Flambeau.Nn;

/// <summary>Encoder and decoder (Vaswani et al., arXiv 1706.03762).</summary>
[Module]
public sealed partial class Transformer : Module
{
    readonly TransformerEncoder encoder;
    readonly TransformerDecoder decoder;
    readonly long width;
    readonly bool batchFirst;

    /// <param name="dModel">Features.</param>
    /// <param name="nhead">Heads.</param>
    /// <param name="numEncoderLayers">Layers of the encoder.</param>
    /// <param name="numDecoderLayers">Layers of the decoder.</param>
    /// <param name="dimFeedforward">Features between the two linear maps of a layer.</param>
    /// <param name="dropout">Probability of all dropouts.</param>
    /// <param name="activation">Between the two linear maps; ReLU by default.</param>
    /// <param name="customEncoder">Used instead of an encoder of these sizes.</param>
    /// <param name="customDecoder">Used instead of a decoder of these sizes.</param>
    /// <param name="layerNormEps">Added to variances.</param>
    /// <param name="batchFirst">Whether batches come as [N, T, E] rather than [T, N, E].</param>
    /// <param name="normFirst">Whether norms come before the parts of a layer rather than after them.</param>
    /// <param name="bias">Whether linear maps and norms have offsets.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public Transformer(long dModel = 512, long nhead = 8, int numEncoderLayers = 6, int numDecoderLayers = 6, long dimFeedforward = 2048, double dropout = 0.1, Func<Tensor, Tensor>? activation = null,
        TransformerEncoder? customEncoder = null, TransformerDecoder? customDecoder = null, double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, DType dtype = DType.Float32)
    {
        LayerNorm Norm() => new(dModel, layerNormEps, true, bias, dtype);
        encoder = customEncoder ?? new(new TransformerEncoderLayer(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype), numEncoderLayers, Norm());
        decoder = customDecoder ?? new(new TransformerDecoderLayer(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype), numDecoderLayers, Norm());
        (width, this.batchFirst) = (dModel, batchFirst);
        foreach (var p in Parameters())
        {
            if (p.Rank > 1) Init.XavierUniform(p);
        }
    }

    /// <summary>Encodes a source and decodes targets with it; masks as in <see cref="MultiheadAttention"/>.</summary>
    [Script]
    public Tensor Forward(Tensor src, Tensor tgt, Tensor? srcMask = null, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? srcKeyPaddingMask = null, Tensor? tgtKeyPaddingMask = null,
        Tensor? memoryKeyPaddingMask = null, bool srcIsCausal = false, bool tgtIsCausal = false, bool memoryIsCausal = false)
    {
        if (src.Rank is not (2 or 3) || tgt.Rank != src.Rank || src.Size(-1) != width || tgt.Size(-1) != width)
            throw new ArgumentException($"Transformer: src and tgt have shapes {src.Shape} and {tgt.Shape}; expected {(batchFirst ? "[N, T, " : "[T, N, ")}{width}], or [T, {width}] for single sequences");
        var memory = encoder.Forward(src, srcMask, srcKeyPaddingMask, srcIsCausal);
        return decoder.Forward(tgt, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal);
    }

    /// <summary>A mask that hides later positions: 0 on and below the diagonal, −∞ above.</summary>
    public static Tensor GenerateSquareSubsequentMask(long size, DType dtype = DType.Float32) => AttentionMask.Causal(size, size, dtype);
}
