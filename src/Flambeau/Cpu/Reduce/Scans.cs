using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>How a running total <typeparamref name="A"/> takes in the next element.</summary>
internal interface IScan<A>
{
    static abstract A Start { get; }
    static abstract A Step(A acc, A x);
}

internal readonly struct ScanAdd<A> : IScan<A> where A : unmanaged, INumberBase<A>
{
    public static A Start => A.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static A Step(A acc, A x) => acc + x;
}

internal readonly struct ScanMultiply<A> : IScan<A> where A : unmanaged, INumberBase<A>
{
    public static A Start => A.One;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static A Step(A acc, A x) => acc * x;
}

internal readonly struct ScanLogAdd : IScan<double>
{
    public static double Start => double.NegativeInfinity;

    public static double Step(double acc, double x)
    {
        double max = Math.Max(acc, x), min = Math.Min(acc, x);
        if (max == double.NegativeInfinity || (double.IsInfinity(max) && max == min)) return max;
        return max + Math.Log(1 + Math.Exp(min - max));
    }
}

internal readonly struct ScanLogAddComplex : IScan<Complex>
{
    public static Complex Start => new(double.NegativeInfinity, 0);

    public static Complex Step(Complex acc, Complex x)
    {
        var (max, min) = acc.Real >= x.Real ? (acc, x) : (x, acc);
        return double.IsNegativeInfinity(max.Real) ? max : max + Complex.Log(1 + Complex.Exp(min - max));
    }
}

/// <summary>Running totals along an axis, kept in double precision for float32.</summary>
internal static unsafe class Scans
{
    internal enum Kind { Sum, Product, LogSumExp }

    internal static Tensor Run(Kind kind, Tensor self, int dim, bool reverse)
    {
        var wide = kind == Kind.LogSumExp ? Pointwise.Wide(Promotion.ToFloat(self.DType)) : self.DType.IsIntegral() ? DType.Int64 : Pointwise.Wide(self.DType);
        var x = Cast.To(Cast.Contiguous(self), wide);
        var y = Tensor.New(x.Layout.Sizes, wide);
        if (y.Numel == 0) return Cast.To(y, self.DType);
        if (y.Storage.Backend is { } device) device.Scan(kind, x, y, dim, reverse);
        else switch (kind, wide)
        {
            case (Kind.Sum, DType.Float32): Exec<float, double, ScanAdd<double>>(x, y, dim, reverse); break;
            case (Kind.Sum, DType.Float64): Exec<double, double, ScanAdd<double>>(x, y, dim, reverse); break;
            case (Kind.Sum, DType.Int64): Exec<long, long, ScanAdd<long>>(x, y, dim, reverse); break;
            case (Kind.Sum, _): Exec<Complex, Complex, ScanAdd<Complex>>(x, y, dim, reverse); break;
            case (Kind.Product, DType.Float32): Exec<float, double, ScanMultiply<double>>(x, y, dim, reverse); break;
            case (Kind.Product, DType.Float64): Exec<double, double, ScanMultiply<double>>(x, y, dim, reverse); break;
            case (Kind.Product, DType.Int64): Exec<long, long, ScanMultiply<long>>(x, y, dim, reverse); break;
            case (Kind.Product, _): Exec<Complex, Complex, ScanMultiply<Complex>>(x, y, dim, reverse); break;
            case (_, DType.Float32): Exec<float, double, ScanLogAdd>(x, y, dim, reverse); break;
            case (_, DType.Float64): Exec<double, double, ScanLogAdd>(x, y, dim, reverse); break;
            default: Exec<Complex, Complex, ScanLogAddComplex>(x, y, dim, reverse); break;
        }
        return Cast.To(y, kind == Kind.LogSumExp ? Promotion.ToFloat(self.DType) : self.DType);
    }

