using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Convolutions of each channel by its own kernel in blocked order: a register holds a pixel's block of channels.</summary>
internal static unsafe class BlockedDepthwise
{
    /// <summary>y = epilogue(conv(x, w) + bias) with w [⌈C / B⌉, taps, B] and bias [⌈C / B⌉ · B] or null; Cin and Cout of the shape are C.</summary>
    internal static void Run(in BlockedShape s, float* x, float* w, float* bias, float* y, Epilogue epilogue)
    {
        if (s.N * s.OutH * s.OutW == 0 || s.Cout == 0) return;
        if (s.Block == 16) Planes<Vector512<float>, Simd512<float>>(s, x, w, bias, y, epilogue);
        else if (s.Block == 8) Planes<Vector256<float>, Simd256<float>>(s, x, w, bias, y, epilogue);
        else Planes<Vector128<float>, Simd128<float>>(s, x, w, bias, y, epilogue);
    }

    static void Planes<V, S>(BlockedShape s, float* x, float* w, float* bias, float* y, Epilogue epilogue) where V : struct where S : struct, ISimd<float, V>
    {
        const int Pixels = BlockedSource.Pixels, Group = 64;
        var source = BlockedSource.Blocked(s, x);
        source.Table(s, 1, 0, 0, wide: false);
        long* origins = source.Origins, targets = source.Targets;
        long plane = source.Plane, result = s.OutH * s.OutW * s.Block;
        long tiles = (s.OutH * s.OutW + Pixels - 1) / Pixels, groups = (tiles + Group - 1) / Group;
        var template = new BlockedTile<V, S>.Job { X = source.Data, Taps = source.Taps, TapCount = s.Taps, Epilogue = epilogue };
        CpuThreads.For(s.N * s.InBlocks * groups, Math.Max(1, 200_000 / (Math.Min(tiles, Group) * Pixels * s.Block * s.Taps)), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (from, to) =>
        {
            var job = template;
            for (var i = from; i < to; i++)
            {
                long p = i / groups, block = p % s.InBlocks;
                job.X = template.X + p * plane;
                job.Y = y + p * result;
                job.W = w + block * s.Taps * s.Block;
                job.Bias = bias == null ? null : bias + block * s.Block;
                for (var t = i % groups * Group; t < Math.Min(tiles, (i % groups + 1) * Group); t++)
                {
                    job.Origins = origins + t * Pixels;
                    job.Targets = targets + t * Pixels;
                    BlockedTile<V, S>.Each(job);
                }
            }
        });
    }
}
