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

    /// <summary>B's rows are contiguous, A has at most <see cref="MostRows"/> rows.</summary>
    public static void Sums(in GemmArgs<T> g)
    {
        if (g.M * g.N * g.K < 2 * Grain) Sums(g, 0, g.N);
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

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots<V, S>(in GemmArgs<T> g, long first, long end) where V : struct where S : struct, ISimd<T, V>
    {
        var lanes = stackalloc T[12 * 16];
        long step;
        for (var j = first; j < end; j += step)
        {
            step = j + 4 <= end ? 4 : 1;
            long rows;
            for (long i = 0; i < g.M; i += rows)
            {
                rows = step == 1 ? 1 : g.M - i is 2 or 4 ? 2 : Math.Min(3, g.M - i);
                T* a = g.A + i * g.RsA, b = g.B + j * g.CsB;
                if (step == 1) Dot<V, S, Rows1, Rows1>(g.K, a, g.RsA, b, g.CsB, lanes);
                else if (rows == 1) Dot<V, S, Rows1, Rows4>(g.K, a, g.RsA, b, g.CsB, lanes);
                else if (rows == 2) Dot<V, S, Rows2, Rows4>(g.K, a, g.RsA, b, g.CsB, lanes);
                else Dot<V, S, Rows3, Rows4>(g.K, a, g.RsA, b, g.CsB, lanes);

                for (long r = 0; r < rows; r++)
                    for (long q = 0; q < step; q++)
                    {
                        var sum = S.Sum(S.Load(lanes + (r * 4 + q) * S.Count));
                        for (var p = g.K - g.K % S.Count; p < g.K; p++)
                            sum = T.MultiplyAddEstimate(a[r * g.RsA + p], b[q * g.CsB + p], sum);
                        g.Put(i + r, j + q, sum);
                    }
            }
        }
    }

    /// <summary>
    /// R rows by Q columns of dot products, lane by lane. A leaf: a register that outlives a call would be spilled in the loop.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot<V, S, R, Q>(long k, T* a, long rsA, T* b, long csB, T* lanes)
        where V : struct where S : struct, ISimd<T, V> where R : struct, IRows where Q : struct, IRows
    {
        V c00 = default, c01 = default, c02 = default, c03 = default,
          c10 = default, c11 = default, c12 = default, c13 = default,
          c20 = default, c21 = default, c22 = default, c23 = default;
        T* a1 = a + rsA, a2 = a1 + rsA, b1 = b + csB, b2 = b1 + csB, b3 = b2 + csB;
        for (long p = 0; p + S.Count <= k; p += S.Count)
        {
            V x = S.Load(a + p), y = default, z = default, w = S.Load(b + p);
            if (R.Count > 1) y = S.Load(a1 + p);
            if (R.Count > 2) z = S.Load(a2 + p);
            c00 = S.Fma(x, w, c00);
            if (R.Count > 1) c10 = S.Fma(y, w, c10);
            if (R.Count > 2) c20 = S.Fma(z, w, c20);
            if (Q.Count == 1) continue;
            w = S.Load(b1 + p);
            c01 = S.Fma(x, w, c01);
            if (R.Count > 1) c11 = S.Fma(y, w, c11);
            if (R.Count > 2) c21 = S.Fma(z, w, c21);
            w = S.Load(b2 + p);
            c02 = S.Fma(x, w, c02);
            if (R.Count > 1) c12 = S.Fma(y, w, c12);
            if (R.Count > 2) c22 = S.Fma(z, w, c22);
            w = S.Load(b3 + p);
            c03 = S.Fma(x, w, c03);
            if (R.Count > 1) c13 = S.Fma(y, w, c13);
            if (R.Count > 2) c23 = S.Fma(z, w, c23);
        }
        Store<V, S>(lanes, c00, c01, c02, c03);
        if (R.Count > 1) Store<V, S>(lanes + 4 * S.Count, c10, c11, c12, c13);
        if (R.Count > 2) Store<V, S>(lanes + 8 * S.Count, c20, c21, c22, c23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V, S>(T* to, V v0, V v1, V v2, V v3) where V : struct where S : struct, ISimd<T, V>
    {
        S.Store(to, v0);
        S.Store(to + S.Count, v1);
        S.Store(to + 2 * S.Count, v2);
        S.Store(to + 3 * S.Count, v3);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sums<V, S>(in GemmArgs<T> g, long first, long end) where V : struct where S : struct, ISimd<T, V>
    {
        const int Strip = 512;
        var sums = stackalloc T[Strip * (int)MostRows];
        for (var j0 = first; j0 < end; j0 += Strip)
        {
            var n = Math.Min(Strip, end - j0);
            new Span<T>(sums, (int)(n * g.M)).Clear();
            for (long p = 0; p < g.K; p += 8)
                for (long i = 0; i < g.M; i++)
                    Add<V, S>(g.A + i * g.RsA + p * g.CsA, g.CsA, g.B + p * g.RsB + j0, g.RsB, Math.Min(8, g.K - p), sums + i * n, n);
            for (long i = 0; i < g.M; i++)
                for (long j = 0; j < n; j++) g.Put(i, j0 + j, sums[i * n + j]);
        }
    }

    /// <summary>Adds up to eight scaled rows of B onto a strip of sums; both stay in the first-level cache for the next row of A.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<V, S>(T* a, long csA, T* b, long rs, long deep, T* sums, long n) where V : struct where S : struct, ISimd<T, V>
    {
        long j = 0;
        if (deep == 8)
        {
            V a0 = S.All(a[0]), a1 = S.All(a[csA]), a2 = S.All(a[2 * csA]), a3 = S.All(a[3 * csA]);
            V a4 = S.All(a[4 * csA]), a5 = S.All(a[5 * csA]), a6 = S.All(a[6 * csA]), a7 = S.All(a[7 * csA]);
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
                for (long q = 0; q < deep; q++) s = S.Fma(S.All(a[q * csA]), S.Load(b + j + q * rs), s);
                S.Store(sums + j, s);
            }
        }
        for (; j < n; j++)
        {
            var s = sums[j];
            for (long q = 0; q < deep; q++) s = T.MultiplyAddEstimate(a[q * csA], b[j + q * rs], s);
            sums[j] = s;
        }
    }
}
