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
        var size = c.Grid.Size;
        long lines = size[0] * size[1], strips = (size[2] + Strip - 1) / Strip;
        var units = c.Images * c.Groups * lines * strips;
        var grain = Math.Max(1, (1 << 15) / Math.Max(1, Math.Min(Strip, size[2]) * (c.Depth + 1) * c.Rows));
        CpuThreads.For(units, grain, (first, end) => Units(c, lines, strips, first, end));
    }

    [SkipLocalsInit]
    private static void Units(Correlation<T> c, long lines, long strips, long first, long end)
    {
        var spare = stackalloc T[Strip];
        var grid = c.Grid;
        for (var u = first; u < end; u++)
        {
            long strip = u % strips, line = u / strips % lines, group = u / strips / lines % c.Groups, image = u / strips / lines / c.Groups;
            long x = strip * Strip, y = line % grid.Size[1], z = line / grid.Size[1];
            var n = Math.Min(Strip, grid.Size[2] - x);
            var from = c.Source + image * c.SourceImage + group * c.SourceGroup + z * grid.From[0] + y * grid.From[1] + x;
            var to = c.Out + image * c.OutImage + group * c.Rows * c.OutChannel + grid.Start + z * grid.To[0] + y * grid.To[1] + x * grid.To[2];
            for (long r = 0; r < c.Rows; r++, to += c.OutChannel)
            {
                var row = group * c.Rows + r;
                var bias = c.Bias == null ? T.Zero : c.Bias[row];
                var line0 = grid.To[2] == 1 ? to : spare;
                Line(n, from, c.Offsets, c.Depth, c.Weights + row * c.Depth, bias, line0);
                if (line0 == to) continue;
                for (long i = 0; i < n; i++) to[i * grid.To[2]] = spare[i];
            }
        }
    }

    private static void Line(long n, T* from, long* offsets, long depth, T* weights, T bias, T* to)
    {
        if (Vector512.IsHardwareAccelerated) Line<Vector512<T>, Simd512<T>>(n, from, offsets, depth, weights, bias, to);
        else if (Vector256.IsHardwareAccelerated) Line<Vector256<T>, Simd256<T>>(n, from, offsets, depth, weights, bias, to);
        else if (Vector128.IsHardwareAccelerated) Line<Vector128<T>, Simd128<T>>(n, from, offsets, depth, weights, bias, to);
        else Line<T, SimdScalar<T>>(n, from, offsets, depth, weights, bias, to);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line<V, S>(long n, T* from, long* offsets, long depth, T* weights, T bias, T* to)
        where V : struct where S : struct, ISimd<T, V>
    {
        long i = 0;
        for (; i + 4 * S.Count <= n; i += 4 * S.Count)
        {
            V s0 = S.All(bias), s1 = s0, s2 = s0, s3 = s0;
            for (long k = 0; k < depth; k++)
            {
                var w = S.All(weights[k]);
                var x = from + i + offsets[k];
                s0 = S.Fma(w, S.Load(x), s0);
                s1 = S.Fma(w, S.Load(x + S.Count), s1);
                s2 = S.Fma(w, S.Load(x + 2 * S.Count), s2);
                s3 = S.Fma(w, S.Load(x + 3 * S.Count), s3);
            }
            S.Store(to + i, s0);
            S.Store(to + i + S.Count, s1);
            S.Store(to + i + 2 * S.Count, s2);
            S.Store(to + i + 3 * S.Count, s3);
        }
        var spare = stackalloc T[16];
        for (; i < n; i += S.Count)
        {
            var s = S.All(bias);
            for (long k = 0; k < depth; k++) s = S.Fma(S.All(weights[k]), S.Load(from + i + offsets[k]), s);
            if (i + S.Count <= n)
            {
                S.Store(to + i, s);
                continue;
            }
            S.Store(spare, s);
            for (long j = 0; j < n - i; j++) to[i + j] = spare[j];
        }
    }
}
