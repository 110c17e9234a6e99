using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>
/// A product of few rows with a matrix whose columns run along k, as in a linear layer: Cᵀ = Bᵀ·Aᵀ is computed, so that the small
/// operand is packed and the large one read once where it lies. Threads meet once, when the panels are ready; each turns its part of Cᵀ.
/// </summary>
internal static unsafe class GemmTurned<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // Entries of the packed operand, which every thread reads from the last-level cache.
    private const long Most = 1 << 19;

    // Entries and multiply-adds that repay waking a thread.
    private const long PackGrain = 1 << 14, WorkGrain = 1 << 17;

    private const int Wide = 16, Tall = 16;

    /// <summary>Whether the entries that need no packing outweigh those of C, which are written twice.</summary>
    public static bool Pays(in GemmArgs<T> g) =>
        g.CsA == 1 && g.RsB == 1 && g.CsC == 1 && (g.N - g.M) * g.K > 2 * g.M * g.N && g.M * g.K <= Most;

    public static void Run(TileKernel<T> kernel, GemmArgs<T> g)
    {
        int mr = kernel.Rows, nr = kernel.Cols;
        long depth = GemmPacked<T>.Even(g.K, GemmPacked<T>.Depth, 4), panels = (g.M + nr - 1) / nr, rowPanels = (g.N + mr - 1) / mr;
        var packed = Scratch.Rent<T>(Scratch.Slot.Right, panels * nr * g.K);
        CpuThreads.For((g.K + depth - 1) / depth * panels, Math.Max(1, PackGrain / (nr * depth)), (first, end) =>
        {
            for (var i = first; i < end; i++)
            {
                long pc = i / panels * depth, j = i % panels, k = Math.Min(depth, g.K - pc);
                Pack.Panels(g.A + pc, g.RsA, 1, g.M, k, packed + pc * panels * nr, nr, j, j + 1);
            }
        });
        var rows = GemmPacked<T>.Even(rowPanels, GemmPacked<T>.TaskRows / mr, 1);
        if (CpuThreads.Count > 1)
        {
            var tasks = Math.Clamp(g.M * g.N * g.K / WorkGrain, 1, 8 * CpuThreads.Count);
            rows = Math.Min(rows, GemmPacked<T>.Even(rowPanels, Math.Max(1, rowPanels / tasks), 1));
        }
        CpuThreads.Each((rowPanels + rows - 1) / rows, t => Block(kernel, g, depth, packed, t * rows * mr, Math.Min(g.N, (t + 1) * rows * mr)));
    }

    /// <summary>Rows [first, end) of Cᵀ.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(TileKernel<T> kernel, in GemmArgs<T> g, long depth, T* packed, long first, long end)
    {
        long mr = kernel.Rows, nr = kernel.Cols, stride = (g.M + nr - 1) / nr * nr;
        var sums = Scratch.Rent<T>(Scratch.Slot.Turned, (end - first) * stride);
        for (long pc = 0; pc < g.K; pc += depth)
        {
            var k = Math.Min(depth, g.K - pc);
            for (long j = 0; j < stride; j += nr)
                for (var i = first; i < end; i += mr)
                    kernel.Strided(Math.Min(mr, end - i), k, g.B + i * g.CsB + pc, g.CsB, 1, packed + pc * stride + j * k, nr, T.One, pc > 0 ? T.One : T.Zero,
                        sums + (i - first) * stride + j, stride);
        }
        var block = stackalloc T[Tall * Wide];
        for (var j = first; j < end; j += Wide)
        {
            var cols = Math.Min(Wide, end - j);
            for (long i = 0; i < g.M; i += Tall)
            {
                var tall = Math.Min(Tall, g.M - i);
                Pack.Panel(sums + (j - first) * stride + i, stride, 1, cols, tall, block, Wide);
                g.Put(i, j, tall, cols, block, Wide);
            }
        }
    }
}
