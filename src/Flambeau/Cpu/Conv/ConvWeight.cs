using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>
/// The gradient of the weights, dw[co, k] = Σ over positions of dy[co, position] · source[position + offsets[k]]. The sum is
/// cut into pieces fixed by the shape, each into its own partial result; these are added in order at the end.
/// </summary>
internal sealed unsafe class ConvWeight<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const long Tasks = 64, PartialBytes = 32 << 20;
    private const int Chunk = 256;

    private readonly ConvShape s;
    private readonly ConvSource source;
    private readonly ConvGrid grid;
    private readonly TileKernel<T> kernel = TileKernel<T>.Best;
    private readonly long* offsets;
    private readonly long rows, depth, volume, pieces, rowStep, colStep;

    public ConvWeight(in ConvShape shape, in ConvSource source, ConvGrid grid, long images, long* offsets)
    {
        (s, this.source, this.grid) = (shape, source, grid);
        this.offsets = offsets;
        (rows, depth, volume) = (s.CoutGroup, s.CinGroup * grid.Taps.Length, grid.Size.Volume);
        rowStep = GemmPacked<T>.Even(rows, GemmPacked<T>.TaskRows, kernel.Rows);
        colStep = GemmPacked<T>.Even(depth, 192, kernel.Cols);
        var tiles = s.Groups * Ceil(rows, rowStep) * Ceil(depth, colStep);
        pieces = Math.Clamp(Tasks / tiles, 1, Math.Max(1, Ceil(images * volume, Chunk) / 4));
        pieces = Math.Clamp(PartialBytes / (s.Cout * depth * sizeof(T)), 1, pieces);
    }

    private static long Ceil(long a, long b) => (a + b - 1) / b;

    /// <summary>Adds a round of images to the partial results, or starts them.</summary>
    public void Add(T* from, T* dy, long images, T* dw, bool start)
    {
        var to = pieces == 1 ? dw : Scratch.Rent<T>(Scratch.Slot.Partial, pieces * s.Cout * depth);
        long down = Ceil(rows, rowStep), across = Ceil(depth, colStep), chunks = Ceil(images * volume, Chunk);
        CpuThreads.Each(pieces * s.Groups * down * across, task =>
        {
            long piece = task / across / down / s.Groups, group = task / across / down % s.Groups;
            long row = task / across % down * rowStep, col = task % across * colStep;
            Piece(from + group * s.CinGroup * source.Channel, dy + (group * rows + row) * volume, images,
                chunks * piece / pieces, chunks * (piece + 1) / pieces, Math.Min(rowStep, rows - row), offsets + col, Math.Min(colStep, depth - col),
                to + (piece * s.Cout + group * rows + row) * depth + col, start);
        });
    }

    /// <summary>Adds up the partial results.</summary>
    public void Finish(T* dw)
    {
        if (pieces == 1) return;
        var size = s.Cout * depth;
        var from = Scratch.Rent<T>(Scratch.Slot.Partial, pieces * size);
        CpuThreads.For(size, Math.Max(64, (1 << 15) / pieces), (first, end) =>
        {
            var sum = new Span<T>(dw + first, (int)(end - first));
            new ReadOnlySpan<T>(from + first, sum.Length).CopyTo(sum);
            for (long p = 1; p < pieces; p++)
            {
                var part = from + p * size + first;
                for (var i = 0; i < sum.Length; i++) sum[i] += part[i];
            }
        });
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Piece(T* from, T* dy, long images, long first, long end, long m, long* columns, long n, T* to, bool start)
    {
        int mr = kernel.Rows, nr = kernel.Cols;
        var left = Scratch.Rent<T>(Scratch.Slot.Left, Ceil(m, mr) * mr * Chunk);
        var right = Scratch.Rent<T>(Scratch.Slot.Right, Ceil(n, nr) * nr * Chunk);
        var spare = stackalloc T[TileKernel<T>.MaxTile];
        var lines = stackalloc long[(int)Math.Max(mr, 1)];
        for (var i = 0; i < mr; i++) lines[i] = i * volume;
        var runs = stackalloc Run[Chunk];
        for (var chunk = first; chunk < end; chunk++)
        {
            var k = (int)Math.Min(Chunk, images * volume - chunk * Chunk);
            var count = Runs(chunk * Chunk, k, runs);
            for (long i = 0; i < m; i += mr)
                for (var r = 0; r < count; r++)
                    Gather(dy + i * volume + runs[r].To, lines, (int)Math.Min(mr, m - i), runs[r].Length, left + i * k + runs[r].Begin * mr, mr);
            for (long j = 0; j < n; j += nr)
                for (var r = 0; r < count; r++)
                    Gather(from + runs[r].From, columns + j, (int)Math.Min(nr, n - j), runs[r].Length, right + j * k + runs[r].Begin * nr, nr);

            var beta = start && chunk == first ? T.Zero : T.One;
            for (long j = 0; j < n; j += nr)
                for (long i = 0; i < m; i += mr)
                {
                    long high = Math.Min(mr, m - i), wide = Math.Min(nr, n - j);
                    var c = to + i * depth + j;
                    if (wide == nr)
                    {
                        kernel.Packed(high, k, left + i * k, right + j * k, nr, T.One, beta, c, depth);
                        continue;
                    }
                    kernel.Packed(high, k, left + i * k, right + j * k, nr, T.One, T.Zero, spare, nr);
                    for (long r = 0; r < high; r++)
                        for (long q = 0; q < wide; q++) c[r * depth + q] = beta == T.Zero ? spare[r * nr + q] : c[r * depth + q] + spare[r * nr + q];
                }
        }
    }

    /// <summary>A stretch of positions, side by side in the source and in dy.</summary>
    private struct Run
    {
        public long From, To, Begin, Length;
    }

    private int Runs(long position, int count, Run* runs)
    {
        long a = grid.Size[0], b = grid.Size[1], c = grid.Size[2];
        var found = 0;
        for (long done = 0; done < count;)
        {
            var p = position + done;
            long x = p % c, y = p / c % b, z = p / c / b % a, image = p / volume;
            runs[found] = new Run
            {
                From = image * source.Image + z * grid.From[0] + y * grid.From[1] + x,
                To = image * s.Cout * volume + p % volume,
                Begin = done,
                Length = Math.Min(c - x, count - done),
            };
            done += runs[found++].Length;
        }
        return found;
    }

    /// <summary>Entries of several lines, side by side along k, into the columns of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(T* from, long* lines, int count, long k, T* panel, int width)
    {
        if (sizeof(T) == 4 && count >= 4)
        {
            for (var i = 0; i < count; i += 4)
            {
                var at = Math.Min(i, count - 4);
                Pack.Four((float*)(from + lines[at]), (float*)(from + lines[at + 1]), (float*)(from + lines[at + 2]), (float*)(from + lines[at + 3]),
                    k, (float*)(panel + at), width);
            }
        }
        else if (sizeof(T) == 8 && count >= 2)
        {
            for (var i = 0; i < count; i += 2)
            {
                var at = Math.Min(i, count - 2);
                Pack.Two((double*)(from + lines[at]), (double*)(from + lines[at + 1]), k, (double*)(panel + at), width);
            }
        }
        else
        {
            for (long p = 0; p < k; p++)
                for (var i = 0; i < count; i++) panel[p * width + i] = from[lines[i] + p];
        }
    }
}
