using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu.Lapack;

/// <summary>
/// What the factorizations need of a scalar beyond <see cref="INumberBase{TSelf}"/>. They are written once for
/// <see cref="double"/> and <see cref="Complex"/>; every branch here is decided when the method is specialised.
/// </summary>
internal static class Field
{
    /// <summary>Unit roundoff of double, 2⁻⁵³.</summary>
    public const double Eps = 1.1102230246251565e-16;

    /// <summary>Smallest number whose reciprocal is finite.</summary>
    public const double SafeMin = 2.2250738585072014e-308;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsComplex<T>() => typeof(T) == typeof(Complex);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Conj<T>(T x) where T : unmanaged =>
        IsComplex<T>() ? Unsafe.BitCast<Complex, T>(Complex.Conjugate(Unsafe.BitCast<T, Complex>(x))) : x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Re<T>(T x) where T : unmanaged =>
        IsComplex<T>() ? Unsafe.BitCast<T, Complex>(x).Real : Unsafe.BitCast<T, double>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Im<T>(T x) where T : unmanaged => IsComplex<T>() ? Unsafe.BitCast<T, Complex>(x).Imaginary : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(double re, double im = 0) where T : unmanaged =>
        IsComplex<T>() ? Unsafe.BitCast<Complex, T>(new Complex(re, im)) : Unsafe.BitCast<double, T>(re);

    /// <summary>Modulus.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Abs<T>(T x) where T : unmanaged =>
        IsComplex<T>() ? Complex.Abs(Unsafe.BitCast<T, Complex>(x)) : Math.Abs(Unsafe.BitCast<T, double>(x));

    /// <summary>|re| + |im|: the cheap modulus by which LAPACK chooses pivots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Abs1<T>(T x) where T : unmanaged => Math.Abs(Re(x)) + Math.Abs(Im(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(T x, double by) where T : unmanaged => Of<T>(Re(x) * by, Im(x) * by);

    /// <summary>sqrt(x² + y²) without avoidable overflow.</summary>
    public static double Hypot(double x, double y) => double.Hypot(x, y);
}
