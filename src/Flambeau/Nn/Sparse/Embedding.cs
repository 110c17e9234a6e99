namespace Flambeau.Nn;

/// <summary>A table of vectors: integers of any shape to rows of the table, [*] to [*, dim].</summary>
[Module]
public sealed partial class Embedding : Layer
{
    [Parameter] readonly Tensor weight;
    readonly long? paddingIdx;
    readonly double? maxNorm;
    readonly double normType;
    readonly bool scaleGradByFreq;

    /// <param name="numEmbeddings">Number of rows.</param>
    /// <param name="embeddingDim">Length of a row.</param>
    /// <param name="paddingIdx">A row that starts as zeros and gets no gradient.</param>
    /// <param name="maxNorm">Rows that are looked up are scaled down to this norm, in place.</param>
    /// <param name="normType">Which norm.</param>
    /// <param name="scaleGradByFreq">Divide a row's gradient by how often it occurs in the batch.</param>
    /// <param name="sparse">Accepted for compatibility; gradients are dense.</param>
    /// <param name="dtype">Dtype of the table.</param>
    public Embedding(long numEmbeddings, long embeddingDim, long? paddingIdx = null, double? maxNorm = null, double normType = 2, bool scaleGradByFreq = false, bool sparse = false, DType dtype = DType.Float32)
    {
        this.paddingIdx = EmbeddingTable.Row(paddingIdx, numEmbeddings);
        this.maxNorm = maxNorm;
        this.normType = normType;
        this.scaleGradByFreq = scaleGradByFreq;
        weight = EmbeddingTable.New(numEmbeddings, embeddingDim, this.paddingIdx, dtype);
    }

    /// <summary>The table, of shape [rows, dim].</summary>
    public Tensor Weight => weight;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Embedding(input, weight, paddingIdx, maxNorm, normType, scaleGradByFreq);
}

internal static class EmbeddingTable
{
    internal static long? Row(long? paddingIdx, long rows) => paddingIdx is not { } i ? null
        : i >= -rows && i < rows ? (i + rows) % rows
        : throw new ArgumentException($"the padding index {i} is not a row of a table with {rows} rows");

    internal static Tensor New(long rows, long dim, long? paddingIdx, DType dtype)
    {
        var weight = Init.Normal(Tensor.Empty([rows, dim], dtype));
        if (paddingIdx is { } p) Init.Zeros(weight.Select(0, p));
        return weight.WithGrad();
    }
}
