using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>One input channel a group: each output channel's taps are dot products along rows, nothing packed.</summary>
    public void AddThin(T* from, T* dy, long images, T* dw, bool start)
    {
        var grain = Math.Max(1, (1 << 15) / Math.Max(1, images * volume * depth));
        CpuThreads.For(s.Cout, grain, (first, end) =>
        {
            for (var c = first; c < end; c++)
            {
                T* x = from + c / rows * source.Channel, g = dy + c * volume, to = dw + c * depth;
                if (Vector512.IsHardwareAccelerated) Channel<Vector512<T>, Simd512<T>>(x, g, images, to, start);
                else if (Vector256.IsHardwareAccelerated) Channel<Vector256<T>, Simd256<T>>(x, g, images, to, start);
                else if (Vector128.IsHardwareAccelerated) Channel<Vector128<T>, Simd128<T>>(x, g, images, to, start);
                else Channel<T, SimdScalar<T>>(x, g, images, to, start);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Channel<V, S>(T* x, T* dy, long images, T* to, bool start) where V : struct where S : struct, ISimd<T, V>
    {
        // Per tap one vector of sums, and one sum of the entries that fill no vector.
        var sums = Scratch.Rent<T>(Scratch.Slot.Right, depth * (S.Count + 1));
        new Span<T>(sums, (int)(depth * (S.Count + 1))).Clear();
        var tails = sums + depth * S.Count;
        for (long image = 0; image < images; image++)
            for (long z = 0; z < grid.Size[0]; z++)
                for (long y = 0; y < grid.Size[1]; y++)
                {
                    var line = x + image * source.Image + z * grid.From[0] + y * grid.From[1];
                    var g = dy + image * s.Cout * volume + z * grid.To[0] + y * grid.To[1];
                    var whole = grid.Size[2] - grid.Size[2] % S.Count;
                    for (long t = 0; t < depth; t += 4) Taps<V, S>(whole, g, line, offsets + t, Math.Min(4, depth - t), sums + t * S.Count);
                    for (var i = whole; i < grid.Size[2]; i++)
                        for (long t = 0; t < depth; t++) tails[t] = T.MultiplyAddEstimate(g[i], line[i + offsets[t]], tails[t]);
                }
        for (long t = 0; t < depth; t++)
        {
            var sum = S.Sum(S.Load(sums + t * S.Count)) + tails[t];
            to[t] = start ? sum : to[t] + sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Taps<V, S>(long n, T* dy, T* line, long* offsets, long taps, T* sums) where V : struct where S : struct, ISimd<T, V>
    {
        // Missing taps repeat the last one, and their sums are dropped.
        T* x0 = line + offsets[0], x1 = line + offsets[Math.Min(1, taps - 1)], x2 = line + offsets[Math.Min(2, taps - 1)], x3 = line + offsets[taps - 1];
        V s0 = S.Load(sums), s1 = S.Load(sums + S.Count), s2 = S.Load(sums + 2 * S.Count), s3 = S.Load(sums + 3 * S.Count);
        for (long i = 0; i < n; i += S.Count)
        {
            var g = S.Load(dy + i);
            s0 = S.Fma(g, S.Load(x0 + i), s0);
            s1 = S.Fma(g, S.Load(x1 + i), s1);
            s2 = S.Fma(g, S.Load(x2 + i), s2);
            s3 = S.Fma(g, S.Load(x3 + i), s3);
        }
        S.Store(sums, s0);
        if (taps > 1) S.Store(sums + S.Count, s1);
        if (taps > 2) S.Store(sums + 2 * S.Count, s2);
        if (taps > 3) S.Store(sums + 3 * S.Count, s3);
    }
}
