namespace Flambeau.Data;

/// <summary>What can be done with any dataset.</summary>
public static class Datasets
{
    /// <summary>Examples passed through a function when they are read.</summary>
    public static MappedDataset<T, TResult> Map<T, TResult>(this IDataset<T> dataset, Func<T, TResult> map) => new(dataset, map);

    /// <summary>The first examples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public static Subset<T> Take<T>(this IDataset<T> dataset, int count)
    {
        if (count < 0 || count > dataset.Count)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Take: {count} examples were asked for; the dataset has {dataset.Count}.");
        return new(dataset, [.. Enumerable.Range(0, count).Select(static i => (long)i)]);
    }

    /// <summary>Disjoint random parts of given sizes.</summary>
    /// <param name="dataset">What to split.</param>
    /// <param name="lengths">Size of each part; together the size of the dataset.</param>
    /// <param name="seed">Another seed gives another split.</param>
    /// <exception cref="ArgumentException">The sizes don't add up, or one is negative.</exception>
    public static Subset<T>[] RandomSplit<T>(this IDataset<T> dataset, ReadOnlySpan<long> lengths, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        long total = 0;
        foreach (var n in lengths) total = n < 0 ? long.MinValue : total + n;
        if (total != dataset.Count)
            throw new ArgumentException(
                $"RandomSplit: the lengths {string.Join(", ", lengths.ToArray())} must be 0 or more and add up to the {dataset.Count} examples of the dataset. Fractions such as 0.8 and 0.2 are taken too.", nameof(lengths));
        var order = SamplerSeeds.Permutation(dataset.Count, seed, epoch: 0);
        var parts = new Subset<T>[lengths.Length];
        var from = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = new(dataset, order[from..(from + (int)lengths[i])]);
            from += (int)lengths[i];
        }
        return parts;
    }

    /// <summary>Disjoint random parts of given shares. What rounding down leaves over goes to the first parts, one each.</summary>
    /// <param name="dataset">What to split.</param>
    /// <param name="fractions">Share of each part; together 1.</param>
    /// <param name="seed">Another seed gives another split.</param>
    /// <exception cref="ArgumentException">The shares don't add up to 1, or one is negative.</exception>
    public static Subset<T>[] RandomSplit<T>(this IDataset<T> dataset, ReadOnlySpan<double> fractions, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        double total = 0;
        foreach (var f in fractions) total = f >= 0 ? total + f : double.NaN;
        if (!(Math.Abs(total - 1) < 1e-6))
            throw new ArgumentException($"RandomSplit: the fractions {string.Join(", ", fractions.ToArray())} must be 0 or more and add up to 1.", nameof(fractions));
        var lengths = new long[fractions.Length];
        var left = dataset.Count;
        for (var i = 0; i < lengths.Length; i++) left -= lengths[i] = (long)Math.Floor(dataset.Count * fractions[i] + 1e-9);
        for (var i = 0; left > 0; i = (i + 1) % lengths.Length, left--) lengths[i]++;
        return dataset.RandomSplit(lengths, seed);
    }

    /// <summary>Batches of a dataset, joined by the default rules; see <see cref="DataLoader{T, TBatch}"/>.</summary>
    public static DataLoader<T, T> Batches<T>(this IDataset<T> dataset, int batchSize, bool shuffle = false, long seed = 0, int workers = 0, int prefetch = 2, bool dropLast = false) =>
        new(dataset, batchSize, shuffle, seed, workers, prefetch, dropLast);
}
