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

    /// <summary>Copies lanes of one image x of so many blocks: <paramref name="map"/> says for each lane of y which it is, or -1 to leave it.</summary>
    internal static void Choose(BlockedShape s, float* x, long blocks, long[] map, float* y)
    {
        long b = s.Block, plane = s.H * s.W * b;
        var lanes = new List<(long To, long From)>();
        var whole = new List<(long To, long From)>();
        for (var i = 0; i < map.Length; i++)
        {
            if (map[i] < 0) continue;
            if (i % b == 0 && map[i] % b == 0 && IsRun(map.AsSpan(i, (int)b)))
            {
                whole.Add((i / b * plane, map[i] / b * plane));
                i += (int)b - 1;
            }
            else lanes.Add((i / b * plane + i % b, map[i] / b * plane + map[i] % b));
        }
        CpuThreads.For(s.N * whole.Count, Math.Max(1, StridedLoop.Grain / plane), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                var (target, source) = whole[(int)(p % whole.Count)];
                NativeMemory.Copy(x + p / whole.Count * blocks * plane + source, y + p / whole.Count * s.OutBlocks * plane + target, (nuint)(plane * sizeof(float)));
            }
        });
        CpuThreads.For(s.N * lanes.Count, Math.Max(b, StridedLoop.Grain * b / 4 / plane), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (from, to) =>
        {
            var (n, l) = Math.DivRem(from, lanes.Count);
            for (var p = from; p < to; p++)
            {
                var (target, source) = lanes[(int)l];
                float* f = x + n * blocks * plane + source, t = y + n * s.OutBlocks * plane + target;
                for (long i = 0; i < plane; i += b) t[i] = f[i];
                if (++l == lanes.Count) (n, l) = (n + 1, 0);
            }
        });

        static bool IsRun(ReadOnlySpan<long> lanes)
        {
            for (var i = 1; i < lanes.Length; i++)
            {
                if (lanes[i] != lanes[0] + i) return false;
            }
            return true;
        }
    }

    /// <summary>Zeros the lanes of y beyond its last channel.</summary>
    internal static void ClearRest(in BlockedShape s, float* y)
    {
        long b = s.Block, plane = s.H * s.W * b, rest = s.Cout % b;
        for (long n = 0; n < s.N && rest != 0; n++)
        {
            var last = y + (n * s.OutBlocks + s.OutBlocks - 1) * plane;
            for (long i = 0; i < plane; i += b) new Span<float>(last + i + rest, (int)(b - rest)).Clear();
        }
    }
}
