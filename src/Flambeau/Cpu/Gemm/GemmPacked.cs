using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>
/// The large product: slabs of B, and of A unless it is read in place, are packed into panels, then tasks of rows × columns run register tiles over them.
/// Only m and n are shared out among threads, so each entry of C is one fixed sequence of operations.
/// </summary>
internal static unsafe class GemmPacked<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Depth of a panel: one of B fits the first-level cache.</summary>
    public const long Depth = 256;

    /// <summary>Rows of a task: its packed part of A fits the second-level cache.</summary>
    public const long TaskRows = 144;

    private const long SlabRows = 3072, SlabCols = 3072;

    // Rows of A that run along k are read in place, unless each is on a page of its own and is read again for many columns.
    private const long FewCols = 384, Page = 4096;

    // Entries and multiply-adds that repay waking a thread.
    private const long PackGrain = 1 << 14, WorkGrain = 1 << 18;

    public static void Run(TileKernel<T> kernel, in GemmArgs<T> g)
    {
        var depth = Even(g.K, Depth, 4);
        var packA = g.CsA != 1 || (g.N > FewCols && g.RsA * sizeof(T) >= Page);
        for (long jc = 0; jc < g.N; jc += SlabCols)
        {
            var n = Math.Min(SlabCols, g.N - jc);
            for (long pc = 0; pc < g.K; pc += depth)
            {
                var k = Math.Min(depth, g.K - pc);
                for (long ic = 0; ic < g.M; ic += SlabRows)
                {
                    var part = g;
                    part.M = Math.Min(SlabRows, g.M - ic);
                    part.N = n;
                    part.K = k;
                    part.A += ic * g.RsA + pc * g.CsA;
                    part.B += pc * g.RsB + jc * g.CsB;
                    part.C += ic * g.RsC + jc * g.CsC;
                    if (pc > 0) part.Beta = T.One;
                    Slab(kernel, part, packA, packB: ic == 0);
                }
            }
        }
    }

    /// <summary>Cuts <paramref name="n"/> into equal steps of at most <paramref name="most"/>, a multiple of <paramref name="unit"/>.</summary>
    public static long Even(long n, long most, long unit)
    {
        var step = Ceil(n, Ceil(n, most));
        return Ceil(step, unit) * unit;
    }

    private static long Ceil(long a, long b) => (a + b - 1) / b;

    private static void Slab(TileKernel<T> kernel, GemmArgs<T> g, bool packA, bool packB)
    {
        int mr = kernel.Rows, nr = kernel.Cols;
        long rowPanels = Ceil(g.M, mr), colPanels = Ceil(g.N, nr);
        var left = packA ? Scratch.Rent<T>(Scratch.Slot.Left, rowPanels * mr * g.K) : null;
        var right = Scratch.Rent<T>(Scratch.Slot.Right, Math.Min(SlabCols + nr, colPanels * nr) * g.K);

        long rightPanels = packB ? colPanels : 0, leftPanels = packA ? rowPanels : 0;
        CpuThreads.For(rightPanels + leftPanels, Math.Max(1, PackGrain / (nr * g.K)), (first, end) =>
        {
            Pack.Panels(g.B, g.CsB, g.RsB, g.N, g.K, right, nr, first, Math.Min(end, rightPanels));
            Pack.Panels(g.A, g.RsA, g.CsA, g.M, g.K, left, mr, Math.Max(0, first - rightPanels), end - rightPanels);
        });

        var work = g.M * g.N * g.K;
        var rows = Even(rowPanels, Math.Max(1, TaskRows / mr), 1);
        var cols = colPanels;
        if (work > 2 * WorkGrain && CpuThreads.Count > 1)
        {
            var tasks = Math.Min(8 * CpuThreads.Count, Ceil(work, WorkGrain));
            cols = Even(colPanels, Math.Max(4, Ceil(colPanels * Ceil(rowPanels, rows), tasks)), 1);
            if (Ceil(rowPanels, rows) * Ceil(colPanels, cols) < tasks) rows = Even(rowPanels, Math.Max(2, Ceil(rowPanels * Ceil(colPanels, cols), tasks)), 1);
            var across = Ceil(colPanels, cols);
            CpuThreads.Each(Ceil(rowPanels, rows) * across, t => Block(kernel, g, left, right,
                t / across * rows, Math.Min(rowPanels, (t / across + 1) * rows), t % across * cols, Math.Min(colPanels, (t % across + 1) * cols)));
            return;
        }
        for (long i = 0; i < rowPanels; i += rows)
            Block(kernel, g, left, right, i, Math.Min(rowPanels, i + rows), 0, colPanels);
    }

    /// <summary>The tiles of panels [i0, i1) of A by [j0, j1) of B: a panel of B stays in cache while those of A pass.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(TileKernel<T> kernel, GemmArgs<T> g, T* left, T* right, long i0, long i1, long j0, long j1)
    {
        int mr = kernel.Rows, nr = kernel.Cols;
        var spare = stackalloc T[TileKernel<T>.MaxTile];
        for (var j = j0; j < j1; j++)
        {
            var cols = Math.Min(nr, g.N - j * nr);
            for (var i = i0; i < i1; i++)
            {
                var rows = Math.Min(mr, g.M - i * mr);
                var whole = cols == nr && g.CsC == 1;
                T* b = right + j * nr * g.K, c = whole ? g.C + i * mr * g.RsC + j * nr : spare;
                T alpha = whole ? g.Alpha : T.One, beta = whole ? g.Beta : T.Zero;
                var ldc = whole ? g.RsC : nr;
                if (left == null) kernel.Strided(rows, g.K, g.A + i * mr * g.RsA, g.RsA, 1, b, nr, alpha, beta, c, ldc);
                else kernel.Packed(rows, g.K, left + i * mr * g.K, b, nr, alpha, beta, c, ldc);
                if (!whole) g.Put(i * mr, j * nr, rows, cols, spare, nr);
            }
        }
    }
}
