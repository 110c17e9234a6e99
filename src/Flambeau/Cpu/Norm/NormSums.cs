using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Sums over contiguous elements for normalisations: blocks in wide registers, joined in double precision.</summary>
internal static unsafe class NormSums
{
    const int Block = 2048;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Sum<T>(T* x, long n) where T : unmanaged, INumber<T>
    {
        double total = 0;
        for (long start = 0; start < n; start += Block)
        {
            var end = Math.Min(n, start + Block);
            var i = start;
            Vector<T> a = Vector<T>.Zero, b = a, c = a, d = a;
            var w = Vector<T>.Count;
            for (; i <= end - 4 * w; i += 4 * w)
            {
                a += Vector.Load(x + i);
                b += Vector.Load(x + i + w);
                c += Vector.Load(x + i + 2 * w);
                d += Vector.Load(x + i + 3 * w);
            }
            for (; i <= end - w; i += w) a += Vector.Load(x + i);
            total += double.CreateTruncating(Vector.Sum(a + b + (c + d)));
            for (; i < end; i++) total += double.CreateTruncating(x[i]);
        }
        return total;
    }

    /// <summary>Σ (x − center)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Squares<T>(T* x, double center, long n) where T : unmanaged, INumber<T>
    {
        double total = 0;
        var m = T.CreateTruncating(center);
        var vm = new Vector<T>(m);
        for (long start = 0; start < n; start += Block)
        {
            var end = Math.Min(n, start + Block);
            var i = start;
            Vector<T> a = Vector<T>.Zero, b = a;
            var w = Vector<T>.Count;
            for (; i <= end - 2 * w; i += 2 * w)
            {
                Vector<T> p = Vector.Load(x + i) - vm, q = Vector.Load(x + i + w) - vm;
                a += p * p;
                b += q * q;
            }
            total += double.CreateTruncating(Vector.Sum(a + b));
            for (; i < end; i++)
            {
                var p = x[i] - m;
                total += double.CreateTruncating(p * p);
            }
        }
        return total;
    }

    /// <summary>Σ g and Σ g·(x − center) with g = dy·scale; scale may be null for ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (double Sum, double Dot) Pair<T>(T* dy, T* x, T* scale, double center, long n) where T : unmanaged, INumber<T>
    {
        double sum = 0, dot = 0;
        var m = T.CreateTruncating(center);
        var vm = new Vector<T>(m);
        for (long start = 0; start < n; start += Block)
        {
            var end = Math.Min(n, start + Block);
            var i = start;
            Vector<T> a = Vector<T>.Zero, b = a;
            var w = Vector<T>.Count;
            for (; i <= end - w; i += w)
            {
                var g = Vector.Load(dy + i);
                if (scale != null) g *= Vector.Load(scale + i);
                a += g;
                b += g * (Vector.Load(x + i) - vm);
            }
            sum += double.CreateTruncating(Vector.Sum(a));
            dot += double.CreateTruncating(Vector.Sum(b));
            for (; i < end; i++)
            {
                var g = scale != null ? dy[i] * scale[i] : dy[i];
                sum += double.CreateTruncating(g);
                dot += double.CreateTruncating(g * (x[i] - m));
            }
        }
        return (sum, dot);
    }

    /// <summary>y = (x − center)·scale + shift with numbers for the whole run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Affine<T>(T* x, T* y, T center, T scale, T shift, long n) where T : unmanaged, INumber<T>
    {
        Vector<T> vc = new(center), vs = new(scale), vb = new(shift);
        long i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) Vector.Store((Vector.Load(x + i) - vc) * vs + vb, y + i);
        for (; i < n; i++) y[i] = (x[i] - center) * scale + shift;
    }

    /// <summary>y = (x − center)·rstd·weight + bias with a weight and a bias an element; either may be null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Normalize<T>(T* x, T* y, T center, T rstd, T* weight, T* bias, long n) where T : unmanaged, INumber<T>
    {
        Vector<T> vc = new(center), vr = new(rstd);
        long i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            var v = (Vector.Load(x + i) - vc) * vr;
            if (weight != null) v *= Vector.Load(weight + i);
            if (bias != null) v += Vector.Load(bias + i);
            Vector.Store(v, y + i);
        }
        for (; i < n; i++)
        {
            var v = (x[i] - center) * rstd;
            if (weight != null) v *= weight[i];
            if (bias != null) v += bias[i];
            y[i] = v;
        }
    }

    /// <summary>dx = dy·scale·a + (x − center)·b + c; scale may be null for ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gradient<T>(T* dy, T* x, T* scale, T* dx, T center, T a, T b, T c, long n) where T : unmanaged, INumber<T>
    {
        Vector<T> vm = new(center), va = new(a), vb = new(b), vc = new(c);
        long i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            var g = Vector.Load(dy + i) * va;
            if (scale != null) g *= Vector.Load(scale + i);
            Vector.Store(g + (Vector.Load(x + i) - vm) * vb + vc, dx + i);
        }
        for (; i < n; i++) dx[i] = (scale != null ? dy[i] * scale[i] : dy[i]) * a + (x[i] - center) * b + c;
    }
}
