using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>
/// Eigenvalues and vectors of a symmetric or Hermitian matrix: Householder tridiagonalization, then implicit QL with Wilkinson's shift
/// (Wilkinson and Reinsch, Handbook for Automatic Computation II, 1971).
/// </summary>
internal static class SymmetricEigen
{
    /// <summary>
    /// Decomposes the n×n matrix of which only one triangle is read: A·V = V·diag(w), w rising. <paramref name="vectors"/> takes V (columns), or is empty.
    /// Returns 0; else the input was not finite or QL did not converge, and the outputs are NaN.
    /// </summary>
    public static int Decompose<T>(ReadOnlySpan<T> a, int n, bool upper, Span<double> w, Span<T> vectors) where T : unmanaged, INumberBase<T>
    {
        if (n == 0) return 0;
        var full = Fill(a, n, upper);
        double max = Dense.MaxAbs<T>(full);
        int info = 1;
        if (double.IsFinite(max))
        {
            double scale = Dense.RangeScale(max);
            if (scale != 1) Dense.Scale<T>(full, scale);
            var tau = new T[n];
            var e = new double[n];
            Tridiagonalize(full, n, w, e, tau);
            T[] rows = vectors.IsEmpty ? [] : Dense.Transpose<T>(FormQ(full, n, tau), n, n);
            info = Iterate<T>(w[..n], e, rows, n);
            if (info == 0)
            {
                Sort(w[..n], rows, n);
                if (scale != 1) foreach (ref double x in w[..n]) x /= scale;
                if (!vectors.IsEmpty) Dense.Transpose<T>(rows, n, n, vectors);
                return 0;
            }
        }
        w[..n].Fill(double.NaN);
        Dense.Poison(vectors);
        return info;
    }

    static T[] Fill<T>(ReadOnlySpan<T> a, int n, bool upper) where T : unmanaged
    {
        var full = new T[n * n];
        for (int i = 0; i < n; i++)
        {
            full[i * n + i] = Field.Of<T>(Field.Re(a[i * n + i]));
            for (int j = 0; j < i; j++)
            {
                T low = upper ? Field.Conj(a[j * n + i]) : a[i * n + j];
                full[i * n + j] = low;
                full[j * n + i] = Field.Conj(low);
            }
        }
        return full;
    }

    // A := Qᴴ·A·Q. The whole matrix is kept, not a triangle: twice the arithmetic, all of it on contiguous rows.
    static void Tridiagonalize<T>(T[] a, int n, Span<double> d, double[] e, T[] tau) where T : unmanaged, INumberBase<T>
    {
        T[] buffer = new T[n], product = new T[n], conjugates = new T[n];
        for (int k = 0; k < n - 1; k++)
        {
            int size = n - k - 1;
            var v = buffer.AsSpan(0, size);
            for (int i = 0; i < size; i++) v[i] = a[(k + 1 + i) * n + k];
            T t = tau[k] = Householder.Make(ref v[0], v[1..]);
            e[k] = Field.Re(v[0]);
            v[0] = T.One;
            for (int i = 0; i < size; i++) a[(k + 1 + i) * n + k] = v[i];
            if (t == T.Zero) continue;
            var w = product.AsSpan(0, size);
            for (int i = 0; i < size; i++) w[i] = t * Vec.Dot<T>(a.AsSpan((k + 1 + i) * n + k + 1, size), v);
            Vec.Axpy(Field.Scale(t * Vec.DotC<T>(w, v), -0.5), v, w);
            // A −= v·wᴴ + w·vᴴ
            var vc = conjugates.AsSpan(0, size);
            for (int i = 0; i < size; i++) vc[i] = Field.Conj(v[i]);
            for (int i = 0; i < size; i++) Vec.Axpy(-w[i], vc, a.AsSpan((k + 1 + i) * n + k + 1, size));
            for (int i = 0; i < size; i++) vc[i] = Field.Conj(w[i]);
            for (int i = 0; i < size; i++) Vec.Axpy(-v[i], vc, a.AsSpan((k + 1 + i) * n + k + 1, size));
        }
        for (int i = 0; i < n; i++) d[i] = Field.Re(a[i * n + i]);
    }

    static T[] FormQ<T>(T[] a, int n, T[] tau) where T : unmanaged, INumberBase<T>
    {
        var q = new T[n * n];
        Dense.Identity<T>(q, n, n);
        T[] buffer = new T[n], work = new T[n];
        for (int k = n - 2; k >= 0; k--)
        {
            var v = Householder.Column<T>(a, n, n, k + 1, k, buffer);
            Householder.Left(v, tau[k], q.AsSpan((k + 1) * n + k + 1), n - k - 1, n, work);
        }
        return q;
    }

    static int Iterate<T>(Span<double> d, Span<double> e, Span<T> rows, int n) where T : unmanaged
    {
        int budget = 60 * (n + 1);
        for (int l = 0; l < n; l++)
            while (true)
            {
                int m = l;
                while (m < n - 1)
                {
                    double size = Math.Abs(d[m]) + Math.Abs(d[m + 1]);
                    if (Math.Abs(e[m]) <= Field.Eps * size || Math.Abs(e[m]) < 1e3 * Field.SafeMin) break;
                    m++;
                }
                if (m == l) break;
                if (budget-- == 0) return l + 1;
                Sweep(d, e, rows, n, l, m);
            }
        return 0;
    }

    static void Sweep<T>(Span<double> d, Span<double> e, Span<T> rows, int n, int l, int m) where T : unmanaged
    {
        double g = (d[l + 1] - d[l]) / (2 * e[l]), r = Field.Hypot(g, 1);
        g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
        double s = 1, c = 1, p = 0;
        for (int i = m - 1; i >= l; i--)
        {
            double f = s * e[i], b = c * e[i];
            (c, s, r) = Vec.Givens(g, f);
            e[i + 1] = r;
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            if (!rows.IsEmpty) Vec.Rotate(rows.Slice((i + 1) * n, n), rows.Slice(i * n, n), c, s);
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    static void Sort<T>(Span<double> w, T[] rows, int n) where T : unmanaged
    {
        for (int i = 0; i < n - 1; i++)
        {
            int best = i;
            for (int j = i + 1; j < n; j++) if (w[j] < w[best]) best = j;
            if (best == i) continue;
            (w[i], w[best]) = (w[best], w[i]);
            if (rows.Length > 0) Vec.Swap(rows.AsSpan(i * n, n), rows.AsSpan(best * n, n));
        }
    }
}
