using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>What images in blocked order need between convolutions: means, factors, norms and choices of channels.</summary>
internal static unsafe class BlockedChannels
{
    /// <summary>y [N, blocks, B]: sums go by rows, and rows into one.</summary>
    internal static void Mean(in BlockedShape s, float* x, float* y)
    {
        if (s.Block == 16) Mean<Vector512<float>, Simd512<float>>(s, x, y);
        else if (s.Block == 8) Mean<Vector256<float>, Simd256<float>>(s, x, y);
        else Mean<Vector128<float>, Simd128<float>>(s, x, y);
    }

    static void Mean<V, S>(BlockedShape s, float* x, float* y) where V : struct where S : struct, ISimd<float, V> =>
        CpuThreads.For(s.N * s.InBlocks, Math.Max(1, StridedLoop.Grain / Math.Max(1, s.H * s.W * s.Block)), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (from, to) =>
        {
            V one = S.All(1), share = S.All(1f / (s.H * s.W));
            for (var p = from; p < to; p++)
            {
                var at = x + p * s.H * s.W * s.Block;
                var sum = S.All(0);
                for (long h = 0; h < s.H; h++)
                {
                    V a = S.All(0), c = S.All(0);
                    long w = 0;
                    for (; w + 2 <= s.W; w += 2, at += 2 * s.Block)
                    {
                        a = S.Fma(one, S.Load(at), a);
                        c = S.Fma(one, S.Load(at + s.Block), c);
                    }
                    for (; w < s.W; w++, at += s.Block) a = S.Fma(one, S.Load(at), a);
                    sum = S.Fma(one, S.Fma(one, c, a), sum);
                }
                S.Store(y + p * s.Block, S.Mul(sum, share));
            }
        });

    /// <summary>y = x · f, f [N or 1, blocks, B].</summary>
    internal static void Scale(in BlockedShape s, float* x, float* f, bool shared, float* y)
    {
        if (s.Block == 16) Scale<Vector512<float>, Simd512<float>>(s, x, f, shared, y);
        else if (s.Block == 8) Scale<Vector256<float>, Simd256<float>>(s, x, f, shared, y);
        else Scale<Vector128<float>, Simd128<float>>(s, x, f, shared, y);
    }

