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

    const int Small = 512;

    /// <summary>Sorts numbers that hold a 32-bit key above a distinct 32-bit position: by radix (Seward 1954) when there are many.</summary>
    internal static void Sort(Span<ulong> packed, ref ulong[] spare)
    {
        if (packed.Length <= Small)
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
