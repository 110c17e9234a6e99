using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace Flambeau.Cpu;

/// <summary>The tiles of a <see cref="Winograd"/> convolution: transformed, multiplied point by point, transformed back.</summary>
internal sealed unsafe class WinogradTiles<F, V, S> where F : struct, IWinogradForm where V : struct where S : struct, ISimd<float, V>
{
    const int Pixels = BlockedSource.Pixels;

    /// <summary>Matrices of a thread's own tiles stay in the second-level cache; where they can't, those of so many tiles that all threads share are made at once.</summary>
    const long OwnFloats = 112 << 10, SharedFloats = 4 << 20;

    readonly BlockedShape s;
    readonly float* x, u, bias, residual, y;
    readonly Epilogue epilogue;
    readonly bool plain;
    readonly long from, to, down, across, tiles;

    internal WinogradTiles(in BlockedShape s, float* x, float* u, float* bias, float* residual, float* y, Epilogue epilogue, bool plain = false)
    {
        this.s = s;
        this.x = x;
        this.u = u;
        this.bias = bias;
        this.residual = residual;
        this.y = y;
        this.epilogue = epilogue;
        this.plain = plain;
        (from, to) = (s.InBlocks * s.Block, s.OutBlocks * s.Block);
        (down, across) = ((s.OutH + F.Outputs - 1) / F.Outputs, (s.OutW + F.Outputs - 1) / F.Outputs);
        tiles = s.N * down * across;
    }

    /// <summary>Some tiles with their matrices, [point][tile][channel] and [point][out block][tile][lane], and the tables of the products' tile.</summary>
    struct Chunk
    {
        public long First, Count, PointIn, PointOut;
        public float* In, Out;
        public long* Origins, Targets, Tap;
    }

    static int Points => (F.Outputs + 2) * (F.Outputs + 2);

    internal void Run()
    {
        long most = OwnFloats / (Points * (from + to)) / Pixels * Pixels, threads = CpuThreads.Count;
        if (most < 2 * Pixels || (tiles + 2 * Pixels - 1) / (2 * Pixels) < threads)
        {
            Shared();
            return;
        }
        // Whole register tiles, shared out evenly.
        long size = most, least = long.MaxValue;
        for (var c = most; c >= 2 * Pixels; c -= Pixels)
        {
            var rounds = ((tiles + c - 1) / c + threads - 1) / threads * c;
            if (rounds < least) (size, least) = (c, rounds);
        }
        CpuThreads.Each((tiles + size - 1) / size, i =>
        {
            var chunk = Take(i * size, Math.Min(size, tiles - i * size));
            Input(chunk, 0, chunk.Count);
            Multiply(chunk, 0, Points * ((s.OutBlocks + 1) / 2));
            Output(chunk, 0, chunk.Count);
        });
    }

    void Shared()
    {
        var size = Math.Max(2 * Pixels, SharedFloats / (Points * (from + to)) / Pixels * Pixels);
        for (long first = 0; first < tiles; first += size)
        {
            var chunk = Take(first, Math.Min(size, tiles - first));
            var pairs = Points * ((s.OutBlocks + 1) / 2);
            CpuThreads.For(chunk.Count, Math.Max(1, 1024 / from), (a, b) => Input(chunk, a, b));
            CpuThreads.For(pairs, Math.Max(1, 150_000 / (from * 2 * s.Block * chunk.Count)), (a, b) => Multiply(chunk, a, b));
            CpuThreads.For(chunk.Count, Math.Max(1, 1024 / to), (a, b) => Output(chunk, a, b));
        }
    }

    Chunk Take(long first, long count)
    {
        // Not a power of two apart: the points of a tile would share a cache set.
        long padded = (count + Pixels - 1) / Pixels * Pixels, pointIn = count * from + 16, pointOut = count * to + 16;
        var origins = Scratch.Rent<long>(Scratch.Slot.Table, 2 * padded + 1);
        var chunk = new Chunk
        {
            First = first, Count = count, PointIn = pointIn, PointOut = pointOut, Origins = origins, Targets = origins + padded, Tap = origins + 2 * padded,
            In = Scratch.Rent<float>(Scratch.Slot.Right, Points * pointIn), Out = Scratch.Rent<float>(Scratch.Slot.Partial, Points * pointOut),
        };
        for (long t = 0; t < padded; t++) (chunk.Origins[t], chunk.Targets[t]) = (Math.Min(t, count - 1) * from, Math.Min(t, count - 1) * s.Block);
        *chunk.Tap = 0;
        return chunk;
    }

    /// <summary>Bᵀ d B.</summary>
    void Input(in Chunk chunk, long begin, long end) => Input(s, x, chunk.First, begin, end, chunk.In, from, chunk.PointIn);

    /// <summary>Bᵀ d B of tiles first + begin … first + end, to [point][tile][channel], tiles and points so far apart.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Input(in BlockedShape s, float* x, long first, long begin, long end, float* result, long tileStride, long pointStride)
    {
        long down = (s.OutH + F.Outputs - 1) / F.Outputs, across = (s.OutW + F.Outputs - 1) / F.Outputs;
        int n = F.Outputs + 2, m = F.Outputs, row = (int)(s.W * s.Block / 8), pixel = s.Block / 8;
        var point = (int)(pointStride / 8);
        var d = stackalloc Lane[36];
        var v = stackalloc Lane[36];
        for (var t = begin; t < end; t++)
        {
            var (r, q) = Math.DivRem(first + t, across);
            var (image, down0) = Math.DivRem(r, down);
            long top = down0 * m - s.PadH, left = q * m - s.PadW;
            var inside = top >= 0 && left >= 0 && top + n <= s.H && left + n <= s.W;
            var to = result + t * tileStride;
            for (long block = 0; block < s.InBlocks; block++)
                for (var half = 0; half < s.Block; half += 8, to += 8)
                {
                    var at = (Lane*)(x + (((image * s.InBlocks + block) * s.H + top) * s.W + left) * s.Block + half);
                    if (inside)
                    {
                        for (var j = 0; j < n; j++) F.Input(at + j * pixel, row, v + j, n);
                    }
                    else
                    {
                        for (var i = 0; i < n; i++)
                            for (var j = 0; j < n; j++)
                                d[i * n + j] = top + i < 0 || top + i >= s.H || left + j < 0 || left + j >= s.W ? default : at[i * row + j * pixel];
                        for (var j = 0; j < n; j++) F.Input(d + j, n, v + j, n);
                    }
                    for (var i = 0; i < n; i++) F.Input(v + i * n, 1, (Lane*)to + i * n * point, point);
                }
        }
    }

