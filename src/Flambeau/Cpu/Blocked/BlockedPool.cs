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
            long step = s.DilationW * b, row = s.DilationH * s.W * b;
            // Columns whose windows lie inside.
            long inner = Math.Min(s.OutW, (s.PadW + s.StrideW - 1) / s.StrideW), reach = (s.KernelW - 1) * s.DilationW;
            var outer = Math.Max(inner, Math.Min(s.OutW, s.W + s.PadW - reach <= 0 ? 0 : (s.W + s.PadW - reach - 1) / s.StrideW + 1));
            for (var r = from; r < to; r++)
            {
                long plane = r / s.OutH, top = r % s.OutH * s.StrideH - s.PadH;
                long firstH = Math.Max(0, (-top + s.DilationH - 1) / s.DilationH), lastH = Math.Min(s.KernelH, top >= s.H ? 0 : (s.H - top + s.DilationH - 1) / s.DilationH);
                var image = x + (plane * s.H + top + firstH * s.DilationH) * s.W * b;
                var to0 = y + r * s.OutW * b;
                for (long i = 0; i < s.OutW; i++, to0 += b)
                {
                    var left = i * s.StrideW - s.PadW;
                    long firstW = 0, lastW = s.KernelW;
                    if (i < inner || i >= outer) (firstW, lastW) = (Math.Max(0, (-left + s.DilationW - 1) / s.DilationW), Math.Min(s.KernelW, left >= s.W ? 0 : (s.W - left + s.DilationW - 1) / s.DilationW));
                    V best = S.All(float.NegativeInfinity), nan = S.All(0);
                    var p = image + (left + firstW * s.DilationW) * b;
                    for (var kh = firstH; kh < lastH; kh++, p += row)
                    {
                        var q = p;
                        for (var kw = firstW; kw < lastW; kw++, q += step) best = BlockedEnd.Max(best, S.Load(q), ref nan);
                    }
                    S.Store(to0, BlockedEnd.OrNaN(best, nan));
                }
            }
        });
    }
}
