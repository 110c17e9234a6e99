using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>The implicit single-shift QR iteration on a complex Hessenberg matrix, with Wilkinson's shift.</summary>
internal readonly ref struct ComplexSchur(Span<Complex> h, int n, Span<Complex> zt)
{
    readonly Span<Complex> h = h, zt = zt;
    readonly int n = n;

    ref Complex H(int i, int j) => ref h[i * n + j];

    public int Run()
    {
        double norm = Vec.Norm<Complex>(h);
        int hi = n - 1, round = 0, budget = 30 * Math.Max(10, n);
        while (hi > 0)
        {
            int lo = hi;
            for (; lo > 0; lo--)
            {
                double size = Field.Abs1(H(lo - 1, lo - 1)) + Field.Abs1(H(lo, lo));
                if (size == 0) size = norm;
                if (Field.Abs1(H(lo, lo - 1)) > Field.Eps * size) continue;
                H(lo, lo - 1) = 0;
                break;
            }
            if (lo == hi) { hi--; round = 0; continue; }
            if (budget-- == 0) return hi + 1;
            Sweep(lo, hi, Shift(hi, round++));
        }
        return 0;
    }

    Complex Shift(int hi, int round)
    {
        Complex d = H(hi, hi);
        if (round % 10 == 9) return d + 0.75 * Field.Abs1(H(hi, hi - 1));
        Complex p = 0.5 * (H(hi - 1, hi - 1) - d), bc = H(hi - 1, hi) * H(hi, hi - 1);
        if (bc == Complex.Zero) return d;
        Complex root = Complex.Sqrt(p * p + bc);
        if (p.Real * root.Real + p.Imaginary * root.Imaginary < 0) root = -root;
        return d - bc / (p + root);
    }

    void Sweep(int lo, int hi, Complex shift)
    {
        Complex x = H(lo, lo) - shift, y = H(lo + 1, lo);
        for (int k = lo; k < hi; k++)
        {
            if (k > lo) (x, y) = (H(k, k - 1), H(k + 1, k - 1));
            double ax = Complex.Abs(x), ay = Complex.Abs(y), r = Field.Hypot(ax, ay);
            if (r == 0) continue;
            double c = ax / r;
            Complex phase = ax == 0 ? Complex.One : x / ax, s = phase * Complex.Conjugate(y) / r;
            int from = Math.Max(k - 1, lo);
            Rows(h.Slice(k * n + from, n - from), h.Slice((k + 1) * n + from, n - from), c, s);
            if (k > lo) H(k + 1, k - 1) = 0;
            Complex sc = Complex.Conjugate(s);
            for (int i = 0; i <= Math.Min(hi, k + 2); i++)
            {
                Complex u = H(i, k), v = H(i, k + 1);
                H(i, k) = c * u + sc * v;
                H(i, k + 1) = c * v - s * u;
            }
            if (!zt.IsEmpty) Rows(zt.Slice(k * n, n), zt.Slice((k + 1) * n, n), c, sc);
        }
    }

    static void Rows(Span<Complex> x, Span<Complex> y, double c, Complex s)
    {
        Complex sc = Complex.Conjugate(s);
        for (int j = 0; j < x.Length; j++)
        {
            Complex u = x[j], v = y[j];
            x[j] = c * u + s * v;
            y[j] = c * v - sc * u;
        }
    }
}
