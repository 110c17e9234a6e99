using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Convolutions in blocked order: nothing is packed while they run, results leave the registers finished.</summary>
internal static unsafe class BlockedConv
{
    /// <summary>Channels that lie side by side: those of the widest register.</summary>
    internal static int Block => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>y = epilogue(conv(x, w) + bias + residual); bias [⌈Cout / B⌉ · B] and residual (as y) may be null.</summary>
    /// <param name="s">Sizes.</param>
    /// <param name="x">The image: blocked, or plain if <paramref name="plain"/>.</param>
    /// <param name="w">Weights: [out blocks, in blocks, taps, B, B], or of a plain image [out blocks, Kh, Kw · Cin, B].</param>
    /// <param name="bias">Bias.</param>
    /// <param name="residual">Added before the epilogue.</param>
    /// <param name="y">The result, blocked.</param>
    /// <param name="epilogue">The end.</param>
    /// <param name="plain">The image has few channels, in plain order; the window's columns are not dilated.</param>
    internal static void Run(in BlockedShape s, float* x, float* w, float* bias, float* residual, float* y, Epilogue epilogue, bool plain = false)
    {
        if (s.N * s.OutH * s.OutW == 0 || s.Cout == 0) return;
        if (s.Block == 16) new Work<Vector512<float>, Simd512<float>>(s, x, w, bias, residual, y, epilogue, plain).Run();
        else if (s.Block == 8) new Work<Vector256<float>, Simd256<float>>(s, x, w, bias, residual, y, epilogue, plain).Run();
        else new Work<Vector128<float>, Simd128<float>>(s, x, w, bias, residual, y, epilogue, plain).Run();
    }

    sealed class Work<V, S> where V : struct where S : struct, ISimd<float, V>
    {
        const int Pixels = BlockedSource.Pixels, Group = 24;

        /// <summary>Weights of one run stay in the first-level cache while a group of tiles uses them.</summary>
        const long RunBytes = 20 << 10;

        readonly BlockedTile<V, S>.Job job;
        readonly float* weights, bias, result, residual;
        readonly long* origins, targets;
        readonly long outBlocks, inBlocks, lastChannels, perBlock, tiles, group, work;

        internal Work(BlockedShape s, float* x, float* w, float* bias, float* residual, float* y, Epilogue epilogue, bool plain)
        {
            var source = plain ? BlockedSource.Interleaved(s, x) : BlockedSource.Blocked(s, x);
            var plane = s.OutH * s.OutW * s.Block;
            source.Table(s, s.N, plain ? source.Plane : s.InBlocks * source.Plane, s.OutBlocks * plane, plain);
            weights = w;
            this.bias = bias;
            this.residual = residual;
            result = y;
            origins = source.Origins;
            targets = source.Targets;
            (outBlocks, inBlocks) = (s.OutBlocks, plain ? 1 : s.InBlocks);
            tiles = (s.N * s.OutH * s.OutW + Pixels - 1) / Pixels;
            job = new()
            {
                X = source.Data, SourceBlock = source.Plane, Taps = source.Taps, TapCount = plain ? s.KernelH : s.Taps, Channels = plain ? s.KernelW * s.Cin : s.Block, ResultBlock = plane, Epilogue = epilogue,
            };
            lastChannels = plain ? job.Channels : s.Cin - (inBlocks - 1) * s.Block;
            perBlock = job.TapCount * job.Channels * s.Block;
            job.WeightBlock = inBlocks * perBlock;
            // Few large parts would leave threads idle at the end.
            var pairs = (outBlocks + 1) / 2;
            var parts = Math.Max((tiles + Group - 1) / Group, Math.Min(tiles, (4 * CpuThreads.Count + pairs - 1) / pairs));
            group = (tiles + parts - 1) / parts;
            work = 2 * Math.Min(tiles, group) * Pixels * 2 * inBlocks * perBlock;
        }

        internal void Run()
        {
            var groups = (tiles + group - 1) / group;
            CpuThreads.For((outBlocks + 1) / 2 * groups, Math.Max(1, 150_000 / work), (from, to) =>
            {
                for (var i = from; i < to; i++) Tiles(i / groups, i % groups * group, Math.Min(tiles, (i % groups + 1) * group));
            });
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Tiles(long pair, long first, long last)
        {
            var two = 2 * pair + 1 < outBlocks;
            var j = job;
            var size = (two ? 2 : 1) * Pixels * S.Count;
            var run = Math.Max(1, RunBytes / sizeof(float) / (2 * perBlock));
            j.Bias = bias == null ? null : bias + 2 * pair * S.Count;
            j.Y = result + 2 * pair * j.ResultBlock;
            j.Residual = residual == null ? null : residual + 2 * pair * j.ResultBlock;
            float* acc = stackalloc float[run >= inBlocks ? 1 : (int)(last - first) * size];
            for (long block = 0; block < inBlocks; block += run)
            {
                j.Blocks = Math.Min(run, inBlocks - block);
                (j.First, j.Last) = (block == 0, block + run >= inBlocks);
                j.LastChannels = j.Last ? lastChannels : j.Channels;
                j.W = weights + 2 * pair * j.WeightBlock + block * perBlock;
                j.X = job.X + block * j.SourceBlock;
                for (var t = first; t < last; t++)
                {
                    j.Origins = origins + t * Pixels;
                    j.Targets = targets + t * Pixels;
                    if (two) BlockedTile<V, S>.Two(j, acc + (t - first) * size);
                    else BlockedTile<V, S>.One(j, acc + (t - first) * size);
                }
            }
        }
    }
}
