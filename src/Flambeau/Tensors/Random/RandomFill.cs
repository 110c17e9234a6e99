using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau;

/// <summary>
/// Fills spans with draws. <c>target[0]</c> is draw number <c>start</c> of the stream, so a tensor may be cut anywhere between threads.
/// A float32 draw takes one word (<see cref="PerBlock32"/> to a block), a float64 or int64 draw two (<see cref="PerBlock64"/>).
/// </summary>
internal static partial class RandomFill
{
    /// <summary>Draws to a block, to pass to <see cref="Generator.Take"/>.</summary>
    public const int PerBlock32 = 4, PerBlock64 = 2;

    const int Chunk = 512; // words
    const double Unit32 = 1.0 / (1L << 32), Unit52 = 1.0 / (1L << 52), Unit53 = 1.0 / (1L << 53);

    /// <summary>Uniform on [from, to), 24 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Uniform(Span<float> target, RandomStream stream, long start, float from = 0, float to = 1)
    {
        Span<uint> words = stackalloc uint[Chunk];
        Vector<float> scale = new(to - from), shift = new(from), unit = new(1f / (1 << 24));
        var rest = new Words(stream, start, 4);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
        {
            Span<float> values = System.Runtime.InteropServices.MemoryMarshal.Cast<uint, float>(words);
            for (var i = 0; i < Chunk; i += Vector<uint>.Count)
            {
                var u = Vector.ConvertToSingle(Vector.AsVectorInt32(new Vector<uint>(words[i..]) >> 8)) * unit;
                (u * scale + shift).CopyTo(values[i..]);
            }
            values.Slice(skip, count).CopyTo(target[at..]);
        }
    }

    /// <summary>Uniform on [from, to), 53 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Uniform(Span<double> target, RandomStream stream, long start, double from = 0, double to = 1)
    {
        Span<uint> words = stackalloc uint[Chunk];
        var rest = new Words(stream, start, 2);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
            for (var i = 0; i < count; i++)
                target[at + i] = (Wide(words, skip + i) >> 11) * Unit53 * (to - from) + from;
    }

    /// <summary>Integers on [low, high), by 64-bit multiply and shift (Lemire, ACM TOMACS 29 (2019) 3, without the rejection: bias below 2^−64·range).</summary>
    /// <remarks>high ≤ low stands for the whole range of int64 when both are <see cref="long.MinValue"/>.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Integers(Span<long> target, RandomStream stream, long start, long low, long high)
    {
        Span<uint> words = stackalloc uint[Chunk];
        var range = unchecked((ulong)high - (ulong)low);
        var rest = new Words(stream, start, 2);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
            for (var i = 0; i < count; i++)
            {
                var word = Wide(words, skip + i);
                target[at + i] = unchecked(low + (long)(range == 0 ? word : Math.BigMul(word, range, out _)));
            }
    }

    /// <summary>True with probability <paramref name="p"/>, to 32 bits; never at 0, always at 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bernoulli(Span<bool> target, RandomStream stream, long start, double p)
    {
        Span<uint> words = stackalloc uint[Chunk];
        var threshold = Threshold(p);
        var rest = new Words(stream, start, 4);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
            for (var i = 0; i < count; i++) target[at + i] = words[skip + i] < threshold;
    }

    /// <summary><paramref name="value"/> with probability <paramref name="p"/>, else 0: a dropout mask. Same draws as the boolean form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bernoulli(Span<float> target, RandomStream stream, long start, double p, float value = 1)
    {
        Span<uint> words = stackalloc uint[Chunk];
        var threshold = Threshold(p);
        var rest = new Words(stream, start, 4);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
            for (var i = 0; i < count; i++) target[at + i] = words[skip + i] < threshold ? value : 0;
    }

    /// <summary>True with the probability that stands at the same place.</summary>
    public static void Bernoulli(Span<bool> target, RandomStream stream, long start, ReadOnlySpan<double> p)
    {
        Span<uint> words = stackalloc uint[Chunk];
        var rest = new Words(stream, start, 4);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
            for (var i = 0; i < count; i++) target[at + i] = words[skip + i] < Threshold(p[at + i]);
    }

    static ulong Threshold(double p) => (ulong)Math.Round(Math.Clamp(p, 0, 1) * (1L << 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Wide(ReadOnlySpan<uint> words, int draw) => words[2 * draw] | (ulong)words[2 * draw + 1] << 32;

    /// <summary>Walks the blocks that cover a range of draws, one buffer of words at a time.</summary>
    struct Words(RandomStream stream, long start, int perBlock)
    {
        int done;

        /// <summary>Fills the buffer; target[at..at+count] are the draws at buffer positions skip…</summary>
        public bool Next(Span<uint> words, int length, out int at, out int skip, out int count)
        {
            at = done;
            var first = start + done;
            skip = (int)(first % perBlock);
            count = Math.Min(words.Length / 4 * perBlock - skip, length - done);
            if (count <= 0) return false;
            // a whole vector of words even at the end, so that a draw's rounding does not depend on its neighbours
            var used = Math.Min(words.Length, ((skip + count + perBlock - 1) / perBlock * 4 + 63) & ~63);
            Philox.Fill(words[..used], stream.Key, stream.Block + (ulong)(first / perBlock));
            done += count;
            return true;
        }
    }
}
