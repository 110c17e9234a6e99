using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Convolutions of each channel by its own kernel in blocked order: a register holds a pixel's block of channels.</summary>
internal static unsafe class BlockedDepthwise
{
    /// <summary>y = epilogue(conv(x, w) + bias) with w [⌈C / B⌉, taps, B] and bias [⌈C / B⌉ · B] or null; Cin and Cout of the shape are C.</summary>
    internal static void Run(in BlockedShape s, float* x, float* w, float* bias, float* y, Epilogue epilogue)
    {
        if (s.Block == 16) new Work<Vector512<float>, Simd512<float>>(s, x, w, bias, y, epilogue).Run();
        else if (s.Block == 8) new Work<Vector256<float>, Simd256<float>>(s, x, w, bias, y, epilogue).Run();
        else new Work<Vector128<float>, Simd128<float>>(s, x, w, bias, y, epilogue).Run();
    }

    sealed class Work<V, S>(BlockedShape s, float* x, float* w, float* bias, float* y, Epilogue epilogue) where V : struct where S : struct, ISimd<float, V>
    {
        internal void Run()
        {
            var rows = s.N * s.InBlocks * s.OutH;
            CpuThreads.For(rows, Math.Max(1, 100_000 / Math.Max(1, s.OutW * s.Block * s.Taps)), (from, to) =>
            {
                for (var r = from; r < to; r++) Row(r / s.OutH, r % s.OutH);
            });
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Row(long plane, long h)
        {
            var b = S.Count;
            var block = plane % s.InBlocks;
            float* image = x + plane * s.H * s.W * b, kernel = w + block * s.Taps * b, to = y + (plane * s.OutH + h) * s.OutW * b;
            var start = bias == null ? S.All(0) : S.Load(bias + block * b);
            long top = h * s.StrideH - s.PadH;
            long firstH = Math.Max(0, (-top + s.DilationH - 1) / s.DilationH), lastH = Math.Min(s.KernelH, top >= s.H ? 0 : (s.H - top + s.DilationH - 1) / s.DilationH);
            long step = s.StrideW * b, dilation = s.DilationW * b;
            // Columns whose taps all lie inside.
            long inner = Math.Min(s.OutW, (s.PadW + s.StrideW - 1) / s.StrideW), reach = (s.KernelW - 1) * s.DilationW;
            var outer = Math.Max(inner, Math.Min(s.OutW, s.W + s.PadW - reach <= 0 ? 0 : (s.W + s.PadW - reach - 1) / s.StrideW + 1));
            for (long i = 0; i < s.OutW;)
            {
                if (i >= inner && i + 4 <= outer)
                {
                    V a0 = start, a1 = start, a2 = start, a3 = start;
                    for (var kh = firstH; kh < lastH; kh++)
                    {
                        float* p = image + ((top + kh * s.DilationH) * s.W + i * s.StrideW - s.PadW) * b, k = kernel + kh * s.KernelW * b;
                        for (long kw = 0; kw < s.KernelW; kw++, p += dilation, k += b)
                        {
                            var v = S.Load(k);
                            a0 = S.Fma(S.Load(p), v, a0);
                            a1 = S.Fma(S.Load(p + step), v, a1);
                            a2 = S.Fma(S.Load(p + 2 * step), v, a2);
                            a3 = S.Fma(S.Load(p + 3 * step), v, a3);
                        }
                    }
                    S.Store(to + i * b, BlockedEnd.Apply<V, S>(a0, epilogue));
                    S.Store(to + (i + 1) * b, BlockedEnd.Apply<V, S>(a1, epilogue));
                    S.Store(to + (i + 2) * b, BlockedEnd.Apply<V, S>(a2, epilogue));
                    S.Store(to + (i + 3) * b, BlockedEnd.Apply<V, S>(a3, epilogue));
                    i += 4;
                    continue;
                }
                var a = start;
                var left = i * s.StrideW - s.PadW;
                for (var kh = firstH; kh < lastH; kh++)
                {
                    float* row = image + (top + kh * s.DilationH) * s.W * b, k = kernel + kh * s.KernelW * b;
                    for (long kw = 0; kw < s.KernelW; kw++)
                    {
                        var at = left + kw * s.DilationW;
                        if (at >= 0 && at < s.W) a = S.Fma(S.Load(row + at * b), S.Load(k + kw * b), a);
                    }
                }
                S.Store(to + i * b, BlockedEnd.Apply<V, S>(a, epilogue));
                i++;
            }
        }
    }
}
