using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu.Lapack;

/// <summary>Loops over one or two contiguous vectors, on which all row-major factorizations here are built.</summary>
internal static class Vec
{
    static ref double Doubles<T>(ReadOnlySpan<T> x) where T : unmanaged =>
        ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, double>(x));

    /// <summary>y += alpha · x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Axpy<T>(T alpha, ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumberBase<T>
    {
        y = y[..x.Length];
        if (Field.IsComplex<T>() && Field.Im(alpha) != 0) AxpyComplex(Unsafe.BitCast<T, Complex>(alpha), MemoryMarshal.Cast<T, Complex>(x), MemoryMarshal.Cast<T, Complex>(y));
        else AxpyReal(Field.Re(alpha), MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AxpyReal(double alpha, ReadOnlySpan<double> x, Span<double> y)
    {
        ref double xr = ref MemoryMarshal.GetReference(x), yr = ref MemoryMarshal.GetReference(y);
        nuint i = 0, n = (nuint)x.Length, width = (nuint)Vector<double>.Count;
        var a = new Vector<double>(alpha);
        for (; i + width <= n; i += width)
            Vector.MultiplyAddEstimate(a, Vector.LoadUnsafe(ref xr, i), Vector.LoadUnsafe(ref yr, i)).StoreUnsafe(ref yr, i);
        for (; i < n; i++) Unsafe.Add(ref yr, i) += alpha * Unsafe.Add(ref xr, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AxpyComplex(Complex alpha, ReadOnlySpan<Complex> x, Span<Complex> y)
    {
        ref double xr = ref Doubles(x), yr = ref Doubles<Complex>(y);
        nuint i = 0, n = 2 * (nuint)x.Length;
        double re = alpha.Real, im = alpha.Imaginary;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<double> a = Vector256.Create(re), b = Vector256.Create(-im, im, -im, im);
            for (; i + 4 <= n; i += 4)
            {
                var v = Vector256.LoadUnsafe(ref xr, i);
                var s = Vector256.Shuffle(v, Vector256.Create(1L, 0, 3, 2));
                var sum = Vector256.MultiplyAddEstimate(a, v, Vector256.LoadUnsafe(ref yr, i));
                Vector256.MultiplyAddEstimate(b, s, sum).StoreUnsafe(ref yr, i);
            }
        }
        for (; i < n; i += 2)
        {
            double u = Unsafe.Add(ref xr, i), v = Unsafe.Add(ref xr, i + 1);
            Unsafe.Add(ref yr, i) += re * u - im * v;
            Unsafe.Add(ref yr, i + 1) += re * v + im * u;
        }
    }

    /// <summary>Σ x·y, with no conjugate.</summary>
    public static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y) where T : unmanaged, INumberBase<T>
    {
        y = y[..x.Length];
        if (!Field.IsComplex<T>()) return Field.Of<T>(DotReal(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y)));
        var (rr, ii, ri, ir) = Products(MemoryMarshal.Cast<T, Complex>(x), MemoryMarshal.Cast<T, Complex>(y));
        return Field.Of<T>(rr - ii, ri + ir);
    }

    /// <summary>Σ conj(x)·y.</summary>
    public static T DotC<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y) where T : unmanaged, INumberBase<T>
    {
        y = y[..x.Length];
        if (!Field.IsComplex<T>()) return Field.Of<T>(DotReal(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y)));
        var (rr, ii, ri, ir) = Products(MemoryMarshal.Cast<T, Complex>(x), MemoryMarshal.Cast<T, Complex>(y));
        return Field.Of<T>(rr + ii, ri - ir);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double DotReal(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ref double xr = ref MemoryMarshal.GetReference(x), yr = ref MemoryMarshal.GetReference(y);
        nuint i = 0, n = (nuint)x.Length, width = (nuint)Vector<double>.Count;
        Vector<double> s = default, t = default;
        for (; i + 2 * width <= n; i += 2 * width)
        {
            s = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref xr, i), Vector.LoadUnsafe(ref yr, i), s);
            t = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref xr, i + width), Vector.LoadUnsafe(ref yr, i + width), t);
        }
        double sum = Vector.Sum(s + t);
        for (; i < n; i++) sum += Unsafe.Add(ref xr, i) * Unsafe.Add(ref yr, i);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static (double RR, double II, double RI, double IR) Products(ReadOnlySpan<Complex> x, ReadOnlySpan<Complex> y)
    {
        ref double xr = ref Doubles(x), yr = ref Doubles(y);
        nuint i = 0, n = 2 * (nuint)x.Length;
        Vector256<double> same = default, cross = default;
        if (Vector256.IsHardwareAccelerated)
            for (; i + 4 <= n; i += 4)
            {
                Vector256<double> u = Vector256.LoadUnsafe(ref xr, i), v = Vector256.LoadUnsafe(ref yr, i);
                same = Vector256.MultiplyAddEstimate(u, v, same);
                cross = Vector256.MultiplyAddEstimate(u, Vector256.Shuffle(v, Vector256.Create(1L, 0, 3, 2)), cross);
            }
        double rr = same[0] + same[2], ii = same[1] + same[3], ri = cross[0] + cross[2], ir = cross[1] + cross[3];
        for (; i < n; i += 2)
        {
            double a = Unsafe.Add(ref xr, i), b = Unsafe.Add(ref xr, i + 1), c = Unsafe.Add(ref yr, i), d = Unsafe.Add(ref yr, i + 1);
            rr += a * c; ii += b * d; ri += a * d; ir += b * c;
        }
        return (rr, ii, ri, ir);
    }

    /// <summary>(x, y) := (c·x + s·y, c·y − s·x) with a real rotation.</summary>
    public static void Rotate<T>(Span<T> x, Span<T> y, double c, double s) where T : unmanaged =>
        RotateReal(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y), c, s);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RotateReal(Span<double> x, Span<double> y, double c, double s)
    {
        y = y[..x.Length];
        ref double xr = ref MemoryMarshal.GetReference(x), yr = ref MemoryMarshal.GetReference(y);
        nuint i = 0, n = (nuint)x.Length, width = (nuint)Vector<double>.Count;
        Vector<double> cv = new(c), sv = new(s);
        for (; i + width <= n; i += width)
        {
            Vector<double> u = Vector.LoadUnsafe(ref xr, i), v = Vector.LoadUnsafe(ref yr, i);
            Vector.MultiplyAddEstimate(sv, v, cv * u).StoreUnsafe(ref xr, i);
            Vector.MultiplyAddEstimate(-sv, u, cv * v).StoreUnsafe(ref yr, i);
        }
        for (; i < n; i++)
        {
            double u = Unsafe.Add(ref xr, i), v = Unsafe.Add(ref yr, i);
            Unsafe.Add(ref xr, i) = c * u + s * v;
            Unsafe.Add(ref yr, i) = c * v - s * u;
        }
    }

    /// <summary>The rotation with c·f + s·g = r and c·g − s·f = 0.</summary>
    public static (double C, double S, double R) Givens(double f, double g)
    {
        if (g == 0) return (1, 0, f);
        if (f == 0) return (0, 1, g);
        double scale = 1, max = Math.Max(Math.Abs(f), Math.Abs(g));
        if (max < 1e-290)
        {
            // Subnormal numbers lack the digits for c² + s² = 1.
            scale = Math.ScaleB(1, 200);
            (f, g) = (f * scale, g * scale);
        }
        double r = Field.Hypot(f, g);
        return (f / r, g / r, r / scale);
    }

    /// <summary>x *= alpha.</summary>
    public static void Scale<T>(T alpha, Span<T> x) where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < x.Length; i++) x[i] *= alpha;
    }

    /// <summary>Euclidean norm, rescaled only where the plain sum of squares would leave the range.</summary>
    public static double Norm<T>(ReadOnlySpan<T> x) where T : unmanaged
    {
        var d = MemoryMarshal.Cast<T, double>(x);
        double sum = DotReal(d, d);
        if (sum is > 1e-280 and < 1e300 || double.IsNaN(sum)) return Math.Sqrt(sum);
        double max = 0;
        foreach (double v in d) max = Math.Max(max, Math.Abs(v));
        if (max == 0 || double.IsInfinity(max)) return max;
        sum = 0;
        foreach (double v in d) sum += v / max * (v / max);
        return max * Math.Sqrt(sum);
    }

    public static void Swap<T>(Span<T> x, Span<T> y) where T : unmanaged
    {
        for (int i = 0; i < x.Length; i++) (x[i], y[i]) = (y[i], x[i]);
    }
}
