using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>
/// A = L·D·Lᵀ (or L·D·Lᴴ) of a symmetric (Hermitian) indefinite matrix, D of 1×1 and 2×2 blocks, with the diagonal pivoting of
/// Bunch and Kaufman, "Some stable methods for calculating inertia and solving symmetric linear systems" (1977).
/// Storage and pivots follow LAPACK's sytrf/hetrf with uplo = 'L'.
/// </summary>
internal static class Ldl
{
    static readonly double Alpha = (1 + Math.Sqrt(17)) / 8;

    /// <summary>
    /// Factors in place, touching the lower triangle only. pivots[k] = p &gt; 0: row p (1-based) was exchanged with k, a 1×1 block;
    /// pivots[k] = pivots[k+1] = −p: rows p and k+1 were exchanged, a 2×2 block. Returns 0 or the 1-based index of an exactly zero block.
    /// </summary>
    public static int Factor<T>(Span<T> a, int n, Span<int> pivots, bool hermitian) where T : unmanaged, INumberBase<T>
    {
        int info = 0;
        for (int k = 0; k < n;)
        {
            if (hermitian) a[k * n + k] = Field.Of<T>(Field.Re(a[k * n + k]));
            var (p, two, zero) = Choose<T>(a, n, k);
            if (zero && info == 0) info = k + 1;
            int kk = two ? k + 1 : k;
            if (p != kk) Exchange(a, n, k, kk, p, hermitian);
            if (two) Eliminate2(a, n, k, hermitian);
            else if (!zero) Eliminate1(a, n, k, hermitian);
            pivots[k] = two ? -(p + 1) : p + 1;
            if (two) pivots[k + 1] = pivots[k];
            k += two ? 2 : 1;
        }
        return info;
    }

    static (int Pivot, bool Two, bool Zero) Choose<T>(ReadOnlySpan<T> a, int n, int k) where T : unmanaged
    {
        double diagonal = Field.Abs1(a[k * n + k]), column = 0;
        int at = k;
        for (int i = k + 1; i < n; i++)
        {
            double v = Field.Abs1(a[i * n + k]);
            if (v > column) (column, at) = (v, i);
        }
        if (Math.Max(diagonal, column) == 0 || double.IsNaN(diagonal)) return (k, false, true);
        if (diagonal >= Alpha * column) return (k, false, false);
        double row = 0;
        for (int j = k; j < at; j++) row = Math.Max(row, Field.Abs1(a[at * n + j]));
        for (int i = at + 1; i < n; i++) row = Math.Max(row, Field.Abs1(a[i * n + at]));
        if (diagonal >= Alpha * column * (column / row)) return (k, false, false);
        return Field.Abs1(a[at * n + at]) >= Alpha * row ? (at, false, false) : (at, true, false);
    }

    static void Exchange<T>(Span<T> a, int n, int k, int kk, int p, bool hermitian) where T : unmanaged
    {
        for (int i = p + 1; i < n; i++) (a[i * n + kk], a[i * n + p]) = (a[i * n + p], a[i * n + kk]);
        for (int j = kk + 1; j < p; j++)
        {
            T u = a[j * n + kk], v = a[p * n + j];
            (a[j * n + kk], a[p * n + j]) = hermitian ? (Field.Conj(v), Field.Conj(u)) : (v, u);
        }
        if (hermitian) a[p * n + kk] = Field.Conj(a[p * n + kk]);
        (a[kk * n + kk], a[p * n + p]) = (a[p * n + p], a[kk * n + kk]);
        if (kk != k) (a[kk * n + k], a[p * n + k]) = (a[p * n + k], a[kk * n + k]);
    }

    static void Eliminate1<T>(Span<T> a, int n, int k, bool hermitian) where T : unmanaged, INumberBase<T>
    {
        T d = a[k * n + k];
        for (int i = k + 1; i < n; i++)
        {
            T l = a[i * n + k] / d;
            // Row i needs the unscaled column entries up to i, so scaling waits until the row is done.
            for (int j = k + 1; j <= i; j++) a[i * n + j] -= l * (hermitian ? Field.Conj(a[j * n + k]) : a[j * n + k]);
            if (hermitian) a[i * n + i] = Field.Of<T>(Field.Re(a[i * n + i]));
        }
        for (int i = k + 1; i < n; i++) a[i * n + k] /= d;
    }

