using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>
/// The gradient of depthwise weights: each tap is a dot product along rows, nothing packed. Groups are shared out, so the
/// order of every sum is fixed.
/// </summary>
internal static unsafe class ConvWeightThin<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Needs one input channel a group, and a source that is a padded copy. dw is overwritten.</summary>
    public static void Run(in ConvShape shape, ConvSource source, ConvGrid grid, long* offsets, T* x, T* dy, T* dw)
    {
        var s = shape;
        var grain = Math.Max(1, (1 << 15) / (s.N * s.CoutGroup * s.Out.Volume * s.Kernel.Volume));
        CpuThreads.For(s.Groups, grain, (first, end) =>
        {
            for (var g = first; g < end; g++)
            {
                if (Vector512.IsHardwareAccelerated) Group<Vector512<T>, Simd512<T>>(s, source, grid, offsets, x, dy, dw, g);
                else if (Vector256.IsHardwareAccelerated) Group<Vector256<T>, Simd256<T>>(s, source, grid, offsets, x, dy, dw, g);
                else if (Vector128.IsHardwareAccelerated) Group<Vector128<T>, Simd128<T>>(s, source, grid, offsets, x, dy, dw, g);
                else Group<T, SimdScalar<T>>(s, source, grid, offsets, x, dy, dw, g);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Group<V, S>(in ConvShape s, in ConvSource source, ConvGrid grid, long* offsets, T* x, T* dy, T* dw, long group)
        where V : struct where S : struct, ISimd<T, V>
    {
        // Per row and tap one vector of sums, and one sum of the entries that fill no vector.
        long taps = grid.Taps.Length, rows = s.CoutGroup, volume = s.Out.Volume;
        var padded = Scratch.Rent<T>(Scratch.Slot.Source, source.Channel);
        var sums = Scratch.Rent<T>(Scratch.Slot.Right, rows * taps * (S.Count + 1));
        new Span<T>(sums, (int)(rows * taps * (S.Count + 1))).Clear();
        var tails = sums + rows * taps * S.Count;
        for (long image = 0; image < s.N; image++)
        {
            source.FillHere(x + (image * s.Groups + group) * s.In.Volume, padded, 1);
            for (long r = 0; r < rows; r++)
                Plane<V, S>(grid, offsets, taps, padded, dy + ((image * s.Groups + group) * rows + r) * volume, sums + r * taps * S.Count, tails + r * taps);
        }
        for (long t = 0; t < rows * taps; t++) dw[group * rows * taps + t] = S.Sum(S.Load(sums + t * S.Count)) + tails[t];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plane<V, S>(ConvGrid grid, long* offsets, long taps, T* padded, T* dy, T* sums, T* tails)
        where V : struct where S : struct, ISimd<T, V>
    {
        var whole = grid.Size[2] - grid.Size[2] % S.Count;
        for (long z = 0; z < grid.Size[0]; z++)
            for (long y = 0; y < grid.Size[1]; y++)
            {
                var line = padded + z * grid.From[0] + y * grid.From[1];
                var g = dy + z * grid.To[0] + y * grid.To[1];
                for (long t = 0; t < taps; t += 4) Taps<V, S>(whole, g, line, offsets + t, Math.Min(4, taps - t), sums + t * S.Count);
                for (var i = whole; i < grid.Size[2]; i++)
                    for (long t = 0; t < taps; t++) tails[t] = T.MultiplyAddEstimate(g[i], line[i + offsets[t]], tails[t]);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Taps<V, S>(long n, T* dy, T* line, long* offsets, long taps, T* sums) where V : struct where S : struct, ISimd<T, V>
    {
        // Missing taps repeat the last one, and their sums are dropped.
        T* x0 = line + offsets[0], x1 = line + offsets[Math.Min(1, taps - 1)], x2 = line + offsets[Math.Min(2, taps - 1)], x3 = line + offsets[taps - 1];
        V s0 = S.Load(sums), s1 = S.Load(sums + S.Count), s2 = S.Load(sums + 2 * S.Count), s3 = S.Load(sums + 3 * S.Count);
        for (long i = 0; i < n; i += S.Count)
        {
            var g = S.Load(dy + i);
            s0 = S.Fma(g, S.Load(x0 + i), s0);
            s1 = S.Fma(g, S.Load(x1 + i), s1);
            s2 = S.Fma(g, S.Load(x2 + i), s2);
            s3 = S.Fma(g, S.Load(x3 + i), s3);
        }
        S.Store(sums, s0);
        if (taps > 1) S.Store(sums + S.Count, s1);
        if (taps > 2) S.Store(sums + 2 * S.Count, s2);
        if (taps > 3) S.Store(sums + 3 * S.Count, s3);
    }
}
