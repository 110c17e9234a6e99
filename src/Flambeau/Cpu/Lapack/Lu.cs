using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>LU factorization with partial pivoting (LAPACK getrf, getrs, getri) and what follows from it.</summary>
internal static class Lu
{
    const int Block = 48;

    /// <summary>
    /// Factors the m×n matrix in place as P·L·U: unit lower L below the diagonal, U on and above. pivots[i] (1-based, min(m,n) of them)
    /// is the row exchanged with row i. Returns 0, or the 1-based index of the first zero on U's diagonal (the factorization is still complete).
    /// </summary>
    public static int Factor<T>(Span<T> a, int m, int n, Span<int> pivots) where T : unmanaged, INumberBase<T>
    {
        int info = 0, k = Math.Min(m, n);
        for (int j = 0; j < k; j += Block)
        {
            int width = Math.Min(Block, k - j), rest = j + width;
            int found = Panel(a, m, n, j, width, pivots);
            if (info == 0) info = found;
            if (rest >= n) continue;
            Triangular.Solve<T>(a[(j * n + j)..], width, n, a[(j * n + rest)..], n - rest, n, upper: false, unit: true);
            if (rest < m)
                Dense.Gemm(-T.One, a[(rest * n + j)..], n, a[(j * n + rest)..], n, a[(rest * n + rest)..], n, m - rest, width, n - rest);
        }
        return info;
    }

    static int Panel<T>(Span<T> a, int m, int n, int from, int width, Span<int> pivots) where T : unmanaged, INumberBase<T>
    {
        int info = 0;
        for (int j = from; j < from + width; j++)
        {
            int p = j;
            double best = Field.Abs1(a[j * n + j]);
            for (int i = j + 1; i < m; i++)
            {
                double v = Field.Abs1(a[i * n + j]);
                if (v > best) (best, p) = (v, i);
            }
            pivots[j] = p + 1;
            if (p != j) Vec.Swap(a.Slice(j * n, n), a.Slice(p * n, n));
            T d = a[j * n + j];
            if (d == T.Zero)
            {
                if (info == 0) info = j + 1;
                continue;
            }
            var right = a.Slice(j * n + j + 1, from + width - j - 1);
            for (int i = j + 1; i < m; i++)
            {
                T l = a[i * n + j] /= d;
                if (l != T.Zero) Vec.Axpy(-l, right, a.Slice(i * n + j + 1, right.Length));
            }
        }
        return info;
    }

    /// <summary>Solves op(A)·X = B in place of B (n×rhs), given the factors of a square A.</summary>
    public static void Solve<T>(ReadOnlySpan<T> lu, ReadOnlySpan<int> pivots, int n, Span<T> b, int rhs, Transposed op = Transposed.No)
        where T : unmanaged, INumberBase<T>
    {
        if (op == Transposed.No)
        {
            for (int i = 0; i < n; i++) Exchange(b, rhs, i, pivots[i] - 1);
            Triangular.Solve(lu, n, b, rhs, upper: false, unit: true);
            Triangular.Solve(lu, n, b, rhs, upper: true);
            return;
        }
        Triangular.Solve(lu, n, b, rhs, upper: true, op);
        Triangular.Solve(lu, n, b, rhs, upper: false, op, unit: true);
        for (int i = n - 1; i >= 0; i--) Exchange(b, rhs, i, pivots[i] - 1);
    }

    static void Exchange<T>(Span<T> b, int rhs, int i, int p) where T : unmanaged
    {
        if (p != i) Vec.Swap(b.Slice(i * rhs, rhs), b.Slice(p * rhs, rhs));
    }

    /// <summary>Inverts the n×n matrix into <paramref name="inverse"/>; returns the info of <see cref="Factor"/> (then the inverse holds no numbers of use).</summary>
    public static int Inverse<T>(ReadOnlySpan<T> a, int n, Span<T> inverse) where T : unmanaged, INumberBase<T>
    {
        var lu = a[..(n * n)].ToArray();
        var pivots = new int[n];
        int info = Factor<T>(lu, n, n, pivots);
        Dense.Identity(inverse, n, n);
        Solve<T>(lu, pivots, n, inverse, n);
        return info;
    }

    /// <summary>Turns the sequence of exchanges into the permutation P of A = P·L·U.</summary>
    /// <param name="pivots">1-based exchanges, as <see cref="Factor"/> leaves them.</param>
    /// <param name="order">m entries: on return, row i of L·U is row order[i] of A, so P[order[i], i] = 1.</param>
    public static void Permutation(ReadOnlySpan<int> pivots, Span<int> order)
    {
        for (int i = 0; i < order.Length; i++) order[i] = i;
        for (int i = 0; i < pivots.Length; i++) (order[i], order[pivots[i] - 1]) = (order[pivots[i] - 1], order[i]);
    }

    /// <summary>The determinant, from the factors of a square matrix.</summary>
    public static T Determinant<T>(ReadOnlySpan<T> lu, ReadOnlySpan<int> pivots, int n) where T : unmanaged, INumberBase<T>
    {
        T d = T.One;
        for (int i = 0; i < n; i++)
        {
            d *= lu[i * n + i];
            if (pivots[i] != i + 1) d = -d;
        }
        return d;
    }

    /// <summary>Sign (on the unit circle, 0 if singular) and log of the modulus of the determinant.</summary>
    public static (T Sign, double LogAbs) LogDeterminant<T>(ReadOnlySpan<T> lu, ReadOnlySpan<int> pivots, int n) where T : unmanaged, INumberBase<T>
    {
        T sign = T.One;
        double log = 0;
        for (int i = 0; i < n; i++)
        {
            T d = lu[i * n + i];
            double abs = Field.Abs(d);
            log += Math.Log(abs);
            sign = abs == 0 ? T.Zero : sign * Field.Of<T>(Field.Re(d) / abs, Field.Im(d) / abs);
            if (pivots[i] != i + 1) sign = -sign;
        }
        return (sign, log);
    }
}
