using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Rows of a weight matrix at the positions of an index: result shape is the index' shape and the row size.</summary>
/// <param name="PaddingIdx">A row that gets no gradient; -1 for none.</param>
/// <param name="ScaleGradByFreq">Divide each row's gradient by how often the row was read.</param>
[Op("embedding(Tensor weight, Tensor indices, int padding_idx=-1, bool scale_grad_by_freq=False) -> Tensor")]
public readonly partial record struct Embedding(long PaddingIdx = -1, bool ScaleGradByFreq = false)
{
    internal Tensor Forward(Tensor weight, Tensor indices)
    {
        if (weight.Rank != 2) throw new ArgumentException($"embedding: the weight has shape {weight.Shape}; expected [rows, features]");
        if (!indices.DType.IsInteger()) throw new ArgumentException($"embedding: the indices are {indices.DType.Name()}; expected int64 or int32");
        return new IndexTensors().Forward(weight, [Cast.To(indices, DType.Int64)]);
    }

    internal Tensor VjpWeight(Shape weightShape, Tensor indices, Tensor dy) => dy.EmbeddingBackward(indices, weightShape[0], PaddingIdx, ScaleGradByFreq);
}

/// <summary>Gradient of <see cref="Embedding"/>: rows added up at the positions they were read from.</summary>
[Op("embedding_dense_backward(Tensor grad_output, Tensor indices, int num_weights, int padding_idx, bool scale_grad_by_freq) -> Tensor")]
public readonly partial record struct EmbeddingBackward(long NumWeights, long PaddingIdx, bool ScaleGradByFreq)
{
    internal Tensor Forward(Tensor gradOutput, Tensor indices)
    {
        var y = gradOutput.NewZeros([NumWeights, gradOutput.Layout.Sizes[^1]]);
        new IndexPut(true).Write(y, [Cast.To(indices, DType.Int64)], gradOutput);
        return Weighted(y, indices);
    }

    Tensor Weighted(Tensor rows, Tensor indices)
    {
        if (PaddingIdx >= 0) rows = rows.IndexFill(0, Tensor.From([PaddingIdx]), rows.NewZeros([]));
        if (!ScaleGradByFreq) return rows;
        var scale = new double[NumWeights];
        foreach (var i in indices.ToArray<long>()) scale[i < 0 ? i + NumWeights : i]++;
        for (var i = 0; i < scale.Length; i++) scale[i] = 1 / Math.Max(1, scale[i]);
        return rows * Tensor.From(scale, new Shape([NumWeights, 1])).To(rows.DType);
    }

    internal Tensor VjpGradOutput(Tensor indices, Tensor dy) => Weighted(dy, indices).IndexTensors([indices.To(DType.Int64)]);
}
