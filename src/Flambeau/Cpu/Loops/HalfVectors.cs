using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>float32 to and from the two 16-bit formats, a register at a time. Each returns how many elements it did; the rest is the caller's.</summary>
internal static unsafe class HalfVectors
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long ToBFloat16(float* x, ushort* y, long n)
    {
        long i = 0;
        for (; Vector128.IsHardwareAccelerated && i <= n - 8; i += 8) Narrow(Upper(Vector256.Load(x + i).AsUInt32())).Store(y + i);
        return i;
    }

    /// <summary>The upper half of each float, rounded to even; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Upper(Vector256<uint> bits)
    {
        var upper = bits >>> 16;
        var rounded = (bits + Vector256.Create(0x7FFFu) + (upper & Vector256<uint>.One)) >>> 16;
        var number = Vector256.Equals(bits.AsSingle(), bits.AsSingle()).AsUInt32();
        return Vector256.ConditionalSelect(number, rounded, upper | Vector256.Create(0x40u));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long FromBFloat16(ushort* x, float* y, long n)
    {
        long i = 0;
        for (; Vector128.IsHardwareAccelerated && i <= n - 8; i += 8) (Widen(Vector128.Load(x + i)) << 16).AsSingle().Store(y + i);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long ToHalf(float* x, ushort* y, long n)
    {
        long i = 0;
        for (; Vector128.IsHardwareAccelerated && i <= n - 8; i += 8) Narrow(HalfBits(Vector256.Load(x + i).AsUInt32())).Store(y + i);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> HalfBits(Vector256<uint> bits)
    {
        var sign = bits & Vector256.Create(0x8000_0000u);
        var size = bits ^ sign;
        // normal: the exponent's bias changes from 127 to 15, and 13 bits are rounded to even
        var normal = (size - Vector256.Create(112u << 23) + Vector256.Create(0xFFFu) + ((size >>> 13) & Vector256<uint>.One)) >>> 13;
        // below 2^-14: adding 0.5 makes the adder round at the last place of a half, 2^-24
        var half = Vector256.Create(0.5f);
        var small = (size.AsSingle() + half).AsUInt32() - half.AsUInt32();
        var special = Vector256.ConditionalSelect(Vector256.GreaterThan(size, Vector256.Create(0x7F80_0000u)),
            ((size >>> 13) & Vector256.Create(0x3FFu)) | Vector256.Create(0x7E00u), Vector256.Create(0x7C00u));
        var y = Vector256.ConditionalSelect(Vector256.LessThan(size, Vector256.Create(113u << 23)), small, normal);
        return Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(size, Vector256.Create(143u << 23)), special, y) | (sign >>> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long FromHalf(ushort* x, float* y, long n)
    {
        long i = 0;
        var scale = Vector256.Create(239u << 23).AsSingle(); // 2^112
        for (; Vector128.IsHardwareAccelerated && i <= n - 8; i += 8)
        {
            var h = Widen(Vector128.Load(x + i));
            var size = h & Vector256.Create(0x7FFFu);
            // the product moves the exponent, and normalises what is subnormal in half precision
            var value = ((size << 13).AsSingle() * scale).AsUInt32();
            value |= Vector256.GreaterThanOrEqual(size, Vector256.Create(0x7C00u)) & Vector256.Create(0x7F80_0000u);
            (value | ((h ^ size) << 16)).AsSingle().Store(y + i);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<ushort> Narrow(Vector256<uint> x) => Vector128.Narrow(x.GetLower(), x.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Widen(Vector128<ushort> x) => Vector256.Create(Vector128.WidenLower(x), Vector128.WidenUpper(x));
}
