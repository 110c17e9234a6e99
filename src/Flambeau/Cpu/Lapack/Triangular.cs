using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>How a factor enters an equation.</summary>
internal enum Transposed { No, Yes, Conjugate }

/// <summary>Triangular systems (BLAS trsm), by recursive halving so that most of the work is matrix products.</summary>
internal static class Triangular
{
    const int Base = 32;

    /// <summary>
    /// Solves op(A)·X = B in place of B. A is n×n, only its named triangle is read (and not its diagonal when
    /// <paramref name="unit"/>); B is n×<paramref name="rhs"/>. A zero on the diagonal gives Inf or NaN, as in BLAS.
    /// </summary>
    public static void Solve<T>(ReadOnlySpan<T> a, int n, Span<T> b, int rhs, bool upper, Transposed op = Transposed.No, bool unit = false)
        where T : unmanaged, INumberBase<T>
    {
        if (n == 0 || rhs == 0) return;
        if (op == Transposed.No) { Solve(a, n, n, b, rhs, rhs, upper, unit); return; }
        Solve(Dense.Transpose(a, n, n, op == Transposed.Conjugate), n, n, b, rhs, rhs, !upper, unit);
    }

    /// <summary>Solves X·op(A) = B in place of B, which is <paramref name="rows"/>×n.</summary>
    public static void SolveRight<T>(ReadOnlySpan<T> a, int n, Span<T> b, int rows, bool upper, Transposed op = Transposed.No, bool unit = false)
        where T : unmanaged, INumberBase<T>
    {
        if (n == 0 || rows == 0) return;
        // (X·A)ᵀ = Aᵀ·Xᵀ; for Aᴴ the transpose of the operator is conj(A), so the right side is conjugated instead.
        bool conjugate = op == Transposed.Conjugate;
        var bt = Dense.Transpose<T>(b, rows, n, conjugate);
        Solve(a, n, bt, rows, upper, op == Transposed.No ? Transposed.Yes : Transposed.No, unit);
        Dense.Transpose<T>(bt, n, rows, b, conjugate);
    }

    /// <summary>The strided form: A has row stride <paramref name="lda"/>, B row stride <paramref name="ldb"/>.</summary>
    public static void Solve<T>(ReadOnlySpan<T> a, int n, int lda, Span<T> b, int rhs, int ldb, bool upper, bool unit)
        where T : unmanaged, INumberBase<T>
    {
        if (n <= Base)
        {
            if (rhs == 1 && ldb == 1) SolveVector(a, n, lda, b, upper, unit);
            else SolveRows(a, n, lda, b, rhs, ldb, upper, unit);
            return;
        }
        int h = n / 2;
        Span<T> top = b, low = b[(h * ldb)..];
        if (upper)
        {
            Solve(a[(h * lda + h)..], n - h, lda, low, rhs, ldb, upper, unit);
            Dense.Gemm(-T.One, a[h..], lda, low, ldb, top, ldb, h, n - h, rhs);
            Solve(a, h, lda, top, rhs, ldb, upper, unit);
        }
        else
        {
            Solve(a, h, lda, top, rhs, ldb, upper, unit);
            Dense.Gemm(-T.One, a[(h * lda)..], lda, top, ldb, low, ldb, n - h, h, rhs);
            Solve(a[(h * lda + h)..], n - h, lda, low, rhs, ldb, upper, unit);
        }
    }

    static void SolveVector<T>(ReadOnlySpan<T> a, int n, int lda, Span<T> x, bool upper, bool unit) where T : unmanaged, INumberBase<T>
    {
        for (int step = 0; step < n; step++)
        {
            int i = upper ? n - 1 - step : step;
            int from = upper ? i + 1 : 0, count = upper ? n - 1 - i : i;
            T v = x[i] - Vec.Dot(a.Slice(i * lda + from, count), x.Slice(from, count));
            x[i] = unit ? v : v / a[i * lda + i];
        }
    }

    static void SolveRows<T>(ReadOnlySpan<T> a, int n, int lda, Span<T> b, int rhs, int ldb, bool upper, bool unit)
        where T : unmanaged, INumberBase<T>
    {
        for (int step = 0; step < n; step++)
        {
            int i = upper ? n - 1 - step : step;
            int from = upper ? i + 1 : 0, to = upper ? n : i;
            var row = b.Slice(i * ldb, rhs);
            for (int k = from; k < to; k++) Vec.Axpy(-a[i * lda + k], b.Slice(k * ldb, rhs), row);
            if (unit) continue;
            T d = a[i * lda + i];
            for (int j = 0; j < rhs; j++) row[j] /= d;
        }
    }
}
