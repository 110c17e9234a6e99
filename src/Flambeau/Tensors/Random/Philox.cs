using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Flambeau;

/// <summary>
/// Philox4x32-10, the counter-based generator: four random words are a pure function of a 128-bit counter and a 64-bit key
/// (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
/// </summary>
/// <remarks>
/// The low 64 bits of the counter are the block index, the high 64 bits number a sub-sequence (the attempt, where a method rejects).
/// So every element of a tensor owns its words, whichever thread or device computes it.
/// </remarks>
internal static class Philox
{
    const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;
    const int Rounds = 10;

    /// <summary>The four words of one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (uint A, uint B, uint C, uint D) Block(ulong key, ulong block, ulong sub = 0)
    {
        uint a = (uint)block, b = (uint)(block >> 32), c = (uint)sub, d = (uint)(sub >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++, k0 += W0, k1 += W1)
        {
            ulong p0 = (ulong)M0 * a, p1 = (ulong)M1 * c;
            (a, b, c, d) = ((uint)(p1 >> 32) ^ b ^ k0, (uint)p1, (uint)(p0 >> 32) ^ d ^ k1, (uint)p0);
        }
        return (a, b, c, d);
    }

    /// <summary>The words of consecutive blocks from <paramref name="block"/> on; the length must be a multiple of 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(Span<uint> words, ulong key, ulong block)
    {
        var pairs = MemoryMarshal.Cast<uint, ulong>(words);
        var at = 0;
        if (Avx512F.IsSupported)
            for (; at + 16 <= pairs.Length; at += 16) Eight(ref pairs[at], key, block + (ulong)(at / 2));
        if (Avx2.IsSupported)
            for (; at + 8 <= pairs.Length; at += 8) Four(ref pairs[at], key, block + (ulong)(at / 2));
        for (; at < pairs.Length; at += 2)
        {
            var (a, b, c, d) = Block(key, block + (ulong)(at / 2));
            pairs[at] = a | (ulong)b << 32;
            pairs[at + 1] = c | (ulong)d << 32;
        }
    }

    // A word sits in the low half of each 64-bit lane; what gathers in the high half is ignored by the widening multiply.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Eight(ref ulong target, ulong key, ulong block)
    {
        var a = Vector512.Create(block) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        Vector512<ulong> b = a >>> 32, c = default, d = default;
        Vector512<uint> m0 = Vector512.Create((ulong)M0).AsUInt32(), m1 = Vector512.Create((ulong)M1).AsUInt32();
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++, k0 += W0, k1 += W1)
        {
            var p0 = Avx512F.Multiply(a.AsUInt32(), m0);
            var p1 = Avx512F.Multiply(c.AsUInt32(), m1);
            a = (p1 >>> 32) ^ b ^ Vector512.Create((ulong)k0);
            c = (p0 >>> 32) ^ d ^ Vector512.Create((ulong)k1);
            (b, d) = (p1, p0);
        }
        var low = Vector512.Create((ulong)uint.MaxValue);
        Vector512<ulong> first = (a & low) | (b << 32), second = (c & low) | (d << 32);
        Avx512F.PermuteVar8x64x2(first, Vector512.Create(0UL, 8, 1, 9, 2, 10, 3, 11), second).StoreUnsafe(ref target);
        Avx512F.PermuteVar8x64x2(first, Vector512.Create(4UL, 12, 5, 13, 6, 14, 7, 15), second).StoreUnsafe(ref target, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Four(ref ulong target, ulong key, ulong block)
    {
        var a = Vector256.Create(block) + Vector256.Create(0UL, 1, 2, 3);
        Vector256<ulong> b = a >>> 32, c = default, d = default;
        Vector256<uint> m0 = Vector256.Create((ulong)M0).AsUInt32(), m1 = Vector256.Create((ulong)M1).AsUInt32();
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++, k0 += W0, k1 += W1)
        {
            var p0 = Avx2.Multiply(a.AsUInt32(), m0);
            var p1 = Avx2.Multiply(c.AsUInt32(), m1);
            a = (p1 >>> 32) ^ b ^ Vector256.Create((ulong)k0);
            c = (p0 >>> 32) ^ d ^ Vector256.Create((ulong)k1);
            (b, d) = (p1, p0);
        }
        var low = Vector256.Create((ulong)uint.MaxValue);
        Vector256<ulong> first = (a & low) | (b << 32), second = (c & low) | (d << 32);
        Vector256<ulong> even = Avx2.UnpackLow(first, second), odd = Avx2.UnpackHigh(first, second);
        Avx2.Permute2x128(even, odd, 0x20).StoreUnsafe(ref target);
        Avx2.Permute2x128(even, odd, 0x31).StoreUnsafe(ref target, 4);
    }
}
