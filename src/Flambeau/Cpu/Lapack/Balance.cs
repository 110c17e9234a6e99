using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>
/// Balancing before an eigenvalue iteration: rows and columns that show an eigenvalue at once are moved outward, and the rest is scaled by
/// powers of two until rows and columns are of like size. Osborne 1960; Parlett and Reinsch 1969; James, Langou and Lowery 2014 (2-norms).
/// </summary>
internal readonly ref struct Balance<T> where T : unmanaged, INumberBase<T>
{
    readonly int n, lo, hi;
    readonly double[] scale;
    readonly int[] swap;

    /// <summary>Balances the n×n matrix in place.</summary>
    public Balance(Span<T> a, int n)
    {
        this.n = n;
        (scale, swap) = (new double[n], new int[n]);
        scale.AsSpan().Fill(1);
        for (int i = 0; i < n; i++) swap[i] = i;
        (lo, hi) = (0, n - 1);
        for (int j = hi; j >= 0; j--)
            if (IsIsolated(a, j, row: true))
            {
                Exchange(a, j, hi);
                swap[hi--] = j;
                j = hi + 1;
            }
        for (int j = lo; j <= hi; j++)
            if (IsIsolated(a, j, row: false))
            {
                Exchange(a, j, lo);
                swap[lo++] = j;
                j = lo - 1;
            }
        Equalize(a);
    }

    bool IsIsolated(ReadOnlySpan<T> a, int j, bool row)
    {
        if (hi < lo) return false;
        for (int k = lo; k <= hi; k++)
            if (k != j && (row ? a[j * n + k] : a[k * n + j]) != T.Zero) return false;
        return true;
    }

    void Exchange(Span<T> a, int i, int j)
    {
        if (i == j) return;
        Vec.Swap(a.Slice(i * n, n), a.Slice(j * n, n));
        for (int k = 0; k < n; k++) (a[k * n + i], a[k * n + j]) = (a[k * n + j], a[k * n + i]);
    }

    void Equalize(Span<T> a)
    {
        bool changed = true;
        for (int round = 0; changed && round < 100; round++)
        {
            changed = false;
            for (int i = lo; i <= hi; i++)
            {
                double column = 0, row = 0;
                for (int k = lo; k <= hi; k++)
                {
                    column = Field.Hypot(column, Field.Abs(a[k * n + i]));
                    row = Field.Hypot(row, Field.Abs(a[i * n + k]));
                }
                if (!(column > 0 && row > 0 && double.IsFinite(column + row))) continue;
                int power = Math.Clamp((int)Math.Round(Math.Log2(row / column) / 2), -500, 500);
                double f = Math.ScaleB(1, power);
                if (power == 0 || column * f + row / f >= 0.95 * (column + row)) continue;
                changed = true;
                scale[i] *= f;
                for (int k = 0; k < n; k++) a[i * n + k] = Field.Scale(a[i * n + k], 1 / f);
                for (int k = 0; k < n; k++) a[k * n + i] = Field.Scale(a[k * n + i], f);
            }
        }
    }

    /// <summary>Turns an eigenvector of the balanced matrix into one of the original.</summary>
    public void Undo(Span<Complex> vector)
    {
        for (int i = 0; i < n; i++) if (scale[i] != 1) vector[i] *= scale[i];
        for (int i = lo - 1; i >= 0; i--) (vector[i], vector[swap[i]]) = (vector[swap[i]], vector[i]);
        for (int i = hi + 1; i < n; i++) (vector[i], vector[swap[i]]) = (vector[swap[i]], vector[i]);
    }
}
