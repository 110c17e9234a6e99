using System.Collections;

namespace Flambeau.Data;

/// <summary>
/// Batches of a dataset for a training loop, read and joined by background threads where asked for. The batches, random augmentation by
/// <see cref="Generator.Current"/> included, depend on the seed and the epoch only, never on the number of workers.
/// </summary>
/// <remarks>
/// What a worker throws is thrown by the loop when it reaches that batch, with the worker's stack. Leaving the loop early ends the workers.
/// Each loop takes the next epoch; <see cref="SetEpoch"/> chooses one.
/// </remarks>
/// <typeparam name="T">An example.</typeparam>
/// <typeparam name="TBatch">A batch; for tensors and tuples of tensors the same type as an example.</typeparam>
public sealed class DataLoader<T, TBatch> : IEnumerable<TBatch>
{
    readonly Func<long, IEnumerable<Func<TBatch>>> work = static _ => [];
    readonly int workers, prefetch;
    readonly long seed;
    long epoch;

    /// <summary>Loads a dataset whose examples have numbers.</summary>
    /// <param name="dataset">Where examples come from.</param>
    /// <param name="batchSize">How many make a batch.</param>
    /// <param name="shuffle">A random order, another one in each epoch.</param>
    /// <param name="seed">Of the order, and of random numbers that the dataset draws.</param>
    /// <param name="workers">Background threads; 0 loads in the loop itself.</param>
    /// <param name="prefetch">Batches that each worker makes ahead of the loop.</param>
    /// <param name="dropLast">Leave out a last batch that is smaller.</param>
    /// <param name="collate">Joins examples to a batch; by default <see cref="Collate.Default"/>.</param>
    /// <param name="sampler">The order, instead of <paramref name="shuffle"/>.</param>
    /// <param name="batchSampler">The batches, instead of batch size, order and dropLast.</param>
    /// <exception cref="ArgumentException">Options exclude each other, or a number is out of range.</exception>
    public DataLoader(IDataset<T> dataset, int batchSize = 1, bool shuffle = false, long seed = 0, int workers = 0, int prefetch = 2, bool dropLast = false,
        Func<IReadOnlyList<T>, TBatch>? collate = null, ISampler? sampler = null, IBatchSampler? batchSampler = null) : this(seed, workers, prefetch)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (sampler is not null && shuffle)
            throw new ArgumentException("DataLoader: a sampler was given and shuffle as well; the sampler decides the order, so leave shuffle out.", nameof(shuffle));
        if (batchSampler is not null && (sampler is not null || shuffle || dropLast || batchSize != 1))
            throw new ArgumentException("DataLoader: a batch sampler decides batches and order, so leave batchSize, shuffle, dropLast and sampler out.", nameof(batchSampler));
        var batches = batchSampler ?? new BatchSampler(sampler ?? (shuffle ? new RandomSampler(dataset.Count, seed) : new SequentialSampler(dataset.Count)), batchSize, dropLast);
        Count = batches.Count;
        var make = Maker(dataset, collate);
        work = pass => batches.Batches(pass).Select(indices => (Func<TBatch>)(() => make(indices)));
    }

    /// <summary>Loads a stream: one thread at a time reads it, in order, and batches are joined by all workers.</summary>
    /// <param name="stream">Where examples come from.</param>
    /// <param name="batchSize">How many make a batch.</param>
    /// <param name="seed">Of random numbers that the collate function draws.</param>
    /// <param name="workers">Background threads; 0 loads in the loop itself.</param>
    /// <param name="prefetch">Batches that each worker makes ahead of the loop.</param>
    /// <param name="dropLast">Leave out a last batch that is smaller.</param>
    /// <param name="collate">Joins examples to a batch; by default <see cref="Collate.Default"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public DataLoader(IIterableDataset<T> stream, int batchSize = 1, long seed = 0, int workers = 0, int prefetch = 2, bool dropLast = false,
        Func<IReadOnlyList<T>, TBatch>? collate = null) : this(seed, workers, prefetch)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var join = collate ?? Collate.Default<T, TBatch>;
        work = pass => stream.Read(pass).Chunk(batchSize).Where(items => !dropLast || items.Length == batchSize).Select(items => (Func<TBatch>)(() => join(items)));
    }

    DataLoader(long seed, int workers, int prefetch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetch, 1);
        (this.seed, this.workers, this.prefetch) = (seed, workers, prefetch);
    }

    /// <summary>How many batches an epoch has; null for a stream.</summary>
    public long? Count { get; }

    /// <summary>The epoch that the next loop takes.</summary>
    public long Epoch => Interlocked.Read(ref epoch);

    /// <summary>Chooses the epoch that the next loop takes; those after it take the following ones.</summary>
    public void SetEpoch(long epoch) => Interlocked.Exchange(ref this.epoch, epoch);

    /// <summary>The batches of the next epoch.</summary>
    public IEnumerator<TBatch> GetEnumerator() => Read(0, default).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The batches of the next epoch from a given one on, as after an interruption; the earlier ones are not loaded.</summary>
    /// <param name="firstBatch">Number of the first batch to load.</param>
    /// <param name="cancellation">Ends the loop with <see cref="OperationCanceledException"/>, also while it waits for a worker.</param>
    public IEnumerable<TBatch> Read(long firstBatch = 0, CancellationToken cancellation = default)
    {
        var pass = Interlocked.Increment(ref epoch) - 1;
        using var source = work(pass).GetEnumerator();
        var passSeed = SamplerSeeds.Mix(~seed, pass);
        long number = 0;
        while (number < firstBatch && source.MoveNext()) number++;

        Func<TBatch>? Next()
        {
            using var own = SamplerSeeds.Of(~passSeed, number).Use(); // a stream may draw while it is read
            if (!source.MoveNext()) return null;
            var (make, k) = (source.Current, number++);
            return () =>
            {
                using var drawn = SamplerSeeds.Of(passSeed, k).Use();
                return make();
            };
        }

        if (workers == 0)
        {
            for (cancellation.ThrowIfCancellationRequested(); Next() is { } make; cancellation.ThrowIfCancellationRequested()) yield return make();
            yield break;
        }
        using var pipeline = new Pipeline<TBatch>(Next, workers, workers * prefetch, cancellation);
        while (pipeline.TryTake(out var batch)) yield return batch;
    }

    static Func<long[], TBatch> Maker(IDataset<T> dataset, Func<IReadOnlyList<T>, TBatch>? collate)
    {
        if (collate is null && dataset is IDataset<TBatch> same && typeof(T) == typeof(TBatch) && Examples.Joiner(same) is { } fast) return fast;
        var join = collate ?? Collate.Default<T, TBatch>;
        return indices => join(Array.ConvertAll(indices, i => dataset[i]));
    }
}
