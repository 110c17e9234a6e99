using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>Which singular vectors are wanted.</summary>
internal enum SvdVectors { None, Reduced, Full }

/// <summary>
/// A = U·diag(S)·Vᴴ by Householder bidiagonalization (after a QR step for tall matrices) and <see cref="BidiagonalSvd{T}"/>;
/// Golub and Kahan 1965, Chan 1982.
/// </summary>
internal static class Svd
{
    /// <summary>
    /// Decomposes an m×n matrix, k = min(m,n). <paramref name="s"/> takes the k singular values, falling. U is m×k (reduced) or m×m (full),
    /// Vᴴ is k×n or n×n; both may be empty spans when no vectors are wanted.
    /// Returns 0; else the input was not finite or the iteration did not converge, and all outputs are NaN.
    /// </summary>
    public static int Decompose<T>(ReadOnlySpan<T> a, int m, int n, Span<double> s, Span<T> u, Span<T> vh, SvdVectors vectors)
        where T : unmanaged, INumberBase<T>
    {
        a = a[..(m * n)];
        int k = Math.Min(m, n);
        if (k == 0)
        {
            if (vectors == SvdVectors.Full)
            {
                Dense.Identity(u, m, m);
                Dense.Identity(vh, n, n);
            }
            return 0;
        }
        double max = Dense.MaxAbs(a);
        int info = double.IsFinite(max) ? 0 : 1;
        if (info == 0) info = m >= n ? Tall(a.ToArray(), m, n, max, s, u, vh, vectors) : Wide(a, m, n, max, s, u, vh, vectors);
        if (info == 0) return 0;
        s[..k].Fill(double.NaN);
        Dense.Poison(u);
        Dense.Poison(vh);
        return info;
    }

    // A = U·S·Vᴴ from Aᴴ = V·S·Uᴴ.
    static int Wide<T>(ReadOnlySpan<T> a, int m, int n, double max, Span<double> s, Span<T> u, Span<T> vh, SvdVectors vectors)
        where T : unmanaged, INumberBase<T>
    {
        int cols = vectors == SvdVectors.Full ? n : m;
        bool none = vectors == SvdVectors.None;
        T[] v = none ? [] : new T[n * cols], uh = none ? [] : new T[m * m];
        int info = Tall(Dense.Transpose(a, m, n, conjugate: true), n, m, max, s, v.AsSpan(), uh, vectors);
        if (none || info != 0) return info;
        Dense.Transpose(v, n, cols, vh, conjugate: true);
        Dense.Transpose(uh, m, m, u, conjugate: true);
        return 0;
    }

    static int Tall<T>(T[] a, int m, int n, double max, Span<double> s, Span<T> u, Span<T> vh, SvdVectors vectors) where T : unmanaged, INumberBase<T>
    {
        double scale = Dense.RangeScale(max);
        if (scale != 1) Dense.Scale<T>(a, scale);
        int cols = vectors switch { SvdVectors.None => 0, SvdVectors.Full => m, _ => n };
        bool reduce = m > n + n / 2;
        var tau = new T[n];
        T[] r = a;
        int rows = m;
        if (reduce)
        {
            Qr.Factor<T>(a, m, n, tau);
            r = new T[n * n];
            Qr.CopyR<T>(a, n, r, n);
            rows = n;
        }
        int inner = reduce ? Math.Min(cols, n) : cols;      // columns of the U of the matrix that is bidiagonalized
        T[] tauq = new T[n], taup = new T[n];
        double[] d = new double[n], e = new double[n];
        Bidiagonalize(r, rows, n, d, e, tauq, taup);
        T[] ut = [], vt = [];
        if (vectors != SvdVectors.None)
        {
            var q = new T[rows * inner];
            Qr.FormQ<T>(r, rows, n, tauq, q, inner);
            ut = Dense.Transpose<T>(q, rows, inner);
            vt = FormVh(r, n, taup);
        }
        int info = new BidiagonalSvd<T>(d, e.AsSpan(0, n - 1), ut, rows, vt, n).Run();
        if (info != 0) return info;
        for (int i = 0; i < n; i++) s[i] = d[i] / scale;
        if (vectors == SvdVectors.None) return 0;
        vt.CopyTo(vh);
        if (!reduce)
        {
            Dense.Transpose<T>(ut, inner, rows, u);
            return 0;
        }
        // U = Q·[U_R 0; 0 I]
        Dense.Identity(u, m, cols);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) u[i * cols + j] = ut[j * n + i];
        Qr.Multiply<T>(a, n, tau, u, m, cols, left: true, adjoint: false);
        return 0;
    }

    /// <summary>A := Qᴴ·A·P upper bidiagonal with real d and e; reflectors stay in A below the diagonal and right of the superdiagonal.</summary>
    static void Bidiagonalize<T>(T[] a, int m, int n, double[] d, double[] e, T[] tauq, T[] taup) where T : unmanaged, INumberBase<T>
    {
        T[] buffer = new T[m], work = new T[n];
        for (int i = 0; i < n; i++)
        {
            var v = buffer.AsSpan(0, m - i);
            for (int k = i; k < m; k++) v[k - i] = a[k * n + i];
            tauq[i] = Householder.Make(ref v[0], v[1..]);
            d[i] = Field.Re(v[0]);
            for (int k = i; k < m; k++) a[k * n + i] = v[k - i];
            v[0] = T.One;
            int right = n - i - 1;
            if (right == 0) return;
            Householder.Left(v, Field.Conj(tauq[i]), a.AsSpan(i * n + i + 1), right, n, work);
            var row = a.AsSpan(i * n + i + 1, right);
            if (Field.IsComplex<T>()) foreach (ref T x in row) x = Field.Conj(x);
            taup[i] = Householder.Make(ref row[0], row[1..]);
            e[i] = Field.Re(row[0]);
            row[0] = T.One;                                  // e is kept apart, so the row can hold v whole
            if (i + 1 < m) Householder.Right(row, taup[i], a.AsSpan((i + 1) * n + i + 1), m - i - 1, n, work);
        }
    }

    // P = G(0)·G(1)⋯, each G acting on indices i+1…; returned as Pᴴ.
    static T[] FormVh<T>(T[] a, int n, T[] taup) where T : unmanaged, INumberBase<T>
    {
        var p = new T[n * n];
        Dense.Identity<T>(p, n, n);
        var work = new T[n];
        for (int i = n - 2; i >= 0; i--)
            Householder.Left<T>(a.AsSpan(i * n + i + 1, n - i - 1), taup[i], p.AsSpan((i + 1) * n + i + 1), n - i - 1, n, work);
        return Dense.Transpose<T>(p, n, n, conjugate: true);
    }
}
