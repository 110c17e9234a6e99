using System.Numerics;
using System.Runtime.InteropServices;

namespace Flambeau.Cpu.Lapack;

/// <summary>Eigenvalues and right eigenvectors of a general square matrix, as LAPACK's geev gives them.</summary>
internal static class Eigen
{
    /// <summary>
    /// A·V = V·diag(w). <paramref name="vectors"/> takes V by columns, or is empty. Each vector has Euclidean norm one and its largest component
    /// real. Pairs of a real matrix are exact conjugates, that with positive imaginary part first.
    /// Returns 0; else the input was not finite or the iteration did not converge, and the outputs are NaN.
    /// </summary>
    public static int Decompose<T>(ReadOnlySpan<T> a, int n, Span<Complex> w, Span<Complex> vectors) where T : unmanaged, INumberBase<T>
    {
        if (n == 0) return 0;
        var t = a[..(n * n)].ToArray();
        double max = Dense.MaxAbs<T>(t);
        int info = double.IsFinite(max) ? 0 : 1;
        if (info == 0)
        {
            double scale = Dense.RangeScale(max);
            if (scale != 1) Dense.Scale<T>(t, scale);
            var balance = new Balance<T>(t, n);
            T[] zt = vectors.IsEmpty ? [] : new T[n * n];
            info = Schur.Reduce<T>(t, n, zt);
            if (info == 0)
            {
                Values<T>(t, n, w);
                if (!vectors.IsEmpty) Vectors(t, zt, n, w, balance, vectors);
                if (scale != 1) foreach (ref Complex x in w[..n]) x /= scale;
                return 0;
            }
        }
        w[..n].Fill(new Complex(double.NaN, double.NaN));
        Dense.Poison(vectors);
        return info;
    }

    static bool IsPair<T>(ReadOnlySpan<T> t, int n, int k) where T : unmanaged, INumberBase<T> =>
        !Field.IsComplex<T>() && k + 1 < n && t[(k + 1) * n + k] != T.Zero;

    static void Values<T>(ReadOnlySpan<T> t, int n, Span<Complex> w) where T : unmanaged, INumberBase<T>
    {
        for (int k = 0; k < n; k++)
        {
            w[k] = new(Field.Re(t[k * n + k]), Field.Im(t[k * n + k]));
            if (!IsPair(t, n, k)) continue;
            double a = w[k].Real, d = Field.Re(t[(k + 1) * n + k + 1]), b = Field.Re(t[k * n + k + 1]), c = Field.Re(t[(k + 1) * n + k]);
            double p = 0.5 * (a - d), scale = Math.Max(Math.Abs(p), Math.Max(Math.Abs(b), Math.Abs(c)));
            double imaginary = Math.Sqrt(scale) * Math.Sqrt(-(p / scale * p + b / scale * c));
            w[k] = new(0.5 * (a + d), imaginary);
            w[k + 1] = Complex.Conjugate(w[k++]);
        }
    }

    static void Vectors<T>(T[] t, T[] zt, int n, Span<Complex> w, Balance<T> balance, Span<Complex> vectors) where T : unmanaged, INumberBase<T>
    {
        Complex[] ct = Widen(t), czt = Widen(zt), x = new Complex[n * n];
        for (int k = 0; k < n; k++)
        {
            bool pair = IsPair<T>(t, n, k);
            BackSubstitute<T>(t, ct, n, k, pair, w[k], x.AsSpan(k * n, n));
            if (pair) k++;
        }
        var rows = Dense.Product<Complex>(x, czt, n, n, n);
        for (int k = 0; k < n; k++)
        {
            var v = rows.AsSpan(k * n, n);
            balance.Undo(v);
            Normalize(v, real: !Field.IsComplex<T>() && w[k].Imaginary == 0);
            if (!IsPair<T>(t, n, k)) continue;
            var conjugate = rows.AsSpan(++k * n, n);
            for (int i = 0; i < n; i++) conjugate[i] = Complex.Conjugate(v[i]);
        }
        Dense.Transpose<Complex>(rows, n, n, vectors);
    }

    static Complex[] Widen<T>(T[] x) where T : unmanaged
    {
        if (x is Complex[] already) return already;
        return Array.ConvertAll(x, v => new Complex(Field.Re(v), 0));
    }

    /// <summary>Solves (T − λ)x = 0 upward from block k, where x is set; a vanishing pivot is replaced by roundoff of λ's size, as for a defective matrix.</summary>
    static void BackSubstitute<T>(T[] t, Complex[] ct, int n, int k, bool pair, Complex lambda, Span<Complex> x) where T : unmanaged, INumberBase<T>
    {
        int last = pair ? k + 1 : k;
        if (pair) (x[k], x[k + 1]) = (lambda - ct[(k + 1) * n + k + 1], ct[(k + 1) * n + k]);
        else x[k] = Complex.One;
        double size = Math.Max(Field.Abs1(lambda), Dense.MaxAbs<T>(t));
        double least = Math.Max(Field.Eps * size, Field.SafeMin * 1e10);
        for (int i = k - 1; i >= 0; i--)
        {
            Complex sum = -Vec.Dot<Complex>(ct.AsSpan(i * n + i + 1, last - i), x.Slice(i + 1, last - i));
            if (i > 0 && IsPair<T>(t, n, i - 1))
            {
                // The block rows i−1 and i share x[i−1] and x[i], so the row above skips column i.
                Complex above = -Vec.Dot<Complex>(ct.AsSpan((i - 1) * n + i + 1, last - i), x.Slice(i + 1, last - i));
                Complex a = ct[(i - 1) * n + i - 1] - lambda, b = ct[(i - 1) * n + i], c = ct[i * n + i - 1], d = ct[i * n + i] - lambda;
                Complex det = a * d - b * c;
                if (Complex.Abs(det) < least * least) det = least * least;
                x[i - 1] = (above * d - b * sum) / det;
                x[i] = (a * sum - above * c) / det;
                Rescale(x, Math.Max(Field.Abs1(x[i]), Field.Abs1(x[i - 1])));
                i--;
                continue;
            }
            Complex pivot = ct[i * n + i] - lambda;
            if (Field.Abs1(pivot) < least) pivot = least;
            x[i] = sum / pivot;
            Rescale(x, Field.Abs1(x[i]));
        }
    }

    static void Rescale(Span<Complex> x, double size)
    {
        if (size > 1e100) Dense.Scale(x, 1 / size);
    }

    static void Normalize(Span<Complex> v, bool real)
    {
        double max = Dense.MaxAbs<Complex>(v);
        if (max == 0) return;
        Dense.Scale(v, 1 / max);
        Dense.Scale(v, 1 / Vec.Norm<Complex>(v));
        if (real)
        {
            foreach (ref Complex z in v) z = z.Real;
            return;
        }
        int at = 0;
        double best = -1;
        for (int i = 0; i < v.Length; i++)
        {
            double m = v[i].Real * v[i].Real + v[i].Imaginary * v[i].Imaginary;
            if (m > best) (best, at) = (m, i);
        }
        Complex turn = Complex.Conjugate(v[at]) / Complex.Abs(v[at]);
        foreach (ref Complex z in v) z *= turn;
        v[at] = v[at].Real;
    }
}
