using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Largest values of windows in blocked order; padding is below every value, NaN above.</summary>
internal static unsafe class BlockedPool
{
    internal static void Max(in BlockedShape s, float* x, float* y)
    {
        if (s.Block == 16) Rows<Vector512<float>, Simd512<float>>(s, x, y);
        else if (s.Block == 8) Rows<Vector256<float>, Simd256<float>>(s, x, y);
        else Rows<Vector128<float>, Simd128<float>>(s, x, y);
    }

    static void Rows<V, S>(BlockedShape s, float* x, float* y) where V : struct where S : struct, ISimd<float, V>
    {
        CpuThreads.For(s.N * s.InBlocks * s.OutH, Math.Max(1, StridedLoop.Grain / Math.Max(1, s.OutW * s.Block * s.Taps)), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (from, to) =>
        {
            var b = s.Block;
            for (var r = from; r < to; r++)
            {
                long plane = r / s.OutH, top = r % s.OutH * s.StrideH - s.PadH;
                long firstH = Math.Max(0, (-top + s.DilationH - 1) / s.DilationH), lastH = Math.Min(s.KernelH, top >= s.H ? 0 : (s.H - top + s.DilationH - 1) / s.DilationH);
                var image = x + plane * s.H * s.W * b;
                var to0 = y + r * s.OutW * b;
                for (long i = 0; i < s.OutW; i++, to0 += b)
                {
                    var left = i * s.StrideW - s.PadW;
                    long firstW = Math.Max(0, (-left + s.DilationW - 1) / s.DilationW), lastW = Math.Min(s.KernelW, left >= s.W ? 0 : (s.W - left + s.DilationW - 1) / s.DilationW);
                    var best = S.All(float.NegativeInfinity);
                    for (var kh = firstH; kh < lastH; kh++)
                    {
                        var p = image + ((top + kh * s.DilationH) * s.W + left + firstW * s.DilationW) * b;
                        for (var kw = firstW; kw < lastW; kw++, p += s.DilationW * b) best = BlockedEnd.Max<V, S>(best, S.Load(p));
                    }
                    S.Store(to0, best);
                }
            }
        });
    }
}
