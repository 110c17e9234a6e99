using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau;

/// <summary>Conversions between element types, resolved when the generic code is compiled.</summary>
internal static class Elements
{
    /// <summary>C-like conversion: reals truncate toward zero, wide integers wrap, complex numbers lose their imaginary part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static B Convert<A, B>(A x) where A : unmanaged where B : unmanaged
    {
        if (typeof(A) == typeof(B)) return Unsafe.BitCast<A, B>(x);
        if (typeof(A) == typeof(Complex) || typeof(A) == typeof(Complex64))
        {
            var z = typeof(A) == typeof(Complex) ? Unsafe.BitCast<A, Complex>(x) : (Complex)Unsafe.BitCast<A, Complex64>(x);
            if (typeof(B) == typeof(Complex)) return Unsafe.BitCast<Complex, B>(z);
            if (typeof(B) == typeof(Complex64)) return Unsafe.BitCast<Complex64, B>((Complex64)z);
            return FromDouble<B>(z.Real);
        }
        if (typeof(A) == typeof(float) || typeof(A) == typeof(double) || typeof(A) == typeof(Half) || typeof(A) == typeof(BFloat16)) return FromReal<A, B>(x);
        return FromLong<B>(ToLong(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static B FromReal<A, B>(A x) where A : unmanaged where B : unmanaged
    {
        if (typeof(A) == typeof(double)) return FromDouble<B>(Unsafe.BitCast<A, double>(x));
        var f = typeof(A) == typeof(float) ? Unsafe.BitCast<A, float>(x)
            : typeof(A) == typeof(Half) ? (float)Unsafe.BitCast<A, Half>(x) : (float)Unsafe.BitCast<A, BFloat16>(x);
        if (typeof(B) == typeof(float)) return Unsafe.BitCast<float, B>(f);
        if (typeof(B) == typeof(Half)) return Unsafe.BitCast<Half, B>((Half)f);
        if (typeof(B) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, B>((BFloat16)f);
        return FromDouble<B>(f);
    }

    /// <summary>An element as an integer; reals truncate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long ToLong<A>(A x) where A : unmanaged
    {
        if (typeof(A) == typeof(long)) return Unsafe.BitCast<A, long>(x);
        if (typeof(A) == typeof(int)) return Unsafe.BitCast<A, int>(x);
        if (typeof(A) == typeof(short)) return Unsafe.BitCast<A, short>(x);
        if (typeof(A) == typeof(sbyte)) return Unsafe.BitCast<A, sbyte>(x);
        if (typeof(A) == typeof(byte)) return Unsafe.BitCast<A, byte>(x);
        if (typeof(A) == typeof(bool)) return Unsafe.BitCast<A, byte>(x);
        return (long)ToDouble(x);
    }

    /// <summary>An element as a double; the real part of a complex number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ToDouble<A>(A x) where A : unmanaged
    {
        if (typeof(A) == typeof(double)) return Unsafe.BitCast<A, double>(x);
        if (typeof(A) == typeof(float)) return Unsafe.BitCast<A, float>(x);
        if (typeof(A) == typeof(Half)) return (double)Unsafe.BitCast<A, Half>(x);
        if (typeof(A) == typeof(BFloat16)) return (float)Unsafe.BitCast<A, BFloat16>(x);
        if (typeof(A) == typeof(Complex)) return Unsafe.BitCast<A, Complex>(x).Real;
        if (typeof(A) == typeof(Complex64)) return Unsafe.BitCast<A, Complex64>(x).Real;
        return ToLong(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static B FromLong<B>(long x) where B : unmanaged
    {
        if (typeof(B) == typeof(long)) return Unsafe.BitCast<long, B>(x);
        if (typeof(B) == typeof(int)) return Unsafe.BitCast<int, B>((int)x);
        if (typeof(B) == typeof(short)) return Unsafe.BitCast<short, B>((short)x);
        if (typeof(B) == typeof(sbyte)) return Unsafe.BitCast<sbyte, B>((sbyte)x);
        if (typeof(B) == typeof(byte)) return Unsafe.BitCast<byte, B>((byte)x);
        if (typeof(B) == typeof(bool)) return Unsafe.BitCast<bool, B>(x != 0);
        if (typeof(B) == typeof(double)) return Unsafe.BitCast<double, B>(x);
        if (typeof(B) == typeof(float)) return Unsafe.BitCast<float, B>(x);
        if (typeof(B) == typeof(Half)) return Unsafe.BitCast<Half, B>((Half)x);
        if (typeof(B) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, B>((BFloat16)(float)x);
        if (typeof(B) == typeof(Complex64)) return Unsafe.BitCast<Complex64, B>(new(x, 0));
        return Unsafe.BitCast<Complex, B>(new(x, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static B FromDouble<B>(double x) where B : unmanaged
    {
        if (typeof(B) == typeof(double)) return Unsafe.BitCast<double, B>(x);
        if (typeof(B) == typeof(float)) return Unsafe.BitCast<float, B>((float)x);
        if (typeof(B) == typeof(Half)) return Unsafe.BitCast<Half, B>((Half)x);
        if (typeof(B) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, B>((BFloat16)(float)x);
        if (typeof(B) == typeof(Complex64)) return Unsafe.BitCast<Complex64, B>(new((float)x, 0));
        if (typeof(B) == typeof(Complex)) return Unsafe.BitCast<Complex, B>(new(x, 0));
        if (typeof(B) == typeof(bool)) return Unsafe.BitCast<bool, B>(x != 0);
        return FromLong<B>((long)x);
    }

    /// <summary>Whether an element is zero; NaN is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsZero<A>(A x) where A : unmanaged
    {
        if (typeof(A) == typeof(Complex)) return Unsafe.BitCast<A, Complex>(x) == Complex.Zero;
        if (typeof(A) == typeof(Complex64)) return Unsafe.BitCast<A, Complex64>(x) == default;
        return ToDouble(x) == 0;
    }
}