    /// <summary>Products over the channels, for each point a matrix of tiles by a matrix of weights: point after point, pairs of output blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Multiply(in Chunk chunk, long begin, long end)
    {
        long pairs = (s.OutBlocks + 1) / 2, weights = from * s.Block;
        var job = new BlockedTile<V, S>.Job
        {
            Taps = chunk.Tap, TapCount = 1, Blocks = 1, Channels = from, LastChannels = s.Cin, WeightBlock = weights, First = true, Last = true, ResultBlock = chunk.Count * s.Block,
        };
        for (var i = begin; i < end; i++)
        {
            var (point, pair) = Math.DivRem(i, pairs);
            job.X = chunk.In + point * chunk.PointIn;
            job.W = u + (point * s.OutBlocks + 2 * pair) * weights;
            job.Y = chunk.Out + point * chunk.PointOut + 2 * pair * job.ResultBlock;
            var two = 2 * pair + 1 < s.OutBlocks;
            for (long t = 0; t < chunk.Count; t += Pixels)
            {
                job.Origins = chunk.Origins + t;
                job.Targets = chunk.Targets + t;
                if (two) BlockedTile<V, S>.Two(job, null);
                else BlockedTile<V, S>.One(job, null);
            }
        }
    }

    /// <summary>Aᵀ p A, and the end.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Output(in Chunk chunk, long begin, long end)
    {
        int n = F.Outputs + 2, m = F.Outputs;
        var point = (int)(chunk.PointOut / 8);
        var p = stackalloc Lane[24];
        var o = stackalloc Lane[16];
        for (long block = 0; block < s.OutBlocks; block++)
            for (var half = 0; half < s.Block; half += 8)
            {
                var shift = bias == null ? Lane.Zero : Vector256.Load(bias + block * s.Block + half);
                for (var t = begin; t < end; t++)
                {
                    var (r, q) = Math.DivRem(chunk.First + t, across);
                    var (image, down0) = Math.DivRem(r, down);
                    var at = (Lane*)(chunk.Out + (block * chunk.Count + t) * s.Block + half);
                    for (var j = 0; j < n; j++) F.Output(at + j * point, n * point, p + j, n);
                    for (var i = 0; i < m; i++) F.Output(p + i * n, 1, o + i * m, 1);
                    long top = down0 * m, left = q * m, rows = Math.Min(m, s.OutH - top), columns = Math.Min(m, s.OutW - left);
                    if (plain)
                    {
                        Plain(image, block * s.Block + half, top, left, rows, columns, shift, o);
                        continue;
                    }
                    for (long i = 0; i < rows; i++)
                    {
                        var first = (((image * s.OutBlocks + block) * s.OutH + top + i) * s.OutW + left) * s.Block + half;
                        for (long j = 0; j < columns; j++, first += s.Block)
                        {
                            var value = o[i * m + j] + shift;
                            if (residual != null) value += Vector256.Load(residual + first);
                            BlockedEnd.Apply<Lane, Simd256<float>>(value, epilogue).Store(y + first);
                        }
                    }
                }
            }
    }

    /// <summary>A tile of eight channels to their planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Plain(long image, long channel, long top, long left, long rows, long columns, Lane shift, Lane* o)
    {
        var m = F.Outputs;
        long plane = s.OutH * s.OutW, channels = Math.Min(8, s.Cout - channel);
        for (long i = 0; i < rows; i++)
        {
            var to = y + (image * s.Cout + channel) * plane + (top + i) * s.OutW + left;
            for (long j = 0; j < m; j++) o[i * m + j] += shift;
            if (Avx.IsSupported && m == 4 && columns == 4 && channels == 8)
            {
                Lane a = o[4 * i], b = o[4 * i + 1], c = o[4 * i + 2], d = o[4 * i + 3];
                var (e, f, g, h) = (Avx.UnpackLow(a, b).AsDouble(), Avx.UnpackHigh(a, b).AsDouble(), Avx.UnpackLow(c, d).AsDouble(), Avx.UnpackHigh(c, d).AsDouble());
                Lane k = Avx.UnpackLow(e, g).AsSingle(), l = Avx.UnpackHigh(e, g).AsSingle(), p = Avx.UnpackLow(f, h).AsSingle(), q = Avx.UnpackHigh(f, h).AsSingle();
                k.GetLower().Store(to);
                l.GetLower().Store(to + plane);
                p.GetLower().Store(to + 2 * plane);
                q.GetLower().Store(to + 3 * plane);
                k.GetUpper().Store(to + 4 * plane);
                l.GetUpper().Store(to + 5 * plane);
                p.GetUpper().Store(to + 6 * plane);
                q.GetUpper().Store(to + 7 * plane);
                continue;
            }
            for (long c = 0; c < channels; c++)
                for (long j = 0; j < columns; j++) to[c * plane + j] = ((float*)(o + i * m + j))[c];
        }
    }
}
