using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Products with few rows, bound by reading B once: dot products along its columns, or sums of its rows.</summary>
internal static unsafe class GemmFlat<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>From here on packing B costs less than reading it again.</summary>
    public const long MostRows = 8;

    private const long Grain = 1 << 15;

    /// <summary>B's columns are contiguous along k, A has at most <see cref="MostRows"/> rows.</summary>
    public static void Dots(in GemmArgs<T> args)
    {
        var g = args;
        if (g.CsA != 1 && g.K > 1)
        {
            var rows = Scratch.Rent<T>(Scratch.Slot.Left, g.M * g.K);
            for (long i = 0; i < g.M; i++)
                for (long p = 0; p < g.K; p++) rows[i * g.K + p] = g.A[i * g.RsA + p * g.CsA];
            g.A = rows;
            g.RsA = g.K;
            g.CsA = 1;
        }
        if (g.M * g.N * g.K < 2 * Grain) Dots(g, 0, g.N);
        else Share(g, Dots);
    }

    /// <summary>One row of A; B's rows are contiguous.</summary>
    public static void Sums(in GemmArgs<T> g)
    {
        if (g.N * g.K < 2 * Grain) Sums(g, 0, g.N);
        else Share(g, Sums);
    }

    private static void Share(GemmArgs<T> g, Action<GemmArgs<T>, long, long> body) =>
        CpuThreads.For(g.N, Math.Max(16, Grain / (g.M * g.K)), (first, end) => body(g, first, end));

    private static void Dots(GemmArgs<T> g, long first, long end)
    {
        if (Vector512.IsHardwareAccelerated) Dots<Vector512<T>, Simd512<T>>(g, first, end);
        else if (Vector256.IsHardwareAccelerated) Dots<Vector256<T>, Simd256<T>>(g, first, end);
        else if (Vector128.IsHardwareAccelerated) Dots<Vector128<T>, Simd128<T>>(g, first, end);
        else Dots<T, SimdScalar<T>>(g, first, end);
    }

    private static void Sums(GemmArgs<T> g, long first, long end)
    {
        if (Vector512.IsHardwareAccelerated) Sums<Vector512<T>, Simd512<T>>(g, first, end);
        else if (Vector256.IsHardwareAccelerated) Sums<Vector256<T>, Simd256<T>>(g, first, end);
        else if (Vector128.IsHardwareAccelerated) Sums<Vector128<T>, Simd128<T>>(g, first, end);
        else Sums<T, SimdScalar<T>>(g, first, end);
    }

    private static void Dots<V, S>(in GemmArgs<T> g, long first, long end) where V : struct where S : struct, ISimd<T, V>
    {
        var j = first;
        for (; j + 4 <= end; j += 4)
        {
            long i = 0;
            for (; i + 2 <= g.M; i += 2) Dot<V, S, Rows2, Rows4>(g, i, j);
            if (i < g.M) Dot<V, S, Rows1, Rows4>(g, i, j);
        }
        for (; j < end; j++)
            for (long i = 0; i < g.M; i++) Dot<V, S, Rows1, Rows1>(g, i, j);
    }

    /// <summary>R rows by Q columns of dot products; every one the same two interleaved sums, whatever the R and Q it falls in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot<V, S, R, Q>(in GemmArgs<T> g, long i, long j)
        where V : struct where S : struct, ISimd<T, V> where R : struct, IRows where Q : struct, IRows
    {
        V s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default, s12 = default, s13 = default;
        T* a0 = g.A + i * g.RsA, a1 = a0 + g.RsA;
        T* b0 = g.B + j * g.CsB, b1 = b0 + g.CsB, b2 = b1 + g.CsB, b3 = b2 + g.CsB;
        long k = g.K, p = 0;
        for (; p + S.Count <= k; p += S.Count)
        {
            V x = S.Load(a0 + p), y = R.Count > 1 ? S.Load(a1 + p) : default;
            {
                var b = S.Load(b0 + p);
                s00 = S.Fma(x, b, s00);
                if (R.Count > 1) s10 = S.Fma(y, b, s10);
            }
            if (Q.Count == 1) continue;
            {
                var b = S.Load(b1 + p);
                s01 = S.Fma(x, b, s01);
                if (R.Count > 1) s11 = S.Fma(y, b, s11);
            }
            {
                var b = S.Load(b2 + p);
                s02 = S.Fma(x, b, s02);
                if (R.Count > 1) s12 = S.Fma(y, b, s12);
            }
            {
                var b = S.Load(b3 + p);
                s03 = S.Fma(x, b, s03);
                if (R.Count > 1) s13 = S.Fma(y, b, s13);
            }
        }
        g.Put(i, j, Tail<V, S>(s00, a0, b0, p, k));
        if (R.Count > 1) g.Put(i + 1, j, Tail<V, S>(s10, a1, b0, p, k));
        if (Q.Count == 1) return;
        g.Put(i, j + 1, Tail<V, S>(s01, a0, b1, p, k));
        g.Put(i, j + 2, Tail<V, S>(s02, a0, b2, p, k));
        g.Put(i, j + 3, Tail<V, S>(s03, a0, b3, p, k));
        if (R.Count == 1) return;
        g.Put(i + 1, j + 1, Tail<V, S>(s11, a1, b1, p, k));
        g.Put(i + 1, j + 2, Tail<V, S>(s12, a1, b2, p, k));
        g.Put(i + 1, j + 3, Tail<V, S>(s13, a1, b3, p, k));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Tail<V, S>(V lanes, T* a, T* b, long p, long k) where V : struct where S : struct, ISimd<T, V>
    {
        var sum = S.Sum(lanes);
        for (; p < k; p++) sum = T.MultiplyAddEstimate(a[p], b[p], sum);
        return sum;
    }

    /// <summary>Rows of B are added eight at a time onto a strip of sums that stays in the first-level cache.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sums<V, S>(in GemmArgs<T> g, long first, long end) where V : struct where S : struct, ISimd<T, V>
    {
        const int Strip = 1024;
        var sums = stackalloc T[Strip];
        var a = stackalloc T[8];
        long rs = g.RsB;
        for (var j0 = first; j0 < end; j0 += Strip)
        {
            var n = Math.Min(Strip, end - j0);
            new Span<T>(sums, (int)n).Clear();
            for (long p = 0; p < g.K; p += 8)
            {
                var deep = (int)Math.Min(8, g.K - p);
                for (var q = 0; q < deep; q++) a[q] = g.A[(p + q) * g.CsA];
                var b = g.B + p * rs + j0;
                long j = 0;
                if (deep == 8)
                {
                    V a0 = S.All(a[0]), a1 = S.All(a[1]), a2 = S.All(a[2]), a3 = S.All(a[3]);
                    V a4 = S.All(a[4]), a5 = S.All(a[5]), a6 = S.All(a[6]), a7 = S.All(a[7]);
                    for (; j + S.Count <= n; j += S.Count)
                    {
                        var s = S.Fma(a0, S.Load(b + j), S.Load(sums + j));
                        s = S.Fma(a1, S.Load(b + j + rs), s);
                        s = S.Fma(a2, S.Load(b + j + 2 * rs), s);
                        s = S.Fma(a3, S.Load(b + j + 3 * rs), s);
                        s = S.Fma(a4, S.Load(b + j + 4 * rs), s);
                        s = S.Fma(a5, S.Load(b + j + 5 * rs), s);
                        s = S.Fma(a6, S.Load(b + j + 6 * rs), s);
                        S.Store(sums + j, S.Fma(a7, S.Load(b + j + 7 * rs), s));
                    }
                }
                else
                {
                    for (; j + S.Count <= n; j += S.Count)
                    {
                        var s = S.Load(sums + j);
                        for (var q = 0; q < deep; q++) s = S.Fma(S.All(a[q]), S.Load(b + j + q * rs), s);
                        S.Store(sums + j, s);
                    }
                }
                for (; j < n; j++)
                {
                    var s = sums[j];
                    for (var q = 0; q < deep; q++) s = T.MultiplyAddEstimate(a[q], b[j + q * rs], s);
                    sums[j] = s;
                }
            }
            for (long j = 0; j < n; j++) g.Put(0, j0 + j, sums[j]);
        }
    }
}
