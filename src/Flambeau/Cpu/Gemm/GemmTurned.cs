using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>
/// A product of few rows with a matrix whose columns run along k, as in a linear layer: Cᵀ = Bᵀ·Aᵀ is computed, so that the small
/// operand is packed and the large one read once where it lies; then Cᵀ is turned.
/// </summary>
internal static unsafe class GemmTurned<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // Entries of C that repay waking a thread.
    private const long Grain = 1 << 13;

    private const int Wide = 16, Tall = 16;

    /// <summary>Whether the entries that need no packing outweigh those of C, which are written twice.</summary>
    public static bool Pays(in GemmArgs<T> g) =>
        g.CsA == 1 && g.RsB == 1 && g.CsC == 1 && (g.N - g.M) * g.K > 2 * g.M * g.N;

    public static void Run(TileKernel<T> kernel, GemmArgs<T> g)
    {
        var turned = g.Transposed();
        turned.C = Scratch.Rent<T>(Scratch.Slot.Turned, g.M * g.N);
        (turned.RsC, turned.CsC, turned.Alpha, turned.Beta) = (g.M, 1, T.One, T.Zero);
        GemmPacked<T>.Run(kernel, turned);
        var sums = turned.C;
        CpuThreads.For((g.N + Wide - 1) / Wide, Math.Max(1, Grain / (g.M * Wide)), (first, end) => Turn(g, sums, first * Wide, Math.Min(g.N, end * Wide)));
    }

    [SkipLocalsInit]
    private static void Turn(in GemmArgs<T> g, T* sums, long first, long end)
    {
        var block = stackalloc T[Tall * Wide];
        for (var j = first; j < end; j += Wide)
        {
            var cols = Math.Min(Wide, end - j);
            for (long i = 0; i < g.M; i += Tall)
            {
                var rows = Math.Min(Tall, g.M - i);
                Pack.Panel(sums + j * g.M + i, g.M, 1, cols, rows, block, Wide);
                g.Put(i, j, rows, cols, block, Wide);
            }
        }
    }
}
