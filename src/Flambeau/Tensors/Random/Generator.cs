using System.Buffers.Binary;

namespace Flambeau;

/// <summary>
/// A source of random numbers: a seed, and how many counter blocks have been handed out. Every random op takes its counters in one
/// step, so results depend on the seed and the order of the ops alone, never on the number of threads or on the device.
/// </summary>
public sealed class Generator
{
    /// <summary>The seed of a generator that was given none.</summary>
    public const long DefaultSeed = 67280421310721;

    [ThreadStatic] static Generator? current;
    static long threads = -1;
    long offset;

    /// <summary>A generator at the start of the sequence of <paramref name="seed"/>.</summary>
    public Generator(long seed = DefaultSeed) => Seed = seed;

    /// <summary>
    /// The generator that ops use on this thread when none is passed. The first thread to ask starts from <see cref="DefaultSeed"/>;
    /// each later thread starts from a seed of its own, so that two threads never draw the same numbers by accident.
    /// </summary>
    public static Generator Current
    {
        get => current ??= new(OfThread(Interlocked.Increment(ref threads)));
        set => current = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>The seed that the sequence started from.</summary>
    public long Seed { get; private set; }

    /// <summary>Counter blocks handed out so far (one block holds four 32-bit words).</summary>
    public long Offset => Interlocked.Read(ref offset);

    /// <summary>Seed and offset; setting it resumes a sequence exactly.</summary>
    public GeneratorState State
    {
        get => new(Seed, Offset);
        set
        {
            Seed = value.Seed;
            Interlocked.Exchange(ref offset, value.Offset);
        }
    }

    /// <summary>Restarts at the beginning of the sequence of <paramref name="seed"/>.</summary>
    /// <returns>This generator.</returns>
    public Generator ManualSeed(long seed)
    {
        State = new(seed, 0);
        return this;
    }

    /// <summary>Restarts from a seed that the operating system chose, and returns it.</summary>
    public long RandomSeed()
    {
        Span<byte> bytes = stackalloc byte[8];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        var seed = BinaryPrimitives.ReadInt64LittleEndian(bytes) & long.MaxValue;
        ManualSeed(seed);
        return seed;
    }

    /// <summary>Makes this the thread's <see cref="Current"/> until the result is disposed.</summary>
    public Scope Use()
    {
        var scope = new Scope(current);
        current = this;
        return scope;
    }

    /// <summary>Hands out <paramref name="count"/> counter blocks and returns the index of the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public ulong Reserve(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return (ulong)(Interlocked.Add(ref offset, count) - count);
    }

    /// <summary>Hands out the blocks for <paramref name="elements"/> draws of which <paramref name="perBlock"/> share a block.</summary>
    internal RandomStream Take(long elements, int perBlock)
    {
        var first = Reserve(elements / perBlock + (elements % perBlock == 0 ? 0 : 1));
        DeviceBackend.Drew(this, (long)first);
        return new((ulong)Seed, first);
    }

    // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)
    static long OfThread(long ordinal)
    {
        if (ordinal == 0) return DefaultSeed;
        var z = (ulong)DefaultSeed + (ulong)ordinal * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (long)((z ^ (z >> 31)) & long.MaxValue);
    }

    /// <summary>Restores the thread's previous generator when disposed.</summary>
    public readonly struct Scope : IDisposable
    {
        readonly Generator? before;

        internal Scope(Generator? before) => this.before = before;

        /// <inheritdoc/>
        public void Dispose() => current = before;
    }
}

/// <summary>Where a <see cref="Generator"/> stands: its seed and the counter blocks already used.</summary>
public readonly record struct GeneratorState(long Seed, long Offset)
{
    /// <summary>16 bytes: seed and offset, little-endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Seed);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Offset);
        return bytes;
    }

    /// <summary>The inverse of <see cref="ToBytes"/>.</summary>
    /// <exception cref="ArgumentException">There are not 16 bytes.</exception>
    public static GeneratorState FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == 16
        ? new(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]))
        : throw new ArgumentException(
            $"A generator state has 16 bytes (seed and offset, as GeneratorState.ToBytes writes them), but {bytes.Length} were given. " +
            "States of other libraries' generators cannot be loaded; use Generator.ManualSeed instead.", nameof(bytes));
}

/// <summary>A key and a first block: the words that one op owns.</summary>
internal readonly record struct RandomStream(ulong Key, ulong Block);