    static void Scale<V, S>(BlockedShape s, float* x, float* f, bool shared, float* y) where V : struct where S : struct, ISimd<float, V>
    {
        var plane = s.H * s.W * s.Block;
        CpuThreads.For(s.N * s.InBlocks, Math.Max(1, StridedLoop.Grain / plane), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                var v = S.Load(f + (shared ? p % s.InBlocks : p) * s.Block);
                float* a = x + p * plane, b = y + p * plane;
                for (long i = 0; i < plane; i += s.Block) S.Store(b + i, S.Mul(S.Load(a + i), v));
            }
        });
    }

    /// <summary>Normalises the channels of each pixel in two passes; w and b [blocks, B] may be null. Lanes beyond the last channel come out as b, zero.</summary>
    internal static void LayerNorm(in BlockedShape s, float* x, float* w, float* b, float eps, float* y)
    {
        if (s.Block == 16) LayerNorm<Vector512<float>, Simd512<float>>(s, x, w, b, eps, y);
        else if (s.Block == 8) LayerNorm<Vector256<float>, Simd256<float>>(s, x, w, b, eps, y);
        else LayerNorm<Vector128<float>, Simd128<float>>(s, x, w, b, eps, y);
    }

    static void LayerNorm<V, S>(BlockedShape s, float* x, float* w, float* b, float eps, float* y) where V : struct where S : struct, ISimd<float, V>
    {
        long pixels = s.H * s.W, plane = pixels * s.Block, blocks = s.InBlocks;
        var rest = (int)(s.Cin - (blocks - 1) * s.Block);
        CpuThreads.For(s.N * pixels, Math.Max(1, StridedLoop.Grain / 4 / (blocks * s.Block)), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (from, to) =>
        {
            V one = S.All(1);
            float* tail = stackalloc float[16];
            for (var p = from; p < to; p++)
            {
                var at = p / pixels * blocks * plane + p % pixels * s.Block;
                float* from0 = x + at, to0 = y + at;
                V a = S.All(0), c = S.All(0);
                long k = 0;
                for (; k + 2 < blocks; k += 2)
                {
                    a = S.Fma(one, S.Load(from0 + k * plane), a);
                    c = S.Fma(one, S.Load(from0 + (k + 1) * plane), c);
                }
                for (; k < blocks - 1; k++) a = S.Fma(one, S.Load(from0 + k * plane), a);
                Last(from0 + k * plane, 0, tail);
                var mean = S.Sum(S.Fma(one, S.Load(tail), S.Fma(one, c, a))) / s.Cin;
                var less = S.All(-mean);
                a = S.All(0);
                for (k = 0; k < blocks - 1; k++)
                {
                    var d = S.Fma(one, S.Load(from0 + k * plane), less);
                    a = S.Fma(d, d, a);
                }
                Last(from0 + k * plane, mean, tail);
                var end = S.Load(tail);
                var scale = S.All(1 / MathF.Sqrt(S.Sum(S.Fma(end, end, a)) / s.Cin + eps));
                for (k = 0; k < blocks; k++)
                {
                    var v = S.Mul(k == blocks - 1 ? end : S.Fma(one, S.Load(from0 + k * plane), less), scale);
                    if (w != null) v = S.Mul(v, S.Load(w + k * s.Block));
                    if (b != null) v = S.Fma(one, v, S.Load(b + k * s.Block));
                    S.Store(to0 + k * plane, v);
                }
            }
        });

        // The last block's distances from the mean; what is no channel is at the mean.
        void Last(float* block, float mean, float* tail)
        {
            for (var i = 0; i < s.Block; i++) tail[i] = i < rest ? block[i] - mean : 0;
        }
    }

    /// <summary>Copies lanes of several images: <paramref name="channels"/> counts over the lanes of all, one image after another. Lanes of y beyond them are zero.</summary>
    /// <param name="s">Sizes; Cout is the number of channels.</param>
    /// <param name="images">First elements.</param>
    /// <param name="blocks">How many blocks each has.</param>
    /// <param name="channels">Which lane each lane of y is.</param>
    /// <param name="y">The result.</param>
    internal static void Gather(BlockedShape s, nint[] images, long[] blocks, long[] channels, float* y)
    {
        long b = s.Block, plane = s.H * s.W * b;
        // For each lane of y its lane in the first image of the batch, and how far that is from the next image's.
        var from = new nint[s.OutBlocks * b];
        var step = new long[from.Length];
        long first = 0;
        var k = 0;
        for (var i = 0; i < channels.Length; i++)
        {
            var c = channels[i];
            while (c < first) first -= blocks[--k] * b;
            while (c >= first + blocks[k] * b) first += blocks[k++] * b;
            from[i] = images[k] + (nint)(((c - first) / b * plane + (c - first) % b) * sizeof(float));
            step[i] = blocks[k] * plane;
        }
        CpuThreads.For(s.N * s.OutBlocks, Math.Max(1, StridedLoop.Grain / plane), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (begin, end) =>
        {
            var lanes = stackalloc float*[(int)b];
            for (var p = begin; p < end; p++)
            {
                var (n, block) = Math.DivRem(p, s.OutBlocks);
                var to = y + p * plane;
                var whole = true;
                for (var l = 0; l < b; l++)
                {
                    var at = block * b + l;
                    lanes[l] = from[at] == 0 ? null : (float*)from[at] + n * step[at];
                    whole &= lanes[l] == lanes[0] + l;
                }
                if (whole && lanes[0] != null)
                {
                    NativeMemory.Copy(lanes[0], to, (nuint)(plane * sizeof(float)));
                    continue;
                }
                for (var l = 0; l < b; l++)
                {
                    float* f = lanes[l], t = to + l;
                    if (f == null)
                    {
                        for (long i = 0; i < plane; i += b) t[i] = 0;
                    }
                    else
                    {
                        for (long i = 0; i < plane; i += b) t[i] = f[i];
                    }
                }
            }
        });
    }
}
