using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Rows of every head of every batch entry; neighbours in a row are neighbours in memory.</summary>
internal readonly unsafe struct HeadRows<E>(E* first, long batch, long head, long row) where E : unmanaged
{
    internal readonly E* First = first;
    internal readonly long Row = row;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal E* At(long b, long h) => First + b * batch + h * head;
}

/// <summary>Memory of attention: queries [rows, width], keys [keys, width] and values [keys, value width] of each head of each batch entry.</summary>
internal unsafe struct AttentionArgs<E> where E : unmanaged
{
    public long Batch, Heads, Rows, Keys, Width, ValueWidth;
    public HeadRows<E> Q, K, V, Y;

    /// <summary>Added to the scores; neighbours are <see cref="MaskStep"/> (0 or 1) apart. No mask where its first is null.</summary>
    public HeadRows<E> Mask;

    public long MaskStep;

    /// <summary>Logarithm of the sum of each row's exponentials, [batch, heads, rows].</summary>
    public E* LogSum;

    public HeadRows<E> DY, DQ, DK, DV;
    public E Scale;
    public bool Causal;

    /// <summary>Whether a gradient will compute the scores again, which then must round alike.</summary>
    public bool Again;

    /// <summary>How many of the keys before <paramref name="end"/> the queries before <paramref name="rowEnd"/> may see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly long Seen(long rowEnd, long end) => Causal ? Math.Min(rowEnd, end) : end;
}

/// <summary>Products with a packed right side.</summary>
internal static unsafe class PanelProduct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long Ceil(long a, long b) => (a + b - 1) / b;

    /// <summary>C[m, panels] = alpha·A·B + beta·C over the first <paramref name="k"/> of the <paramref name="depth"/> rows of B's panels; C has room for whole panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<E>(long m, long panels, long k, E* a, long rsA, long csA, E* b, long depth, E alpha, E beta, E* c, long ldc) where E : unmanaged, IFloatingPointIeee754<E>
    {
        var kernel = TileKernel<E>.Best;
        int width = kernel.Cols, height = kernel.Rows;
        for (long p = 0; p < panels; p++)
        {
            for (long i = 0; i < m; i += height)
                kernel.Strided(Math.Min(height, m - i), k, a + i * rsA, rsA, csA, b + p * depth * width, width, alpha, beta, c + i * ldc + p * width, ldc);
        }
    }
}
