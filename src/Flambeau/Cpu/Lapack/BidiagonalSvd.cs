using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>
/// Singular values and vectors of a real upper bidiagonal matrix by implicit QR, with the zero-shift sweep and the convergence tests of
/// Demmel and Kahan, "Accurate singular values of bidiagonal matrices" (1990), which keep small singular values accurate.
/// </summary>
/// <remarks>
/// A block may be graded either way, and a sweep should run from its large end to its small end. The matrix reversed and transposed,
/// J·Bᵀ·J, is upper bidiagonal again; a "reversed" sweep is the ordinary one with indices mirrored and the two sides exchanged.
/// </remarks>
internal ref struct BidiagonalSvd<T> where T : unmanaged
{
    readonly Span<double> d, e;
    readonly Span<T> left, right;
    readonly int leftWidth, rightWidth;
    int lo, hi;
    bool reversed;

    /// <param name="d">Diagonal, n entries; on return the singular values, falling.</param>
    /// <param name="e">Superdiagonal, n − 1 entries; destroyed.</param>
    /// <param name="left">Uᵀ by rows (at least n of them, each leftWidth long), or empty: its rows are rotated along.</param>
    /// <param name="leftWidth">Row length of <paramref name="left"/>.</param>
    /// <param name="right">Vᵀ by rows, or empty.</param>
    /// <param name="rightWidth">Row length of <paramref name="right"/>.</param>
    public BidiagonalSvd(Span<double> d, Span<double> e, Span<T> left, int leftWidth, Span<T> right, int rightWidth)
    {
        this.d = d;
        this.e = e;
        this.left = left;
        this.right = right;
        (this.leftWidth, this.rightWidth) = (leftWidth, rightWidth);
    }

    readonly ref double D(int i) => ref d[reversed ? hi + lo - i : i];
    readonly ref double E(int i) => ref e[reversed ? hi + lo - 1 - i : i];

    readonly void Turn(bool fromRight, int i, double c, double s)
    {
        var rows = fromRight != reversed ? right : left;
        int width = fromRight != reversed ? rightWidth : leftWidth;
        if (rows.IsEmpty) return;
        int x = reversed ? hi + lo - i : i, y = reversed ? x - 1 : x + 1;
        Vec.Rotate(rows.Slice(x * width, width), rows.Slice(y * width, width), c, s);
    }

    /// <summary>Runs to convergence. Returns 0, or the number of superdiagonals that did not vanish within the iteration limit.</summary>
    public int Run()
    {
        int n = d.Length;
        const double Tolerance = 64 * Field.Eps;
        double threshold = Threshold(Tolerance);
        int budget = 60 * (n + 1), bottom = n - 1, lastLo = -1, lastHi = -1;
        while (bottom > 0)
        {
            if (budget-- == 0) return CountLeft();
            int top = bottom;
            while (top > 0 && Math.Abs(e[top - 1]) > threshold) top--;
            if (top > 0) e[top - 1] = 0;
            if (top == bottom) { bottom--; continue; }
            // A direction is kept while the block only shrinks, so that sweeps do not undo each other.
            if (top > lastHi || bottom < lastLo) reversed = Math.Abs(d[top]) < Math.Abs(d[bottom]);
            (lo, hi) = (lastLo, lastHi) = (top, bottom);
            if (hi == lo + 1) { Pair(); e[lo] = 0; bottom = lo; continue; }
            if (Deflate(Tolerance, out double smallest)) continue;
            Sweep(Tolerance, smallest);
        }
        Sort();
        return 0;
    }

    readonly double Threshold(double tolerance)
    {
        double mu = Math.Abs(d.Length > 0 ? d[0] : 0), least = mu;
        for (int i = 1; i < d.Length && least != 0; i++)
        {
            mu = Math.Abs(d[i]) * (mu / (mu + Math.Abs(e[i - 1])));
            least = Math.Min(least, mu);
        }
        return Math.Max(tolerance * least / Math.Sqrt(Math.Max(1, d.Length)), 1e6 * Field.SafeMin);
    }

    readonly int CountLeft()
    {
        int count = 0;
        foreach (double v in e) if (v != 0) count++;
        return Math.Max(1, count);
    }

    /// <summary>Sets a superdiagonal to zero where that changes no singular value by more than the tolerance, relatively.</summary>
    readonly bool Deflate(double tolerance, out double smallest)
    {
        smallest = 0;
        if (Math.Abs(E(hi - 1)) <= tolerance * Math.Abs(D(hi))) { E(hi - 1) = 0; return true; }
        double mu = Math.Abs(D(lo));
        smallest = mu;
        for (int i = lo; i < hi; i++)
        {
            if (Math.Abs(E(i)) <= tolerance * mu) { E(i) = 0; return true; }
            mu = Math.Abs(D(i + 1)) * (mu / (mu + Math.Abs(E(i))));
            smallest = Math.Min(smallest, mu);
        }
        return false;
    }

    readonly void Sweep(double tolerance, double smallest)
    {
        double largest = 0, shift = 0;
        for (int i = lo; i <= hi; i++) largest = Math.Max(largest, Math.Abs(D(i)));
        for (int i = lo; i < hi; i++) largest = Math.Max(largest, Math.Abs(E(i)));
        if (d.Length * tolerance * (smallest / largest) > Math.Max(Field.Eps, 0.01 * tolerance))
        {
            shift = SmallerOfTwo(D(hi - 1), E(hi - 1), D(hi));
            double ratio = shift / Math.Abs(D(lo));
            if (ratio * ratio < Field.Eps) shift = 0;
        }
        if (shift == 0) ZeroShift(); else Shifted(shift);
    }

    readonly void ZeroShift()
    {
        double c = 1, oldC = 1, oldS = 0;
        for (int i = lo; i < hi; i++)
        {
            (c, double s, double r) = Vec.Givens(D(i) * c, E(i));
            if (i > lo) E(i - 1) = oldS * r;
            (oldC, oldS, D(i)) = Vec.Givens(oldC * r, D(i + 1) * s);
            Turn(true, i, c, s);
            Turn(false, i, oldC, oldS);
        }
        double last = D(hi) * c;
        D(hi) = last * oldC;
        E(hi - 1) = last * oldS;
    }

    readonly void Shifted(double shift)
    {
        double f = (Math.Abs(D(lo)) - shift) * (Math.CopySign(1, D(lo)) + shift / D(lo)), g = E(lo);
        for (int i = lo; i < hi; i++)
        {
            var (c, s, r) = Vec.Givens(f, g);
            if (i > lo) E(i - 1) = r;
            f = c * D(i) + s * E(i);
            E(i) = c * E(i) - s * D(i);
            g = s * D(i + 1);
            D(i + 1) *= c;
            Turn(true, i, c, s);
            (c, s, D(i)) = Vec.Givens(f, g);
            f = c * E(i) + s * D(i + 1);
            D(i + 1) = c * D(i + 1) - s * E(i);
            if (i < hi - 1)
            {
                g = s * E(i + 1);
                E(i + 1) *= c;
            }
            Turn(false, i, c, s);
        }
        E(hi - 1) = f;
    }

    /// <summary>Diagonalises a 2×2 block [[f, g], [0, h]]: a right rotation that makes the columns orthogonal, then a left one.</summary>
    readonly void Pair()
    {
        double f = D(lo), g = E(lo), h = D(hi);
        double scale = Math.Max(Math.Abs(f), Math.Max(Math.Abs(g), Math.Abs(h)));
        (f, g, h) = (f / scale, g / scale, h / scale);
        // Columns (f, 0) and (g, h): rotate by half the angle of (|x|² − |y|², 2x·y), so that the first becomes the longer.
        double angle = 0.5 * Math.Atan2(2 * f * g, (f - g) * (f + g) - h * h);
        var (s, c) = Math.SinCos(angle);
        double x0 = c * f + s * g, x1 = s * h, y0 = c * g - s * f, y1 = c * h;
        Turn(true, lo, c, s);
        var (lc, ls, r) = Vec.Givens(x0, x1);
        Turn(false, lo, lc, ls);
        D(lo) = r * scale;
        // The smaller value from the determinant keeps its digits; the direct form is the fallback for a zero block.
        D(hi) = r != 0 ? f * h / r * scale : (lc * y1 - ls * y0) * scale;
    }

    /// <summary>The smaller singular value of [[f, g], [0, h]], without cancellation.</summary>
    static double SmallerOfTwo(double f, double g, double h)
    {
        f = Math.Abs(f); g = Math.Abs(g); h = Math.Abs(h);
        double low = Math.Min(f, h), high = Math.Max(f, h);
        if (low == 0) return 0;
        double sum = Field.Hypot(high + low, g), difference = Field.Hypot(high - low, g);
        return 2 * low * (high / (sum + difference));
    }

    readonly void Sort()
    {
        for (int i = 0; i < d.Length; i++)
            if (d[i] < 0 || double.IsNegative(d[i]))
            {
                d[i] = -d[i];
                if (!right.IsEmpty) Dense.Scale(right.Slice(i * rightWidth, rightWidth), -1);
            }
        for (int i = 0; i < d.Length - 1; i++)
        {
            int best = i;
            for (int j = i + 1; j < d.Length; j++) if (d[j] > d[best]) best = j;
            if (best == i) continue;
            (d[i], d[best]) = (d[best], d[i]);
            if (!left.IsEmpty) Vec.Swap(left.Slice(i * leftWidth, leftWidth), left.Slice(best * leftWidth, leftWidth));
            if (!right.IsEmpty) Vec.Swap(right.Slice(i * rightWidth, rightWidth), right.Slice(best * rightWidth, rightWidth));
        }
    }
}
