using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu.Fft;

/// <summary>
/// One pass of the self-sorting mixed-radix transform (Stockham; see Van Loan, Computational Frameworks for the FFT, 1992):
/// with n = radix·m left to do and s interleaved sequences, y[q + s(r·p + k)] = w(p)^k · Σⱼ x[q + s(p + m·j)]·exp(−2πi·jk/r).
/// </summary>
internal sealed class Pass
{
    readonly int radix, count, stride;
    readonly double[] twiddles;                 // re, im of w(p)^k for p < count, 0 < k < radix
    readonly double[] cos = [], sin = [];       // of 2πk/radix, for the general odd radix

    /// <param name="radix">2, 3, 4, 5 or an odd prime.</param>
    /// <param name="count">m: butterflies in one sequence.</param>
    /// <param name="stride">s: interleaved sequences, the product of the radices done before.</param>
    public Pass(int radix, int count, int stride)
    {
        (this.radix, this.count, this.stride) = (radix, count, stride);
        twiddles = new double[2 * (radix - 1) * count];
        for (int p = 0, at = 0; p < count; p++)
            for (int k = 1; k < radix; k++)
            {
                Complex w = Roots.Of((long)p * k, (long)radix * count);
                (twiddles[at++], twiddles[at++]) = (w.Real, w.Imaginary);
            }
        if (radix <= 5) return;
        (cos, sin) = (new double[radix], new double[radix]);
        for (int k = 0; k < radix; k++)
        {
            Complex w = Roots.Of(k, radix);
            (cos[k], sin[k]) = (w.Real, -w.Imaginary);
        }
    }

    /// <summary>Numbers held, for the cache's bound.</summary>
    public int Size => twiddles.Length;

