using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>A number as an unsigned key of the same order, NaN last, with the position it came from.</summary>
internal struct SortKey : IComparable<SortKey>
{
    internal ulong Key;
    internal long Position;

    public readonly int CompareTo(SortKey other)
    {
        var c = Key.CompareTo(other.Key);
        return c != 0 ? c : Position.CompareTo(other.Position);
    }
}

/// <summary>Keys whose unsigned order is the order of numbers: sign bit turned, negative floats inverted, both zeros equal, NaN largest.</summary>
internal static class SortKeys
{
    internal const uint NaN32 = uint.MaxValue;
    internal const ulong NaN64 = ulong.MaxValue;

    internal static uint Of(float v)
    {
        if (float.IsNaN(v)) return NaN32;
        var bits = BitConverter.SingleToUInt32Bits(v == 0 ? 0 : v);
        return (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
    }

    internal static uint Of(int v) => (uint)v ^ 0x80000000;

    internal static ulong Of(double v)
    {
        if (double.IsNaN(v)) return NaN64;
        var bits = BitConverter.DoubleToUInt64Bits(v == 0 ? 0 : v);
        return (bits & 0x8000000000000000) != 0 ? ~bits : bits | 0x8000000000000000;
    }

    internal static ulong Of(long v) => (ulong)v ^ 0x8000000000000000;

    /// <summary>Keys of eight numbers with the sign bit turned, for signed comparisons.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Signed(Vector256<float> v)
    {
        var bits = (v + Vector256<float>.Zero).AsInt32();
        var keys = bits ^ ((bits >> 31) & Vector256.Create(int.MaxValue));
        return Vector256.ConditionalSelect(Vector256.Equals(v, v).AsInt32(), keys, Vector256.Create((int)(NaN32 ^ 0x80000000)));
    }

    /// <summary>Keys above positions, eight at a time; gives back how many were done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe int Pack(float* x, uint flip, Span<ulong> packed)
    {
        var i = 0;
        var places = Vector256<uint>.Indices;
        fixed (ulong* y = packed)
        {
            for (; Vector128.IsHardwareAccelerated && i <= packed.Length - 8; i += 8, places += Vector256.Create(8u))
            {
                var keys = Signed(Vector256.Load(x + i)).AsUInt32() ^ Vector256.Create(flip ^ 0x80000000);
                ((Vector256.WidenLower(keys) << 32) | Vector256.WidenLower(places)).Store(y + i);
                ((Vector256.WidenUpper(keys) << 32) | Vector256.WidenUpper(places)).Store(y + i + 4);
            }
        }
        return i;
    }

    /// <summary>The k first of a row, in order: eight numbers at a time are compared with the last of those found so far, and most fail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void First(float* x, bool descending, Span<ulong> packed, int k)
    {
        var n = packed.Length;
        var flip = descending ? uint.MaxValue : 0;
        var first = packed[..k];
        for (var j = 0; j < k; j++) first[j] = (ulong)(Of(x[j]) ^ flip) << 32 | (uint)j;
        first.Sort();
        var i = k;
        for (; Vector128.IsHardwareAccelerated && i <= n - 8; i += 8)
        {
            var last = Vector256.Create((int)((uint)(first[^1] >> 32) ^ 0x80000000));
            var found = Vector256.LessThan(Signed(Vector256.Load(x + i)) ^ Vector256.Create((int)flip), last).ExtractMostSignificantBits();
            for (; found != 0; found &= found - 1)
            {
                var j = i + BitOperations.TrailingZeroCount(found);
                Insert(first, (ulong)(Of(x[j]) ^ flip) << 32 | (uint)j);
            }
        }
        for (; i < n; i++) Insert(first, (ulong)(Of(x[i]) ^ flip) << 32 | (uint)i);
    }

    /// <summary>Takes a number into a sorted list in place of the last, unless it would come behind that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Insert(Span<ulong> sorted, ulong v)
    {
        var j = sorted.Length - 1;
        if (v >= sorted[j]) return;
        for (; j > 0 && sorted[j - 1] > v; j--) sorted[j] = sorted[j - 1];
        sorted[j] = v;
    }

    const int Small = 512, SmallPacked = 48;

    /// <summary>Sorts numbers that hold a 32-bit key above a distinct 32-bit position: by radix (Seward 1954) when there are many.</summary>
    internal static void Sort(Span<ulong> packed, ref ulong[] spare)
    {
        if (packed.Length <= SmallPacked)
        {
            packed.Sort();
            return;
        }
        if (spare.Length < packed.Length) spare = new ulong[packed.Length];
        var from = packed;
        var to = spare.AsSpan(0, packed.Length);
        Span<int> counts = stackalloc int[256];
        var swapped = false;
        for (var shift = 32; shift < 64; shift += 8)
        {
            counts.Clear();
            foreach (var v in from) counts[(int)(v >> shift) & 255]++;
            if (counts[(int)(from[0] >> shift) & 255] == from.Length) continue;
            Starts(counts);
            foreach (var v in from) to[counts[(int)(v >> shift) & 255]++] = v;
            var t = from;
            from = to;
            to = t;
            swapped = !swapped;
        }
        if (swapped) from.CopyTo(packed);
    }

    /// <summary>Sorts by key, keeping the order of equal keys.</summary>
    internal static void Sort(Span<SortKey> keys, ref SortKey[] spare)
    {
        if (keys.Length <= Small)
        {
            keys.Sort();
            return;
        }
        if (spare.Length < keys.Length) spare = new SortKey[keys.Length];
        var from = keys;
        var to = spare.AsSpan(0, keys.Length);
        Span<int> counts = stackalloc int[256];
        var swapped = false;
        for (var shift = 0; shift < 64; shift += 8)
        {
            counts.Clear();
            foreach (ref var v in from) counts[(int)(v.Key >> shift) & 255]++;
            if (counts[(int)(from[0].Key >> shift) & 255] == from.Length) continue;
            Starts(counts);
            foreach (ref var v in from) to[counts[(int)(v.Key >> shift) & 255]++] = v;
            var t = from;
            from = to;
            to = t;
            swapped = !swapped;
        }
        if (swapped) from.CopyTo(keys);
    }

    static void Starts(Span<int> counts)
    {
        var at = 0;
        for (var i = 0; i < counts.Length; i++) (counts[i], at) = (at, at + counts[i]);
    }
}
