namespace Flambeau.Data;

/// <summary>Some examples of a dataset, in a given order.</summary>
/// <param name="source">The dataset.</param>
/// <param name="indices">Numbers of its examples; they are not copied.</param>
public sealed class Subset<T>(IDataset<T> source, long[] indices) : IDataset<T>
{
    /// <summary>The dataset that the examples come from.</summary>
    public IDataset<T> Source { get; } = source ?? throw new ArgumentNullException(nameof(source));

    /// <summary>Their numbers there.</summary>
    public IReadOnlyList<long> Indices { get; } = indices ?? throw new ArgumentNullException(nameof(indices));

    /// <inheritdoc/>
    public long Count => indices.Length;

    /// <inheritdoc/>
    public T this[long index] => Source[IndexInSource(index)];

    internal long IndexInSource(long index) => indices[Examples.Check(index, Count, "Subset")];
}

/// <summary>Datasets one after another.</summary>
public sealed class ConcatDataset<T> : IDataset<T>
{
    readonly IDataset<T>[] parts;
    readonly long[] ends;

    /// <param name="parts">The datasets; their sizes must not change afterwards.</param>
    public ConcatDataset(params IDataset<T>[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        this.parts = [.. parts];
        ends = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++) ends[i] = (i == 0 ? 0 : ends[i - 1]) + parts[i].Count;
    }

    /// <summary>The datasets.</summary>
    public IReadOnlyList<IDataset<T>> Parts => parts;

    /// <inheritdoc/>
    public long Count => ends.Length == 0 ? 0 : ends[^1];

    /// <inheritdoc/>
    public T this[long index]
    {
        get
        {
            Examples.Check(index, Count, "ConcatDataset");
            var at = Array.BinarySearch(ends, index + 1);
            if (at < 0) at = ~at;
            while (at > 0 && ends[at - 1] == ends[at]) at--; // the same end again is an empty part
            return parts[at][index - (at == 0 ? 0 : ends[at - 1])];
        }
    }
}

/// <summary>A dataset whose examples pass through a function when they are read.</summary>
/// <param name="source">The dataset.</param>
/// <param name="map">Called by loader workers too. Random numbers that it draws from <see cref="Generator.Current"/> are reproducible inside a loader.</param>
public sealed class MappedDataset<T, TResult>(IDataset<T> source, Func<T, TResult> map) : IDataset<TResult>
{
    /// <inheritdoc/>
    public long Count => source.Count;

    /// <inheritdoc/>
    public TResult this[long index] => map(source[index]);
}
