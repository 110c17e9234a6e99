using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Products too small, or too flat, to repay packing: tiles read A and B where they lie. Needs contiguous rows of B.</summary>
internal static unsafe class GemmDirect<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const long WorkGrain = 1 << 17;

    public static void Run(TileKernel<T> kernel, in GemmArgs<T> g)
    {
        // A single narrow strip of B is padded to full width once.
        if (g.N < kernel.Cols)
        {
            var right = Scratch.Rent<T>(Scratch.Slot.Right, g.K * kernel.Cols);
            Pack.Panel(g.B, 1, g.RsB, g.N, g.K, right, kernel.Cols);
            var padded = g;
            padded.B = right;
            padded.RsB = kernel.Cols;
            Share(kernel, padded);
        }
        else
        {
            Share(kernel, g);
        }
    }

    private static void Share(TileKernel<T> kernel, in GemmArgs<T> g)
    {
        if (g.M * g.N * g.K < 2 * WorkGrain || CpuThreads.Count == 1) Tiles(kernel, g, 0, g.M, 0, g.N);
        else Parallel(kernel, g);
    }

    private static void Parallel(TileKernel<T> kernel, GemmArgs<T> g)
    {
        long mr = kernel.Rows, nr = kernel.Cols;
        long rowTiles = (g.M + mr - 1) / mr, colTiles = (g.N + nr - 1) / nr;
        if (colTiles >= rowTiles)
            CpuThreads.For(colTiles, Math.Max(1, WorkGrain / (g.M * g.K * nr)), (first, end) =>
                Tiles(kernel, g, 0, g.M, first * nr, Math.Min(g.N, end * nr)));
        else
            CpuThreads.For(rowTiles, Math.Max(1, WorkGrain / (g.N * g.K * mr)), (first, end) =>
                Tiles(kernel, g, first * mr, Math.Min(g.M, end * mr), 0, g.N));
    }

    [SkipLocalsInit]
    private static void Tiles(TileKernel<T> kernel, GemmArgs<T> g, long m0, long m1, long n0, long n1)
    {
        int mr = kernel.Rows, nr = kernel.Cols;
        var spare = stackalloc T[TileKernel<T>.MaxTile];
        for (long pc = 0; pc < g.K; pc += GemmPacked<T>.Depth)
        {
            var k = Math.Min(GemmPacked<T>.Depth, g.K - pc);
            if (pc > 0) g.Beta = T.One;
            for (var j = n0; j < n1; j += nr)
            {
                // The last strip slides left to stay inside B; columns already done are dropped.
                var fresh = Math.Min(nr, n1 - j);
                var start = g.N < nr ? 0 : Math.Min(j, g.N - nr);
                var b = g.B + pc * g.RsB + start;
                for (var i = m0; i < m1; i += mr)
                {
                    var rows = Math.Min(mr, m1 - i);
                    var a = g.A + i * g.RsA + pc * g.CsA;
                    if (fresh == nr && g.CsC == 1)
                    {
                        kernel.Strided(rows, k, a, g.RsA, g.CsA, b, g.RsB, g.Alpha, g.Beta, g.C + i * g.RsC + j, g.RsC);
                        continue;
                    }
                    kernel.Strided(rows, k, a, g.RsA, g.CsA, b, g.RsB, T.One, T.Zero, spare, nr);
                    for (long r = 0; r < rows; r++)
                        for (long s = 0; s < fresh; s++) g.Put(i + r, j + s, spare[r * nr + s + j - start]);
                }
            }
        }
    }
}