    static void Eliminate2<T>(Span<T> a, int n, int k, bool hermitian) where T : unmanaged, INumberBase<T>
    {
        if (k + 2 >= n) return;
        T low = a[(k + 1) * n + k];
        if (hermitian) a[(k + 1) * n + k + 1] = Field.Of<T>(Field.Re(a[(k + 1) * n + k + 1]));
        var (p, q, high, det) = BlockAt<T>(a, n, k, hermitian);
        var w = new T[2 * n];
        for (int i = k + 2; i < n; i++)
        {
            T x = a[i * n + k], y = a[i * n + k + 1];
            (w[2 * i], w[2 * i + 1]) = ((q * x / low - y / high) / det, (p * y / high - x / low) / det);
        }
        for (int i = k + 2; i < n; i++)
        {
            for (int j = k + 2; j <= i; j++)
            {
                T u = a[j * n + k], v = a[j * n + k + 1];
                if (hermitian) (u, v) = (Field.Conj(u), Field.Conj(v));
                a[i * n + j] -= w[2 * i] * u + w[2 * i + 1] * v;
            }
            if (hermitian) a[i * n + i] = Field.Of<T>(Field.Re(a[i * n + i]));
        }
        for (int i = k + 2; i < n; i++) (a[i * n + k], a[i * n + k + 1]) = (w[2 * i], w[2 * i + 1]);
    }

    /// <summary>D = [[d, high], [low, e]] as p = d/low, q = e/high and det = p·q − 1: scaled by the off-diagonal, which pivoting made the largest.</summary>
    static (T P, T Q, T High, T Det) BlockAt<T>(ReadOnlySpan<T> a, int n, int k, bool hermitian) where T : unmanaged, INumberBase<T>
    {
        T low = a[(k + 1) * n + k], high = hermitian ? Field.Conj(low) : low;
        T p = a[k * n + k] / low, q = a[(k + 1) * n + k + 1] / high;
        return (p, q, high, p * q - T.One);
    }

    /// <summary>Solves A·X = B in place of B (n×rhs), given the factors.</summary>
    public static void Solve<T>(ReadOnlySpan<T> a, int n, ReadOnlySpan<int> pivots, Span<T> b, int rhs, bool hermitian)
        where T : unmanaged, INumberBase<T>
    {
        for (int k = 0; k < n;)
        {
            bool two = pivots[k] < 0;
            int step = two ? 2 : 1;
            Swap(b, rhs, k + step - 1, Math.Abs(pivots[k]) - 1);
            for (int c = k; c < k + step; c++)
                for (int i = k + step; i < n; i++) Vec.Axpy(-a[i * n + c], b.Slice(c * rhs, rhs), b.Slice(i * rhs, rhs));
            if (two) Solve2(a, n, k, b, rhs, hermitian);
            else
                foreach (ref T x in b.Slice(k * rhs, rhs)) x /= a[k * n + k];
            k += step;
        }
        for (int k = n - 1; k >= 0;)
        {
            int step = pivots[k] < 0 ? 2 : 1, first = k + 1 - step;
            for (int c = first; c <= k; c++)
                for (int i = k + 1; i < n; i++)
                    Vec.Axpy(-(hermitian ? Field.Conj(a[i * n + c]) : a[i * n + c]), b.Slice(i * rhs, rhs), b.Slice(c * rhs, rhs));
            Swap(b, rhs, k, Math.Abs(pivots[k]) - 1);
            k = first - 1;
        }
    }

    static void Solve2<T>(ReadOnlySpan<T> a, int n, int k, Span<T> b, int rhs, bool hermitian) where T : unmanaged, INumberBase<T>
    {
        T low = a[(k + 1) * n + k];
        var (p, q, high, det) = BlockAt(a, n, k, hermitian);
        for (int j = 0; j < rhs; j++)
        {
            T x = b[k * rhs + j], y = b[(k + 1) * rhs + j];
            (b[k * rhs + j], b[(k + 1) * rhs + j]) = ((q * x - y) / low / det, (p * y - x) / high / det);
        }
    }

    static void Swap<T>(Span<T> b, int rhs, int i, int p) where T : unmanaged
    {
        if (i != p) Vec.Swap(b.Slice(i * rhs, rhs), b.Slice(p * rhs, rhs));
    }
}
