namespace Flambeau.Data;

/// <summary>In which order examples are read. The order is a pure function of the epoch, so that any pass can be taken again.</summary>
public interface ISampler
{
    /// <summary>How many numbers an epoch has.</summary>
    long Count { get; }

    /// <summary>Numbers of examples in the order of one epoch.</summary>
    IEnumerable<long> Indices(long epoch);
}

/// <summary>Which examples make a batch.</summary>
public interface IBatchSampler
{
    /// <summary>How many batches an epoch has.</summary>
    long Count { get; }

    /// <summary>Numbers of the examples of each batch of one epoch.</summary>
    IEnumerable<long[]> Batches(long epoch);
}

/// <summary>Batches of consecutive numbers of a sampler.</summary>
public sealed class BatchSampler : IBatchSampler
{
    readonly ISampler sampler;
    readonly int batchSize;
    readonly bool dropLast;

    /// <param name="sampler">Gives the numbers.</param>
    /// <param name="batchSize">How many make a batch.</param>
    /// <param name="dropLast">Leave out a last batch that is smaller.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    public BatchSampler(ISampler sampler, int batchSize, bool dropLast = false)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (this.sampler, this.batchSize, this.dropLast) = (sampler, batchSize, dropLast);
    }

    /// <inheritdoc/>
    public long Count => dropLast ? sampler.Count / batchSize : (sampler.Count + batchSize - 1) / batchSize;

    /// <inheritdoc/>
    public IEnumerable<long[]> Batches(long epoch) =>
        sampler.Indices(epoch).Chunk(batchSize).Where(batch => !dropLast || batch.Length == batchSize);
}

/// <summary>Generators of an epoch.</summary>
static class SamplerSeeds
{
    /// <summary>A seed of its own for each pair (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).</summary>
    internal static long Mix(long seed, long k)
    {
        var z = (ulong)seed + ((ulong)k + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (long)((z ^ (z >> 31)) & long.MaxValue);
    }

    internal static Generator Of(long seed, long epoch) => new(Mix(seed, epoch));

    internal static long[] Permutation(long count, long seed, long epoch) =>
        count == 0 ? [] : Tensor.RandPerm(count, Of(seed, epoch)).ToArray<long>();
}
