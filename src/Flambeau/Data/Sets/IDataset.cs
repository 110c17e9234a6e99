namespace Flambeau.Data;

/// <summary>Examples by number. Reading must be safe from several threads at once, since loaders read with background workers.</summary>
/// <typeparam name="T">An example: a tensor, a tuple of tensors and numbers, or anything that a collate function can join.</typeparam>
public interface IDataset<out T>
{
    /// <summary>How many examples there are.</summary>
    long Count { get; }

    /// <summary>An example.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    T this[long index] { get; }
}

/// <summary>A dataset that can join examples faster than one by one; loaders with the default collate function use it.</summary>
/// <typeparam name="T">An example, and also many of them: its tensors then have one more axis, the first.</typeparam>
public interface IBatchDataset<out T> : IDataset<T>
{
    /// <summary>Several examples, joined: the same as collating them one by one.</summary>
    /// <param name="indices">Their numbers, in order; repetitions are allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    T Batch(ReadOnlySpan<long> indices);
}

/// <summary>Checks and shortcuts that datasets share.</summary>
static class Examples
{
    /// <summary>The index, if it names an example.</summary>
    internal static long Check(long index, long count, string what) => (ulong)index < (ulong)count
        ? index
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{what} has {count} examples; their numbers are {(count == 0 ? "none" : $"0 to {count - 1}")}, but {index} was asked for.");

    /// <summary>How to join examples without reading them one by one, if the dataset knows.</summary>
    internal static Func<long[], T>? Joiner<T>(IDataset<T> dataset) => dataset switch
    {
        IBatchDataset<T> whole => indices => whole.Batch(indices),
        Subset<T> part when Joiner(part.Source) is { } join => indices => join(Array.ConvertAll(indices, part.IndexInSource)),
        _ => null,
    };
}