    static void Exec<E, A, S>(Tensor x, Tensor y, int dim, bool reverse) where E : unmanaged where A : unmanaged where S : struct, IScan<A>
    {
        var axis = Axis.Of(x.Layout.Sizes, dim);
        fixed (E* px = &x.First<E>(), py = &y.First<E>())
        {
            E* src = px, dst = py;
            CpuThreads.For(axis.Lines, axis.Grain, (from, to) =>
            {
                var step = reverse ? -axis.Inner : axis.Inner;
                var first = reverse ? (axis.Size - 1) * axis.Inner : 0;
                var line = from;
                for (; line <= to - 4; line += 4)
                {
                    long a = axis.Start(line) + first, b = axis.Start(line + 1) + first, c = axis.Start(line + 2) + first, d = axis.Start(line + 3) + first;
                    Lines<E, A, S>(src + a, dst + a, b - a, c - a, d - a, axis.Size, step);
                }
                for (; line < to; line++)
                {
                    var at = axis.Start(line) + first;
                    Line<E, A, S>(src + at, dst + at, axis.Size, step);
                }
            });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Line<E, A, S>(E* x, E* y, long n, long step) where E : unmanaged where A : unmanaged where S : struct, IScan<A>
    {
        var acc = S.Start;
        for (long i = 0; i < n; i++, x += step, y += step)
        {
            acc = S.Step(acc, Elements.Convert<E, A>(*x));
            *y = Elements.Convert<A, E>(acc);
        }
    }

    /// <summary>Four lines at once: each step waits for the one before it, so a processor has time for others between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Lines<E, A, S>(E* x, E* y, long second, long third, long fourth, long n, long step) where E : unmanaged where A : unmanaged where S : struct, IScan<A>
    {
        A a = S.Start, b = a, c = a, d = a;
        for (long i = 0; i < n; i++, x += step, y += step)
        {
            a = S.Step(a, Elements.Convert<E, A>(*x));
            b = S.Step(b, Elements.Convert<E, A>(x[second]));
            c = S.Step(c, Elements.Convert<E, A>(x[third]));
            d = S.Step(d, Elements.Convert<E, A>(x[fourth]));
            *y = Elements.Convert<A, E>(a);
            y[second] = Elements.Convert<A, E>(b);
            y[third] = Elements.Convert<A, E>(c);
            y[fourth] = Elements.Convert<A, E>(d);
        }
    }

    /// <summary>Where along the axis the largest (or smallest) element so far is, the latest of equal ones; NaN stays once met.</summary>
    internal static Tensor Extremes(Tensor x, int dim, bool largest)
    {
        x = Cast.Contiguous(x);
        var wide = x.DType.IsIntegral() ? DType.Int64 : DType.Float64;
        if (x.DType.IsComplex()) throw new ArgumentException($"{(largest ? "cummax" : "cummin")}: complex numbers have no order");
        x = Cast.To(x, wide);
        var y = Tensor.New(x.Layout.Sizes, DType.Int64);
        if (y.Numel == 0) return y;
        if (y.Storage.Backend is { } device) device.ScanExtremes(x, y, dim, largest);
        else if (wide == DType.Int64) Extremes<long>(x, y, dim, largest);
        else Extremes<double>(x, y, dim, largest);
        return y;
    }

    static void Extremes<E>(Tensor x, Tensor y, int dim, bool largest) where E : unmanaged, INumber<E>
    {
        var axis = Axis.Of(x.Layout.Sizes, dim);
        fixed (E* px = &x.First<E>())
        fixed (long* py = &y.First<long>())
        {
            var src = px;
            var dst = py;
            CpuThreads.For(axis.Lines, axis.Grain, (from, to) =>
            {
                for (var line = from; line < to; line++)
                {
                    var a = src + axis.Start(line);
                    var b = dst + axis.Start(line);
                    var best = *a;
                    long at = 0;
                    for (long i = 0; i < axis.Size; i++)
                    {
                        var v = a[i * axis.Inner];
                        if (E.IsNaN(v) || (!E.IsNaN(best) && (largest ? v >= best : v <= best)))
                        {
                            best = v;
                            at = i;
                        }
                        b[i * axis.Inner] = at;
                    }
                }
            });
        }
    }
}
