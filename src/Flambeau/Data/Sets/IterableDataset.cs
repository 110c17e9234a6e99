using System.Collections;

namespace Flambeau.Data;

/// <summary>Examples that can only be read one after another: a stream, a generator, a log.</summary>
public interface IIterableDataset<out T>
{
    /// <summary>Starts to read. A loader reads from one thread at a time, and disposes the enumerator when its loop ends.</summary>
    /// <param name="epoch">Which pass this is, for those that differ by pass.</param>
    IEnumerable<T> Read(long epoch);
}

/// <summary>A stream that a function opens.</summary>
/// <param name="read">Starts to read, given the number of the pass.</param>
public sealed class IterableDataset<T>(Func<long, IEnumerable<T>> read) : IIterableDataset<T>, IEnumerable<T>
{
    /// <summary>A stream that is the same in every pass.</summary>
    public IterableDataset(IEnumerable<T> items) : this(_ => items) => ArgumentNullException.ThrowIfNull(items);

    /// <inheritdoc/>
    public IEnumerable<T> Read(long epoch) => read(epoch);

    /// <summary>
    /// The same examples in a random order, as far as a buffer allows: each is drawn from the next <paramref name="buffer"/> that have not been given out.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is below 1.</exception>
    public IterableDataset<T> Shuffle(int buffer, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer, 1);
        return new(epoch => Shuffled(read(epoch), buffer, new Random(SamplerSeeds.Mix(seed, epoch).GetHashCode())));
    }

    static IEnumerable<T> Shuffled(IEnumerable<T> items, int size, Random random)
    {
        var buffer = new List<T>(size);
        foreach (var item in items)
        {
            if (buffer.Count < size)
            {
                buffer.Add(item);
                continue;
            }
            var k = random.Next(size);
            yield return buffer[k];
            buffer[k] = item;
        }
        while (buffer.Count > 0)
        {
            var k = random.Next(buffer.Count);
            yield return buffer[k];
            buffer[k] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => read(0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
