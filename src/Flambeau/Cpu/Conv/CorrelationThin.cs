using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Correlations with one to three rows a group, above all depthwise ones: vectors of positions, a multiply-add per tap.</summary>
internal static unsafe class CorrelationThin<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Strip = 1024;

    /// <summary>Runs over row-major weights [groups, rows, depth]. The source must be a padded copy: reads pass the end of a row.</summary>
    public static void Run(in Correlation<T> correlation)
    {
        var c = correlation;
        var units = c.Images * c.Groups * Lines(c);
        var grain = Math.Max(1, (1 << 15) / Math.Max(1, Math.Min(Strip, c.Grid.Size[2]) * (c.Depth + 1) * c.Rows));
        CpuThreads.For(units, grain, (first, end) => Units(c, first, end));
    }

    /// <summary>
    /// Runs all grids of one image and group after another, padding each just before use so that it is still in cache;
    /// <paramref name="x"/> holds the images [N, groups, channels].
    /// </summary>
    public static void Fused(Correlation<T>[] parts, ConvSource source, T* x, long channels, long volume, T* y, long images)
    {
        var groups = parts[0].Groups;
        CpuThreads.For(images * groups, 1, (first, end) =>
        {
            var padded = Scratch.Rent<T>(Scratch.Slot.Source, channels * source.Channel);
            for (var u = first; u < end; u++)
            {
                long image = u / groups, group = u % groups;
                source.FillHere(x + u * channels * volume, padded, channels);
                foreach (var part in parts)
                {
                    var c = part;
                    (c.Images, c.Groups) = (1, 1);
                    c.Source = padded;
                    c.Weights += group * c.Rows * c.Depth;
                    if (c.Bias != null) c.Bias += group * c.Rows;
                    c.Out = y + image * c.OutImage + group * c.Rows * c.OutChannel;
                    Units(c, 0, Lines(c));
                }
            }
        });
    }

    private static long Strips(in Correlation<T> c) => (c.Grid.Size[2] + Strip - 1) / Strip;

    private static long Lines(in Correlation<T> c) => c.Grid.Size[0] * c.Grid.Size[1] * Strips(c);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Units(Correlation<T> c, long first, long end)
    {
        var spare = stackalloc T[Strip];
        var grid = c.Grid;
        long strips = Strips(c), lines = grid.Size[0] * grid.Size[1];
        var together = grid.To[2] == 1 && c.Rows <= 3;
        for (var u = first; u < end; u++)
        {
            long strip = u % strips, line = u / strips % lines, group = u / strips / lines % c.Groups, image = u / strips / lines / c.Groups;
            long x = strip * Strip, y = line % grid.Size[1], z = line / grid.Size[1];
            var n = Math.Min(Strip, grid.Size[2] - x);
            var from = c.Source + image * c.SourceImage + group * c.SourceGroup + z * grid.From[0] + y * grid.From[1] + x;
            var to = c.Out + image * c.OutImage + group * c.Rows * c.OutChannel + grid.Start + z * grid.To[0] + y * grid.To[1] + x * grid.To[2];
            var weights = c.Weights + group * c.Rows * c.Depth;
            var bias = c.Bias == null ? null : c.Bias + group * c.Rows;
            if (together)
            {
                Line(c.Rows, n, from, c.Offsets, c.Depth, weights, bias, to, c.OutChannel);
                continue;
            }
            for (long r = 0; r < c.Rows; r++)
            {
                Line(1, n, from, c.Offsets, c.Depth, weights + r * c.Depth, bias == null ? null : bias + r, spare, 0);
                for (long i = 0; i < n; i++) to[r * c.OutChannel + i * grid.To[2]] = spare[i];
            }
        }
    }

    private static void Line(long rows, long n, T* from, long* offsets, long depth, T* weights, T* bias, T* to, long step)
    {
        if (Vector512.IsHardwareAccelerated) Line<Vector512<T>, Simd512<T>>(rows, n, from, offsets, depth, weights, bias, to, step);
        else if (Vector256.IsHardwareAccelerated) Line<Vector256<T>, Simd256<T>>(rows, n, from, offsets, depth, weights, bias, to, step);
        else if (Vector128.IsHardwareAccelerated) Line<Vector128<T>, Simd128<T>>(rows, n, from, offsets, depth, weights, bias, to, step);
        else Line<T, SimdScalar<T>>(rows, n, from, offsets, depth, weights, bias, to, step);
    }

    private static void Line<V, S>(long rows, long n, T* from, long* offsets, long depth, T* weights, T* bias, T* to, long step)
        where V : struct where S : struct, ISimd<T, V>
    {
        if (rows == 1) Line<V, S, Rows1>(n, from, offsets, depth, weights, bias, to, step);
        else if (rows == 2) Line<V, S, Rows2>(n, from, offsets, depth, weights, bias, to, step);
        else Line<V, S, Rows3>(n, from, offsets, depth, weights, bias, to, step);
    }

    /// <summary>R rows of outputs at once by four vectors of positions, which hide each other's latency even where some are dropped.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line<V, S, R>(long n, T* from, long* offsets, long depth, T* weights, T* bias, T* to, long step)
        where V : struct where S : struct, ISimd<T, V> where R : struct, IRows
    {
        T b0 = T.Zero, b1 = T.Zero, b2 = T.Zero;
        if (bias != null)
        {
            b0 = bias[0];
            if (R.Count > 1) b1 = bias[1];
            if (R.Count > 2) b2 = bias[2];
        }
        var spare = stackalloc T[4 * 16];
        long i = 0;
        for (; i + S.Count < n; i += 4 * S.Count)
        {
            V s0 = S.All(b0), s1 = s0, s2 = s0, s3 = s0, t0 = S.All(b1), t1 = t0, t2 = t0, t3 = t0, u0 = S.All(b2), u1 = u0, u2 = u0, u3 = u0;
            for (long k = 0; k < depth; k++)
            {
                var p = from + i + offsets[k];
                V x0 = S.Load(p), x1 = S.Load(p + S.Count), x2 = S.Load(p + 2 * S.Count), x3 = S.Load(p + 3 * S.Count);
                var w = S.All(weights[k]);
                (s0, s1, s2, s3) = (S.Fma(w, x0, s0), S.Fma(w, x1, s1), S.Fma(w, x2, s2), S.Fma(w, x3, s3));
                if (R.Count > 1)
                {
                    w = S.All(weights[depth + k]);
                    (t0, t1, t2, t3) = (S.Fma(w, x0, t0), S.Fma(w, x1, t1), S.Fma(w, x2, t2), S.Fma(w, x3, t3));
                }
                if (R.Count > 2)
                {
                    w = S.All(weights[2 * depth + k]);
                    (u0, u1, u2, u3) = (S.Fma(w, x0, u0), S.Fma(w, x1, u1), S.Fma(w, x2, u2), S.Fma(w, x3, u3));
                }
            }
            Store<V, S>(to + i, s0, s1, s2, s3, n - i, spare);
            if (R.Count > 1) Store<V, S>(to + step + i, t0, t1, t2, t3, n - i, spare);
            if (R.Count > 2) Store<V, S>(to + 2 * step + i, u0, u1, u2, u3, n - i, spare);
        }
        if (i < n)
        {
            V s = S.All(b0), t = S.All(b1), u = S.All(b2);
            for (long k = 0; k < depth; k++)
            {
                var x = S.Load(from + i + offsets[k]);
                s = S.Fma(S.All(weights[k]), x, s);
                if (R.Count > 1) t = S.Fma(S.All(weights[depth + k]), x, t);
                if (R.Count > 2) u = S.Fma(S.All(weights[2 * depth + k]), x, u);
            }
            Copy<V, S>(to + i, s, n - i, spare);
            if (R.Count > 1) Copy<V, S>(to + step + i, t, n - i, spare);
            if (R.Count > 2) Copy<V, S>(to + 2 * step + i, u, n - i, spare);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V, S>(T* to, V v0, V v1, V v2, V v3, long left, T* spare) where V : struct where S : struct, ISimd<T, V>
    {
        var whole = left >= 4 * S.Count;
        var cell = whole ? to : spare;
        S.Store(cell, v0);
        S.Store(cell + S.Count, v1);
        S.Store(cell + 2 * S.Count, v2);
        S.Store(cell + 3 * S.Count, v3);
        if (!whole) Copy(to, spare, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<V, S>(T* to, V v, long left, T* spare) where V : struct where S : struct, ISimd<T, V>
    {
        S.Store(spare, v);
        Copy(to, spare, Math.Min(left, S.Count));
    }

    private static void Copy(T* to, T* from, long n) => new ReadOnlySpan<T>(from, (int)n).CopyTo(new Span<T>(to, (int)n));
}
