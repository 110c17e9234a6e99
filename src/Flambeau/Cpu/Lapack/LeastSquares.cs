using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>Minimisers of ‖A·X − B‖, of least norm where there are many. B is m×rhs and X is n×rhs, both row-major.</summary>
internal static class LeastSquares
{
    /// <summary>For A of full rank (LAPACK gels): QR of A, or of Aᴴ when m &lt; n. Returns 0, or the 1-based index of a zero on R's diagonal.</summary>
    public static int FullRank<T>(ReadOnlySpan<T> a, int m, int n, ReadOnlySpan<T> b, int rhs, Span<T> x) where T : unmanaged, INumberBase<T>
    {
        x = x[..(n * rhs)];
        x.Clear();
        int k = Math.Min(m, n);
        bool wide = m < n;
        var qr = wide ? Dense.Transpose(a, m, n, conjugate: true) : a[..(m * n)].ToArray();
        var tau = new T[k];
        Qr.Factor<T>(qr, Math.Max(m, n), k, tau);
        for (int i = 0; i < k; i++)
            if (qr[i * k + i] == T.Zero) return i + 1;
        if (wide)
        {
            // A = Rᴴ·Qᴴ: the least-norm solution is Q·R⁻ᴴ·b.
            b[..(m * rhs)].CopyTo(x);
            Triangular.Solve<T>(qr.AsSpan(0, k * k), k, x, rhs, upper: true, Transposed.Conjugate);
            Qr.Multiply<T>(qr, k, tau, x, n, rhs, left: true, adjoint: false);
            return 0;
        }
        var c = b[..(m * rhs)].ToArray();
        Qr.Multiply<T>(qr, k, tau, c, m, rhs, left: true, adjoint: true);
        Triangular.Solve<T>(qr.AsSpan(0, k * k), k, c, rhs, upper: true);
        c.AsSpan(0, k * rhs).CopyTo(x);
        return 0;
    }

    /// <summary>
    /// By complete orthogonal factorization (LAPACK gelsy): pivoted QR, cut where |R[i,i]| ≤ rcond·|R[0,0]|, then QR of the kept rows' adjoint.
    /// Returns the rank.
    /// </summary>
    public static int Orthogonal<T>(ReadOnlySpan<T> a, int m, int n, ReadOnlySpan<T> b, int rhs, double rcond, Span<T> x) where T : unmanaged, INumberBase<T>
    {
        x = x[..(n * rhs)];
        x.Clear();
        int k = Math.Min(m, n), rank = 0;
        if (k == 0) return 0;
        var qr = a[..(m * n)].ToArray();
        var tau = new T[k];
        var order = new int[n];
        Qr.FactorPivoted<T>(qr, m, n, tau, order);
        double first = Field.Abs(qr[0]);
        while (rank < k && Field.Abs(qr[rank * n + rank]) > rcond * first) rank++;
        if (double.IsNaN(first)) { Dense.Poison(x); return 0; }
        if (rank == 0) return 0;
        var c = b[..(m * rhs)].ToArray();
        Qr.Multiply<T>(qr, n, tau, c, m, rhs, left: true, adjoint: true);
        var r = new T[rank * n];
        Qr.CopyR<T>(qr, n, r, rank);
        var y = new T[n * rhs];
        FullRank<T>(r, rank, n, c, rhs, y);
        for (int j = 0; j < n; j++) y.AsSpan(j * rhs, rhs).CopyTo(x[(order[j] * rhs)..]);
        return rank;
    }

    /// <summary>
    /// By singular values (LAPACK gelss, gelsd), dropping those ≤ rcond·s[0]; <paramref name="s"/> takes all min(m,n) of them.
    /// <paramref name="rank"/> counts the kept ones. Returns the info of <see cref="Svd.Decompose{T}"/>.
    /// </summary>
    public static int Singular<T>(ReadOnlySpan<T> a, int m, int n, ReadOnlySpan<T> b, int rhs, double rcond, Span<T> x, Span<double> s, out int rank)
        where T : unmanaged, INumberBase<T>
    {
        x = x[..(n * rhs)];
        x.Clear();
        int k = Math.Min(m, n);
        rank = 0;
        T[] u = new T[m * k], vh = new T[k * n];
        int info = Svd.Decompose<T>(a, m, n, s, u, vh, SvdVectors.Reduced);
        if (info != 0) { Dense.Poison(x); return info; }
        while (rank < k && s[rank] > rcond * s[0]) rank++;
        var row = new T[rhs];
        for (int i = 0; i < rank; i++)
        {
            Array.Clear(row);
            for (int j = 0; j < m; j++) Vec.Axpy(Field.Scale(Field.Conj(u[j * k + i]), 1 / s[i]), b.Slice(j * rhs, rhs), row);
            for (int j = 0; j < n; j++) Vec.Axpy<T>(Field.Conj(vh[i * n + j]), row, x.Slice(j * rhs, rhs));
        }
        return 0;
    }
}
