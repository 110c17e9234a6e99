namespace Flambeau.Nn;

/// <summary>Sums, means or maxima of rows of a table: bags are the rows of [B, N], or ranges of a flat input that begin at offsets.</summary>
[Module]
public sealed partial class EmbeddingBag : Module
{
    [Parameter] readonly Tensor weight;
    readonly long? paddingIdx;
    readonly double? maxNorm;
    readonly double normType;
    readonly bool scaleGradByFreq, includeLastOffset;
    readonly string mode;

    /// <param name="numEmbeddings">Number of rows.</param>
    /// <param name="embeddingDim">Length of a row.</param>
    /// <param name="maxNorm">Rows that are looked up are scaled down to this norm, in place.</param>
    /// <param name="normType">Which norm.</param>
    /// <param name="scaleGradByFreq">Divide a row's gradient by how often it occurs in the batch.</param>
    /// <param name="mode">sum, mean or max.</param>
    /// <param name="sparse">Accepted for compatibility; gradients are dense.</param>
    /// <param name="includeLastOffset">Whether the last offset is the input's length.</param>
    /// <param name="paddingIdx">A row that counts in no bag.</param>
    /// <param name="dtype">Dtype of the table.</param>
    public EmbeddingBag(long numEmbeddings, long embeddingDim, double? maxNorm = null, double normType = 2, bool scaleGradByFreq = false, string mode = "mean", bool sparse = false, bool includeLastOffset = false, long? paddingIdx = null, DType dtype = DType.Float32)
    {
        if (mode is not ("sum" or "mean" or "max")) throw new ArgumentException($"EmbeddingBag: mode '{mode}' is unknown; expected sum, mean or max", nameof(mode));
        this.paddingIdx = EmbeddingTable.Row(paddingIdx, numEmbeddings);
        (this.maxNorm, this.normType, this.scaleGradByFreq, this.mode, this.includeLastOffset) = (maxNorm, normType, scaleGradByFreq, mode, includeLastOffset);
        weight = EmbeddingTable.New(numEmbeddings, embeddingDim, this.paddingIdx, dtype);
    }

    /// <summary>The table, of shape [rows, dim].</summary>
    public Tensor Weight => weight;

    /// <summary>Looks bags up: [bags, dim].</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor? offsets = null, Tensor? perSampleWeights = null) =>
        Functional.EmbeddingBag(input, weight, offsets, maxNorm, normType, scaleGradByFreq, mode, false, perSampleWeights, includeLastOffset, paddingIdx);
}
