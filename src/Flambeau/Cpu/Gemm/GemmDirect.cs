using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Products too small, or too flat, to repay packing: tiles read A, and B if its rows are contiguous, where they lie.</summary>
internal static unsafe class GemmDirect<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const long WorkGrain = 1 << 17;

    public static void Run(TileKernel<T> kernel, in GemmArgs<T> g)
    {
        if (g.CsB == 1 && g.N >= kernel.Cols)
        {
            Share(kernel, g, inPlace: true);
            return;
        }
        var panels = (g.N + kernel.Cols - 1) / kernel.Cols;
        var packed = g;
        packed.B = Scratch.Rent<T>(Scratch.Slot.Right, g.K * kernel.Cols * panels);
        packed.RsB = kernel.Cols;
        Pack.Panels(g.B, g.CsB, g.RsB, g.N, g.K, packed.B, kernel.Cols, 0, panels);
        Share(kernel, packed, inPlace: false);
    }

    private static void Share(TileKernel<T> kernel, in GemmArgs<T> g, bool inPlace)
    {
        if (g.M * g.N * g.K < 2 * WorkGrain || CpuThreads.Count == 1) Tiles(kernel, g, inPlace, 0, g.M, 0, g.N);
        else Parallel(kernel, g, inPlace);
    }

    private static void Parallel(TileKernel<T> kernel, GemmArgs<T> g, bool inPlace)
    {
        long mr = kernel.Rows, nr = kernel.Cols;
        long rowTiles = (g.M + mr - 1) / mr, colTiles = (g.N + nr - 1) / nr;
        if (colTiles >= rowTiles)
            CpuThreads.For(colTiles, Math.Max(1, WorkGrain / (g.M * g.K * nr)), (first, end) =>
                Tiles(kernel, g, inPlace, 0, g.M, first * nr, Math.Min(g.N, end * nr)));
        else
            CpuThreads.For(rowTiles, Math.Max(1, WorkGrain / (g.N * g.K * mr)), (first, end) =>
                Tiles(kernel, g, inPlace, first * mr, Math.Min(g.M, end * mr), 0, g.N));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles(TileKernel<T> kernel, GemmArgs<T> g, bool inPlace, long m0, long m1, long n0, long n1)
    {
        int mr = kernel.Rows, nr = kernel.Cols;
        var spare = stackalloc T[TileKernel<T>.MaxTile];
        for (long pc = 0; pc < g.K; pc += GemmPacked<T>.Depth)
        {
            var k = Math.Min(GemmPacked<T>.Depth, g.K - pc);
            if (pc > 0) g.Beta = T.One;
            for (var j = n0; j < n1; j += nr)
            {
                // In place, the last strip slides left to stay inside B, and columns already done are dropped.
                var fresh = Math.Min(nr, n1 - j);
                var start = inPlace ? Math.Min(j, g.N - nr) : j;
                var b = inPlace ? g.B + pc * g.RsB + start : g.B + j * g.K + pc * nr;
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
                    g.Put(i, j, rows, fresh, spare + (j - start), nr);
                }
            }
        }
    }
}
