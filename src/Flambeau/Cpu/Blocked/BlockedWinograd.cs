using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace Flambeau.Cpu;

/// <summary>
/// Convolutions of 3 × 3 with stride 1 in blocked order by Winograd's minimal filtering (see <see cref="IWinogradForm"/>): channels lie in the lanes of a vector, so tiles are transformed
/// without moving lanes, and the products over channels are those of a blocked 1 × 1 convolution. Each output is one fixed sequence of operations for every thread count.
/// A NaN or infinity spreads to the outputs of its tile.
/// </summary>
internal static unsafe class BlockedWinograd
{
    /// <summary>Tile outputs along an axis, 4 or 2, where that is well below a direct convolution's work; else 0.</summary>
    internal static int Choose(in BlockedShape s)
    {
        if (!Winograd.Enabled || s.Block % Vector256<float>.Count != 0 || s.KernelH != 3 || s.KernelW != 3 || s.StrideH != 1 || s.StrideW != 1 || s.DilationH != 1 || s.DilationW != 1) return 0;
        if (s.PadH > 2 || s.PadW > 2 || Math.Min(s.Cin, s.Cout) < 16) return 0;
        double four = Effort(s, 4), two = Effort(s, 2);
        return Math.Min(four, two) > 0.8 * 9 * Product(s, s.N * s.OutH * s.OutW) ? 0 : four <= two ? 4 : 2;
    }

    // In multiply-adds as a direct convolution does them: a tile's entry of a channel costs as much as 8, there and back.
    static double Effort(in BlockedShape s, int m)
    {
        double points = (m + 2) * (m + 2), tiles = s.N * ((s.OutH + m - 1) / m) * ((s.OutW + m - 1) / m);
        return points * (Product(s, tiles) + 8 * (s.Cin + s.Cout) * tiles);
    }

    // Tiles of six columns; each weight comes from a cache or from memory, which takes as long as 6 multiply-adds (measured in ResNet-18).
    static double Product(in BlockedShape s, double columns) => s.Cin * s.OutBlocks * s.Block * (Math.Ceiling(columns / 6) * 6 + 6);

    /// <summary>G g Gᵀ of all filters [Cout, Cin, 3, 3] as [points, out blocks, in blocks · B, B], of which entries beyond the channels are zeros already.</summary>
    internal static void Filters(int m, long cout, long cin, int block, float* w, float* u)
    {
        if (m == 4) Filters<Winograd4>(cout, cin, block, w, u);
        else Filters<Winograd2>(cout, cin, block, w, u);
    }

    static void Filters<F>(long cout, long cin, int block, float* w, float* u) where F : struct, IWinogradForm
    {
        long blocks = (cout + block - 1) / block, rows = (cin + block - 1) / block * block, eights = (cout + 7) / 8;
        CpuThreads.For(eights, Math.Max(1, 512 / Math.Max(1, cin)), (first, end) =>
        {
            int n = F.Outputs + 2, points = n * n;
            var g = stackalloc Lane[9];
            var t = stackalloc Lane[18];
            var v = stackalloc Lane[36];
            for (var o = first * 8; o < end * 8; o += 8)
                for (long c = 0; c < cin; c++)
                {
                    for (var k = 0; k < 9; k++)
                    {
                        var lanes = Lane.Zero;
                        for (var l = 0; l < Math.Min(8, cout - o); l++) lanes = lanes.WithElement(l, w[((o + l) * cin + c) * 9 + k]);
                        g[k] = lanes;
                    }
                    for (var k = 0; k < 3; k++) F.Filter(g + k, 3, t + k, 3);
                    for (var k = 0; k < n; k++) F.Filter(t + 3 * k, 1, v + n * k, 1);
                    var to = u + (o / block * rows + c) * block + o % block;
                    for (var k = 0; k < points; k++) v[k].Store(to + k * blocks * rows * block);
                }
        });
    }

    /// <summary>y = epilogue(conv(x, w) + bias + residual), the weights given by <see cref="Filters(int, long, long, int, float*, float*)"/>; bias and residual may be null.</summary>
    internal static void Run(int m, in BlockedShape s, float* x, float* u, float* bias, float* residual, float* y, Epilogue epilogue)
    {
        if (s.N * s.OutH * s.OutW == 0 || s.Cout == 0) return;
        if (s.Block == 16) Run<Vector512<float>, Simd512<float>>(m, s, x, u, bias, residual, y, epilogue);
        else Run<Vector256<float>, Simd256<float>>(m, s, x, u, bias, residual, y, epilogue);
    }

    static void Run<V, S>(int m, in BlockedShape s, float* x, float* u, float* bias, float* residual, float* y, Epilogue epilogue) where V : struct where S : struct, ISimd<float, V>
    {
        if (m == 4) new Work<Winograd4, V, S>(s, x, u, bias, residual, y, epilogue).Run();
        else new Work<Winograd2, V, S>(s, x, u, bias, residual, y, epilogue).Run();
    }

    sealed class Work<F, V, S> where F : struct, IWinogradForm where V : struct where S : struct, ISimd<float, V>
    {
        const int Pixels = BlockedSource.Pixels;

        /// <summary>Matrices of a thread's own tiles stay in the second-level cache; where they can't, those of so many tiles that all threads share are made at once.</summary>
        const long OwnFloats = 112 << 10, SharedFloats = 4 << 20;

        readonly BlockedShape s;
        readonly float* x, u, bias, residual, y;
        readonly Epilogue epilogue;
        readonly long from, to, down, across, tiles;

        internal Work(in BlockedShape s, float* x, float* u, float* bias, float* residual, float* y, Epilogue epilogue)
        {
            this.s = s;
            this.x = x;
            this.u = u;
            this.bias = bias;
            this.residual = residual;
            this.y = y;
            this.epilogue = epilogue;
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
                In = Scratch.Rent<float>(Scratch.Slot.Right, Points * pointIn), Out = Scratch.Rent<float>(Scratch.Slot.Left, Points * pointOut),
            };
            for (long t = 0; t < padded; t++) (chunk.Origins[t], chunk.Targets[t]) = (Math.Min(t, count - 1) * from, Math.Min(t, count - 1) * s.Block);
            *chunk.Tap = 0;
            return chunk;
        }

        /// <summary>Bᵀ d B.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Input(in Chunk chunk, long begin, long end)
        {
            int n = F.Outputs + 2, m = F.Outputs, row = (int)(s.W * s.Block / 8), pixel = s.Block / 8;
            var point = (int)(chunk.PointIn / 8);
            var d = stackalloc Lane[36];
            var v = stackalloc Lane[36];
            for (var t = begin; t < end; t++)
            {
                var (r, q) = Math.DivRem(chunk.First + t, across);
                var (image, down0) = Math.DivRem(r, down);
                long top = down0 * m - s.PadH, left = q * m - s.PadW;
                var inside = top >= 0 && left >= 0 && top + n <= s.H && left + n <= s.W;
                var to = chunk.In + t * from;
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
    }
}