    /// <summary>Reads <paramref name="x"/> (interleaved re, im) and writes <paramref name="y"/>.</summary>
    public void Run(ref double x, ref double y)
    {
        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated && stride % 4 == 0) Run<Lane4>(ref x, ref y);
        else if (System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated && stride % 2 == 0) Run<Lane2>(ref x, ref y);
        else Run<Lane1>(ref x, ref y);
    }

    void Run<T>(ref double x, ref double y) where T : struct, IComplexLane<T>
    {
        switch (radix)
        {
            case 2: Two<T>(ref x, ref y); break;
            case 3: Three<T>(ref x, ref y); break;
            case 4: Four<T>(ref x, ref y); break;
            case 5: Five<T>(ref x, ref y); break;
            default: Odd<T>(ref x, ref y); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Two<T>(ref double x, ref double y) where T : struct, IComplexLane<T>
    {
        int s2 = 2 * stride, step = s2 * count;
        ref double w = ref twiddles[0];
        for (int p = 0; p < count; p++, w = ref Unsafe.Add(ref w, 2))
        {
            double re = w, im = Unsafe.Add(ref w, 1);
            ref double from = ref Unsafe.Add(ref x, s2 * p), to = ref Unsafe.Add(ref y, 2 * s2 * p);
            for (int q = 0; q < s2; q += 2 * T.Count)
            {
                ref double f = ref Unsafe.Add(ref from, q), t = ref Unsafe.Add(ref to, q);
                T a = T.Load(ref f), b = T.Load(ref Unsafe.Add(ref f, step));
                (a + b).Store(ref t);
                (a - b).Times(re, im).Store(ref Unsafe.Add(ref t, s2));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Three<T>(ref double x, ref double y) where T : struct, IComplexLane<T>
    {
        const double Sin = 0.86602540378443864676;
        int s2 = 2 * stride, step = s2 * count;
        ref double w = ref twiddles[0];
        for (int p = 0; p < count; p++, w = ref Unsafe.Add(ref w, 4))
        {
            double r1 = w, i1 = Unsafe.Add(ref w, 1), r2 = Unsafe.Add(ref w, 2), i2 = Unsafe.Add(ref w, 3);
            ref double from = ref Unsafe.Add(ref x, s2 * p), to = ref Unsafe.Add(ref y, 3 * s2 * p);
            for (int q = 0; q < s2; q += 2 * T.Count)
            {
                ref double f = ref Unsafe.Add(ref from, q), t = ref Unsafe.Add(ref to, q);
                T a = T.Load(ref f), b = T.Load(ref Unsafe.Add(ref f, step)), c = T.Load(ref Unsafe.Add(ref f, 2 * step));
                T sum = b + c, d = ((b - c) * Sin).TimesMinusI(), e = sum.MultiplyAdd(-0.5, a);
                (a + sum).Store(ref t);
                (e + d).Times(r1, i1).Store(ref Unsafe.Add(ref t, s2));
                (e - d).Times(r2, i2).Store(ref Unsafe.Add(ref t, 2 * s2));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Four<T>(ref double x, ref double y) where T : struct, IComplexLane<T>
    {
        int s2 = 2 * stride, step = s2 * count;
        ref double w = ref twiddles[0];
        for (int p = 0; p < count; p++, w = ref Unsafe.Add(ref w, 6))
        {
            double r1 = w, i1 = Unsafe.Add(ref w, 1), r2 = Unsafe.Add(ref w, 2), i2 = Unsafe.Add(ref w, 3), r3 = Unsafe.Add(ref w, 4), i3 = Unsafe.Add(ref w, 5);
            ref double from = ref Unsafe.Add(ref x, s2 * p), to = ref Unsafe.Add(ref y, 4 * s2 * p);
            for (int q = 0; q < s2; q += 2 * T.Count)
            {
                ref double f = ref Unsafe.Add(ref from, q), t = ref Unsafe.Add(ref to, q);
                T a = T.Load(ref f), b = T.Load(ref Unsafe.Add(ref f, step)), c = T.Load(ref Unsafe.Add(ref f, 2 * step)), d = T.Load(ref Unsafe.Add(ref f, 3 * step));
                T e = a + c, g = a - c, h = b + d, o = (b - d).TimesMinusI();
                (e + h).Store(ref t);
                (g + o).Times(r1, i1).Store(ref Unsafe.Add(ref t, s2));
                (e - h).Times(r2, i2).Store(ref Unsafe.Add(ref t, 2 * s2));
                (g - o).Times(r3, i3).Store(ref Unsafe.Add(ref t, 3 * s2));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Five<T>(ref double x, ref double y) where T : struct, IComplexLane<T>
    {
        const double C1 = 0.30901699437494742410, C2 = -0.80901699437494742410, S1 = 0.95105651629515357212, S2 = 0.58778525229247312917;
        int s2 = 2 * stride, step = s2 * count;
        ref double w = ref twiddles[0];
        for (int p = 0; p < count; p++, w = ref Unsafe.Add(ref w, 8))
        {
            ref double from = ref Unsafe.Add(ref x, s2 * p), to = ref Unsafe.Add(ref y, 5 * s2 * p);
            for (int q = 0; q < s2; q += 2 * T.Count)
            {
                ref double f = ref Unsafe.Add(ref from, q), t = ref Unsafe.Add(ref to, q);
                T a = T.Load(ref f), b = T.Load(ref Unsafe.Add(ref f, step)), c = T.Load(ref Unsafe.Add(ref f, 2 * step)),
                    d = T.Load(ref Unsafe.Add(ref f, 3 * step)), e = T.Load(ref Unsafe.Add(ref f, 4 * step));
                T u1 = b + e, v1 = b - e, u2 = c + d, v2 = c - d;
                T m1 = u2.MultiplyAdd(C2, u1.MultiplyAdd(C1, a)), m2 = u2.MultiplyAdd(C1, u1.MultiplyAdd(C2, a));
                T n1 = v2.MultiplyAdd(S2, v1 * S1).TimesMinusI(), n2 = v2.MultiplyAdd(-S1, v1 * S2).TimesMinusI();
                (a + u1 + u2).Store(ref t);
                (m1 + n1).Times(w, Unsafe.Add(ref w, 1)).Store(ref Unsafe.Add(ref t, s2));
                (m2 + n2).Times(Unsafe.Add(ref w, 2), Unsafe.Add(ref w, 3)).Store(ref Unsafe.Add(ref t, 2 * s2));
                (m2 - n2).Times(Unsafe.Add(ref w, 4), Unsafe.Add(ref w, 5)).Store(ref Unsafe.Add(ref t, 3 * s2));
                (m1 - n1).Times(Unsafe.Add(ref w, 6), Unsafe.Add(ref w, 7)).Store(ref Unsafe.Add(ref t, 4 * s2));
            }
        }
    }

    // Inputs j and r−j meet outputs k and r−k with the same cosine and opposite sines, which halves the work.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Odd<T>(ref double x, ref double y) where T : struct, IComplexLane<T>
    {
        int s2 = 2 * stride, step = s2 * count, half = radix / 2;
        ref double w = ref twiddles[0];
        for (int p = 0; p < count; p++, w = ref Unsafe.Add(ref w, 2 * (radix - 1)))
        {
            ref double from = ref Unsafe.Add(ref x, s2 * p), to = ref Unsafe.Add(ref y, radix * s2 * p);
            for (int q = 0; q < s2; q += 2 * T.Count)
            {
                ref double f = ref Unsafe.Add(ref from, q), t = ref Unsafe.Add(ref to, q);
                T a = T.Load(ref f), total = a;
                for (int j = 1; j < radix; j++) total += T.Load(ref Unsafe.Add(ref f, j * step));
                total.Store(ref t);
                for (int k = 1; k <= half; k++)
                {
                    T m = a, n = default;
                    for (int j = 1, jk = k; j <= half; j++)
                    {
                        T u = T.Load(ref Unsafe.Add(ref f, j * step)), v = T.Load(ref Unsafe.Add(ref f, (radix - j) * step));
                        m = (u + v).MultiplyAdd(cos[jk], m);
                        n = (u - v).MultiplyAdd(sin[jk], n);
                        jk += k;
                        if (jk >= radix) jk -= radix;
                    }
                    n = n.TimesMinusI();
                    (m + n).Times(Unsafe.Add(ref w, 2 * k - 2), Unsafe.Add(ref w, 2 * k - 1)).Store(ref Unsafe.Add(ref t, k * s2));
                    k = radix - k;
                    (m - n).Times(Unsafe.Add(ref w, 2 * k - 2), Unsafe.Add(ref w, 2 * k - 1)).Store(ref Unsafe.Add(ref t, k * s2));
                    k = radix - k;
                }
            }
        }
    }
}
