using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>Householder QR in LAPACK's compact storage (geqrf, geqp3, orgqr/ungqr, ormqr/unmqr).</summary>
internal static class Qr
{
    /// <summary>Factors the m×n matrix in place: R on and above the diagonal, reflectors below, min(m,n) factors in <paramref name="tau"/>.</summary>
    public static void Factor<T>(Span<T> a, int m, int n, Span<T> tau) where T : unmanaged, INumberBase<T>
    {
        T[] v = new T[m], work = new T[n];
        for (int j = 0; j < Math.Min(m, n); j++) tau[j] = Step(a, m, n, j, v, work);
    }

    static T Step<T>(Span<T> a, int m, int n, int j, T[] buffer, T[] work) where T : unmanaged, INumberBase<T>
    {
        var v = buffer.AsSpan(0, m - j);
        for (int i = j; i < m; i++) v[i - j] = a[i * n + j];
        T tau = Householder.Make(ref v[0], v[1..]);
        for (int i = j; i < m; i++) a[i * n + j] = v[i - j];
        v[0] = T.One;
        if (j + 1 < n) Householder.Left(v, Field.Conj(tau), a[(j * n + j + 1)..], n - j - 1, n, work);
        return tau;
    }

    /// <summary>
    /// QR with column pivoting (Businger and Golub 1965): A·P = Q·R with |R[i,i]| falling. order[j] is the column of A that became column j.
    /// </summary>
    public static void FactorPivoted<T>(Span<T> a, int m, int n, Span<T> tau, Span<int> order) where T : unmanaged, INumberBase<T>
    {
        T[] v = new T[m], work = new T[n];
        for (int j = 0; j < n; j++) order[j] = j;
        for (int k = 0; k < Math.Min(m, n); k++)
        {
            int best = k;
            double top = -1;
            for (int j = k; j < n; j++)
            {
                // Norms are taken afresh, not downdated: it costs one more pass and loses no digits.
                for (int i = k; i < m; i++) v[i - k] = a[i * n + j];
                double norm = Vec.Norm<T>(v.AsSpan(0, m - k));
                if (norm > top) (top, best) = (norm, j);
            }
            if (best != k)
            {
                for (int i = 0; i < m; i++) (a[i * n + k], a[i * n + best]) = (a[i * n + best], a[i * n + k]);
                (order[k], order[best]) = (order[best], order[k]);
            }
            tau[k] = Step(a, m, n, k, v, work);
        }
    }

    /// <summary>Copies the upper triangle: the rows×n matrix R of a factored m×n matrix, zero below the diagonal.</summary>
    public static void CopyR<T>(ReadOnlySpan<T> a, int n, Span<T> r, int rows) where T : unmanaged
    {
        for (int i = 0; i < rows; i++)
        {
            int zeros = Math.Min(i, n);
            r.Slice(i * n, zeros).Clear();
            a.Slice(i * n + zeros, n - zeros).CopyTo(r.Slice(i * n + zeros, n - zeros));
        }
    }

    /// <summary>
    /// The first <paramref name="cols"/> columns of Q = H(0)·H(1)⋯H(tau.Length − 1) into <paramref name="q"/> (m×cols),
    /// the reflectors stored in the columns of <paramref name="a"/>, whose rows are <paramref name="lda"/> long.
    /// </summary>
    public static void FormQ<T>(ReadOnlySpan<T> a, int m, int lda, ReadOnlySpan<T> tau, Span<T> q, int cols) where T : unmanaged, INumberBase<T>
    {
        Dense.Identity(q, m, cols);
        T[] buffer = new T[m], work = new T[cols];
        for (int j = Math.Min(tau.Length, cols) - 1; j >= 0; j--)
        {
            var v = Householder.Column(a, m, lda, j, j, buffer);
            Householder.Left(v, tau[j], q[(j * cols + j)..], cols - j, cols, work);
        }
    }

    /// <summary>
    /// C := Q·C, Qᴴ·C, C·Q or C·Qᴴ in place for C rows×cols, Q the product of the tau.Length reflectors in the columns of <paramref name="a"/>
    /// (row stride <paramref name="lda"/>); Q's order is rows when <paramref name="left"/>, else cols.
    /// </summary>
    public static void Multiply<T>(ReadOnlySpan<T> a, int lda, ReadOnlySpan<T> tau, Span<T> c, int rows, int cols, bool left, bool adjoint)
        where T : unmanaged, INumberBase<T>
    {
        int order = left ? rows : cols, k = tau.Length;
        T[] buffer = new T[order], work = new T[Math.Max(rows, cols)];
        bool forward = left == adjoint;                     // Qᴴ·C and C·Q take H(0) first
        for (int step = 0; step < k; step++)
        {
            int j = forward ? step : k - 1 - step;
            T t = adjoint ? Field.Conj(tau[j]) : tau[j];
            var v = Householder.Column(a, order, lda, j, j, buffer);
            if (left) Householder.Left(v, t, c[(j * cols)..], cols, cols, work);
            else Householder.Right(v, t, c[j..], rows, cols, work);
        }
    }
}
