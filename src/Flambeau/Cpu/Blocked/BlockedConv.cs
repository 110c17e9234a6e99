using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Convolutions in blocked order: nothing is packed while they run, results leave the registers finished.</summary>
internal static unsafe class BlockedConv
{
    /// <summary>Channels that lie side by side: those of the widest register.</summary>
    internal static int Block => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>y = epilogue(conv(x, w) + bias + residual); bias [⌈Cout / B⌉ · B] and residual (as y) may be null.</summary>
    internal static void Run(in BlockedShape s, float* x, float* w, float* bias, float* residual, float* y, Epilogue epilogue)
    {
        if (s.Block == 16) new Work<Vector512<float>, Simd512<float>>(s, w, bias, residual, y, epilogue).Run(x);
        else if (s.Block == 8) new Work<Vector256<float>, Simd256<float>>(s, w, bias, residual, y, epilogue).Run(x);
        else new Work<Vector128<float>, Simd128<float>>(s, w, bias, residual, y, epilogue).Run(x);
    }

    sealed class Work<V, S>(BlockedShape s, float* w, float* bias, float* residual, float* y, Epilogue epilogue) where V : struct where S : struct, ISimd<float, V>
    {
        const int Pixels = BlockedTile<V, S>.Pixels, Group = 24;

        /// <summary>Weights of one run stay in the first-level cache while a group of tiles uses them.</summary>
        const long RunBytes = 20 << 10;

        readonly long pairs = (s.OutBlocks + 1) / 2, pixels = s.N * s.OutH * s.OutW;
        long* origins = null, targets = null, taps = null;
        long rowLength, sourceBlock;
        float* source;

        internal void Run(float* x)
        {
            if (pixels == 0 || s.Cout == 0) return;
            Source(x);
            Tables();
            var tiles = (pixels + Pixels - 1) / Pixels;
            var groups = (tiles + Group - 1) / Group;
            var work = 2 * Math.Min(pixels, Group * Pixels) * 2 * s.Block * Math.Max(1, s.Cin) * s.Taps;
            CpuThreads.For(pairs * groups, Math.Max(1, 600_000 / work), (from, to) =>
            {
                for (var i = from; i < to; i++) Tiles(i / groups, i % groups * Group, Math.Min(tiles, (i % groups + 1) * Group));
            });
        }

        /// <summary>The input with a border of zeros where taps read padding.</summary>
        void Source(float* x)
        {
            var b = s.Block;
            source = x;
            (rowLength, sourceBlock) = (s.W * b, s.H * s.W * b);
            if (s.Inside) return;
            long height = Math.Max(s.ReachH, s.H + s.PadH), width = Math.Max(s.ReachW, s.W + s.PadW);
            (rowLength, sourceBlock) = (width * b, height * width * b);
            var planes = s.N * s.InBlocks;
            var padded = source = Scratch.Rent<float>(Scratch.Slot.Source, planes * sourceBlock);
            CpuThreads.For(planes, Math.Max(1, StridedLoop.Grain / sourceBlock), (from, to) =>
            {
                for (var p = from; p < to; p++)
                {
                    var plane = padded + p * sourceBlock;
                    NativeMemory.Clear(plane, (nuint)(s.PadH * rowLength * sizeof(float)));
                    for (long h = 0; h < s.H; h++)
                    {
                        var row = plane + (h + s.PadH) * rowLength;
                        NativeMemory.Clear(row, (nuint)(s.PadW * b * sizeof(float)));
                        NativeMemory.Copy(x + (p * s.H + h) * s.W * b, row + s.PadW * b, (nuint)(s.W * b * sizeof(float)));
                        NativeMemory.Clear(row + (s.PadW + s.W) * b, (nuint)((width - s.PadW - s.W) * b * sizeof(float)));
                    }
                    NativeMemory.Clear(plane + (s.PadH + s.H) * rowLength, (nuint)((height - s.PadH - s.H) * rowLength * sizeof(float)));
                }
            });
        }

        void Tables()
        {
            var b = s.Block;
            var padded = (pixels + Pixels - 1) / Pixels * Pixels;
            origins = Scratch.Rent<long>(Scratch.Slot.Table, 2 * padded + s.Taps);
            targets = origins + padded;
            taps = targets + padded;
            long at = 0, plane = s.OutH * s.OutW;
            for (long n = 0; n < s.N; n++)
            {
                for (long h = 0; h < s.OutH; h++)
                {
                    for (long i = 0; i < s.OutW; i++, at++)
                    {
                        origins[at] = n * s.InBlocks * sourceBlock + h * s.StrideH * rowLength + i * s.StrideW * b;
                        targets[at] = (n * s.OutBlocks * plane + h * s.OutW + i) * b;
                    }
                }
            }
            // The last tile computes some pixel more than once.
            for (; at < padded; at++) (origins[at], targets[at]) = (origins[pixels - 1], targets[pixels - 1]);
            for (long t = 0; t < s.Taps; t++) taps[t] = t / s.KernelW * s.DilationH * rowLength + t % s.KernelW * s.DilationW * b;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Tiles(long pair, long first, long last)
        {
            var b = s.Block;
            var two = 2 * pair + 1 < s.OutBlocks;
            var count = Pixels * (two ? 2 : 1);
            long perBlock = s.Taps * b * b, weightBlock = s.InBlocks * perBlock, plane = s.OutH * s.OutW * b;
            var run = Math.Max(1, RunBytes / sizeof(float) / (2 * perBlock));
            float* acc = stackalloc float[(int)(last - first) * count * b];
            for (var t = 0L; t < last - first; t++) Begin(acc + t * count * b, pair, two);
            for (long block = 0; block < s.InBlocks; block += run)
            {
                var blocks = Math.Min(run, s.InBlocks - block);
                var job = new BlockedTile<V, S>.Job
                {
                    SourceBlock = sourceBlock, Taps = taps, TapCount = s.Taps, Blocks = blocks, WeightBlock = weightBlock,
                    LastChannels = (int)Math.Min(b, s.Cin - (block + blocks - 1) * b), W = w + 2 * pair * weightBlock + block * perBlock,
                };
                var x = source + block * sourceBlock;
                for (var t = first; t < last; t++)
                {
                    var o = origins + t * Pixels;
                    job.X0 = x + o[0];
                    job.X1 = x + o[1];
                    job.X2 = x + o[2];
                    job.X3 = x + o[3];
                    job.X4 = x + o[4];
                    job.X5 = x + o[5];
                    if (two) BlockedTile<V, S>.Two(job, acc + (t - first) * count * b);
                    else BlockedTile<V, S>.One(job, acc + (t - first) * count * b);
                }
            }
            for (var t = first; t < last; t++)
            {
                for (var k = 0; k < count; k++) End(acc + ((t - first) * count + k) * b, targets[t * Pixels + k % Pixels] + (2 * pair + k / Pixels) * plane);
            }
        }

        void Begin(float* acc, long pair, bool two)
        {
            var b = s.Block;
            var first = bias == null ? S.All(0) : S.Load(bias + 2 * pair * b);
            for (var k = 0; k < Pixels; k++) S.Store(acc + k * b, first);
            if (!two) return;
            var second = bias == null ? S.All(0) : S.Load(bias + (2 * pair + 1) * b);
            for (var k = Pixels; k < 2 * Pixels; k++) S.Store(acc + k * b, second);
        }

        void End(float* acc, long at) => S.Store(y + at, BlockedEnd.Apply<V, S>(residual == null ? S.Load(acc) : S.Fma(S.All(1), S.Load(residual + at), S.Load(acc)), epilogue));
    }
}
