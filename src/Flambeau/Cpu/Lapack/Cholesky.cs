using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>Cholesky factorization A = L·Lᴴ = Uᴴ·U of a Hermitian positive definite matrix (LAPACK potrf, potrs, potri).</summary>
internal static class Cholesky
{
    const int Block = 48;

    /// <summary>
    /// Factors the n×n matrix in place, reading one triangle; the other is zeroed.
    /// Returns 0, or the 1-based order of the leading minor that is not positive definite; the columns before it are factored.
    /// </summary>
    public static int Factor<T>(Span<T> a, int n, bool upper = false) where T : unmanaged, INumberBase<T>
    {
        a = a[..(n * n)];
        if (upper) Dense.Transpose<T>(a.ToArray(), n, n, a, conjugate: true);
        int info = 0;
        for (int k = 0; k < n && info == 0; k += Block)
        {
            int width = Math.Min(Block, n - k), rest = k + width;
            info = Diagonal(a, n, k, width);
            if (info != 0) break;
            Below(a, n, k, width);
            Update(a, n, k, width, rest);
        }
        for (int i = 0; i < n; i++) a.Slice(i * n + i + 1, n - i - 1).Clear();
        if (upper) Dense.Transpose<T>(a.ToArray(), n, n, a, conjugate: true);
        return info;
    }

    static int Diagonal<T>(Span<T> a, int n, int k, int width) where T : unmanaged, INumberBase<T>
    {
        for (int i = k; i < k + width; i++)
        {
            var row = a.Slice(i * n + k, i - k);
            for (int j = k; j < i; j++) Entry(a, n, i, j, k);
            double d = Field.Re(a[i * n + i]) - Field.Re(Vec.DotC<T>(row, row));
            if (!(d > 0) || double.IsInfinity(d))
            {
                a[i * n + i] = Field.Of<T>(d);
                return i + 1;
            }
            a[i * n + i] = Field.Of<T>(Math.Sqrt(d));
        }
        return 0;
    }

    static void Below<T>(Span<T> a, int n, int k, int width) where T : unmanaged, INumberBase<T>
    {
        for (int i = k + width; i < n; i++)
            for (int j = k; j < k + width; j++) Entry(a, n, i, j, k);
    }

    static void Entry<T>(Span<T> a, int n, int i, int j, int k) where T : unmanaged, INumberBase<T>
    {
        T v = a[i * n + j] - Vec.DotC<T>(a.Slice(j * n + k, j - k), a.Slice(i * n + k, j - k));
        a[i * n + j] = Field.Scale(v, 1 / Field.Re(a[j * n + j]));
    }

    static void Update<T>(Span<T> a, int n, int k, int width, int rest) where T : unmanaged, INumberBase<T>
    {
        int left = n - rest;
        if (left == 0) return;
        var right = new T[width * left];
        for (int i = 0; i < left; i++)
            for (int j = 0; j < width; j++) right[j * left + i] = Field.Conj(a[(rest + i) * n + k + j]);
        for (int i = 0; i < left; i += Block)
        {
            int rows = Math.Min(Block, left - i);
            Dense.Gemm(-T.One, a[((rest + i) * n + k)..], n, right, left, a[((rest + i) * n + rest)..], n, rows, width, i + rows);
        }
    }

    /// <summary>Solves A·X = B in place of B (n×rhs) given the factor of A.</summary>
    public static void Solve<T>(ReadOnlySpan<T> factor, int n, Span<T> b, int rhs, bool upper = false) where T : unmanaged, INumberBase<T>
    {
        Triangular.Solve(factor, n, b, rhs, upper, upper ? Transposed.Conjugate : Transposed.No);
        Triangular.Solve(factor, n, b, rhs, upper, upper ? Transposed.No : Transposed.Conjugate);
    }

    /// <summary>Writes the inverse of A, whose factor is given, as a full matrix.</summary>
    public static void Inverse<T>(ReadOnlySpan<T> factor, int n, Span<T> inverse, bool upper = false) where T : unmanaged, INumberBase<T>
    {
        Dense.Identity(inverse, n, n);
        Solve(factor, n, inverse, n, upper);
    }
}
