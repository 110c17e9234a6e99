namespace Flambeau.Data;

/// <summary>0, 1, 2, … in every epoch.</summary>
/// <param name="count">How many examples there are.</param>
public sealed class SequentialSampler(long count) : ISampler
{
    /// <inheritdoc/>
    public long Count { get; } = count >= 0 ? count : throw new ArgumentOutOfRangeException(nameof(count), count, "a dataset has 0 or more examples");

    /// <inheritdoc/>
    public IEnumerable<long> Indices(long epoch)
    {
        for (long i = 0; i < Count; i++) yield return i;
    }
}

/// <summary>A uniform permutation, another one in each epoch; or independent uniform draws.</summary>
public sealed class RandomSampler : ISampler
{
    readonly long examples, seed;
    readonly bool replacement;

    /// <param name="examples">How many examples there are.</param>
    /// <param name="seed">Another seed gives other orders.</param>
    /// <param name="replacement">Draw independently, so that examples repeat within an epoch.</param>
    /// <param name="samples">Numbers an epoch; by default as many as examples. Without replacement, further permutations follow the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or numbers are wanted of no example.</exception>
    public RandomSampler(long examples, long seed = 0, bool replacement = false, long? samples = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        Count = samples ?? examples;
        if (Count < 0 || (examples == 0 && Count > 0))
            throw new ArgumentOutOfRangeException(nameof(samples), samples, $"RandomSampler: {Count} numbers can't be drawn of {examples} examples.");
        (this.examples, this.seed, this.replacement) = (examples, seed, replacement);
    }

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public IEnumerable<long> Indices(long epoch)
    {
        if (Count == 0) return [];
        var generator = SamplerSeeds.Of(seed, epoch);
        return replacement ? Tensor.RandInt(0, examples, [Count], generator).ToArray<long>() : Permutations(generator);
    }

    IEnumerable<long> Permutations(Generator generator)
    {
        for (long given = 0; given < Count; given += examples)
        {
            var order = Tensor.RandPerm(examples, generator).ToArray<long>();
            for (var i = 0; i < order.Length && given + i < Count; i++) yield return order[i];
        }
    }
}

/// <summary>Given numbers in a random order, another one in each epoch.</summary>
/// <param name="indices">The numbers; they are not copied.</param>
/// <param name="seed">Another seed gives other orders.</param>
public sealed class SubsetRandomSampler(long[] indices, long seed = 0) : ISampler
{
    /// <inheritdoc/>
    public long Count => indices.Length;

    /// <inheritdoc/>
    public IEnumerable<long> Indices(long epoch) => SamplerSeeds.Permutation(indices.Length, seed, epoch).Select(i => indices[i]);
}

/// <summary>Draws with a probability proportional to a weight, as for classes of unequal size.</summary>
public sealed class WeightedRandomSampler : ISampler
{
    readonly Tensor weights;
    readonly bool replacement;
    readonly long seed;

    /// <param name="weights">One an example, 0 or more; they need not add up to 1.</param>
    /// <param name="samples">Numbers an epoch.</param>
    /// <param name="replacement">Whether an example may come more than once.</param>
    /// <param name="seed">Another seed gives other draws.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or fewer than <paramref name="samples"/> are positive while none may repeat.</exception>
    public WeightedRandomSampler(ReadOnlySpan<double> weights, long samples, bool replacement = true, long seed = 0)
    {
        var positive = 0L;
        foreach (var w in weights)
        {
            if (!(w >= 0 && double.IsFinite(w))) throw new ArgumentException($"WeightedRandomSampler: a weight is {w}; expected finite numbers, 0 or more.", nameof(weights));
            if (w > 0) positive++;
        }
        if (samples < 0 || (samples > 0 && positive == 0) || (!replacement && samples > positive))
            throw new ArgumentException($"WeightedRandomSampler: {samples} numbers {(replacement ? "with" : "without")} replacement can't be drawn with {positive} positive weights.", nameof(samples));
        (this.weights, Count, this.replacement, this.seed) = (Tensor.From(weights), samples, replacement, seed);
    }

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public IEnumerable<long> Indices(long epoch) =>
        Count == 0 ? [] : weights.Multinomial(Count, replacement, SamplerSeeds.Of(seed, epoch)).ToArray<long>();
}

/// <summary>The share of one of several processes that train together: every <c>replicas</c>-th number of an order that all agree on.</summary>
public sealed class DistributedSampler : ISampler
{
    readonly long examples, seed;
    readonly int replicas, rank;
    readonly bool shuffle;

    /// <param name="examples">How many examples there are.</param>
    /// <param name="replicas">How many processes.</param>
    /// <param name="rank">Which of them this is, from 0.</param>
    /// <param name="shuffle">A random order, another one in each epoch; all processes must pass the same seed.</param>
    /// <param name="seed">Another seed gives other orders.</param>
    /// <param name="dropLast">Leave out what can't be shared evenly; otherwise some examples come again, so that all have as many.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or the rank isn't below the number of replicas.</exception>
    public DistributedSampler(long examples, int replicas, int rank, bool shuffle = true, long seed = 0, bool dropLast = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        if (rank < 0 || rank >= replicas)
            throw new ArgumentOutOfRangeException(nameof(rank), rank, $"DistributedSampler: rank {rank} of {replicas} replicas; expected 0 to {replicas - 1}.");
        (this.examples, this.replicas, this.rank, this.shuffle, this.seed) = (examples, replicas, rank, shuffle, seed);
        Count = dropLast ? examples / replicas : (examples + replicas - 1) / replicas;
    }

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public IEnumerable<long> Indices(long epoch)
    {
        var order = shuffle ? SamplerSeeds.Permutation(examples, seed, epoch) : null;
        for (long i = 0; i < Count; i++)
        {
            var at = (rank + i * replicas) % examples;
            yield return order is null ? at : order[at];
        }
    }
}
