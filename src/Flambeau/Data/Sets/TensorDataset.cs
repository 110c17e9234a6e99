namespace Flambeau.Data;

/// <summary>Tensors of equal first size; example i is row i of each.</summary>
/// <typeparam name="T">A tensor, a tuple of them, or an array of them.</typeparam>
public sealed class TensorDataset<T> : IBatchDataset<T>
{
    readonly Tensor[] columns;
    readonly Func<Tensor[], T> join;

    internal TensorDataset(Tensor[] columns, Func<Tensor[], T> join)
    {
        if (columns.Length == 0) throw new ArgumentException("TensorDataset: no tensor was given; expected one or more with the same first size.", nameof(columns));
        foreach (var c in columns)
        {
            ArgumentNullException.ThrowIfNull(c, nameof(columns));
            if (c.Rank == 0 || columns[0].Rank == 0 || c.Size(0) != columns[0].Size(0))
                throw new ArgumentException(
                    $"TensorDataset: the tensors have shapes {string.Join(", ", columns.Select(static x => x.Shape.ToString()))}; expected the same first size, the number of examples, in all.", nameof(columns));
        }
        (this.columns, this.join) = (columns, join);
    }

    /// <summary>The tensors.</summary>
    public IReadOnlyList<Tensor> Columns => columns;

    /// <inheritdoc/>
    public long Count => columns[0].Size(0);

    /// <summary>Row <paramref name="index"/> of each tensor, without a copy.</summary>
    public T this[long index]
    {
        get
        {
            Examples.Check(index, Count, "TensorDataset");
            return join(Array.ConvertAll(columns, c => c.Select(0, index)));
        }
    }

    /// <summary>Rows of each tensor, copied out in one pass.</summary>
    public T Batch(ReadOnlySpan<long> indices)
    {
        foreach (var i in indices) Examples.Check(i, Count, "TensorDataset");
        var rows = Tensor.From(indices);
        return join(Array.ConvertAll(columns, c => c.IndexTensors([rows])));
    }
}

/// <summary>Makes datasets of tensors.</summary>
public static class TensorDataset
{
    /// <summary>The rows of one tensor.</summary>
    /// <exception cref="ArgumentException">The tensor is 0-d.</exception>
    public static TensorDataset<Tensor> Of(Tensor x) => new([x], static c => c[0]);

    /// <summary>Pairs of rows, such as inputs and targets.</summary>
    /// <exception cref="ArgumentException">First sizes differ.</exception>
    public static TensorDataset<(Tensor, Tensor)> Of(Tensor x, Tensor y) => new([x, y], static c => (c[0], c[1]));

    /// <summary>Triples of rows.</summary>
    /// <exception cref="ArgumentException">First sizes differ.</exception>
    public static TensorDataset<(Tensor, Tensor, Tensor)> Of(Tensor x, Tensor y, Tensor z) => new([x, y, z], static c => (c[0], c[1], c[2]));

    /// <summary>Rows of any number of tensors.</summary>
    /// <exception cref="ArgumentException">First sizes differ, or there is no tensor.</exception>
    public static TensorDataset<Tensor[]> OfAll(params Tensor[] columns) => new([.. columns], static c => c);
}
