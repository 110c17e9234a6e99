using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Maxima and means over windows of up to three axes; planes are shared out over the threads.</summary>
internal static unsafe class PoolKernels
{
    const long Grain = 1 << 14;

    static long PlaneGrain(PoolAxis[] a) => Math.Max(1, Grain / Math.Max(1, Math.Max(a[0].In * a[1].In * a[2].In, a[0].Out * a[1].Out * a[2].Out)));

    /// <summary>Largest element of each window and where in its plane it lies; NaN counts as larger than all.</summary>
    internal static void Max<T>(T* x, T* y, long* at, long planes, PoolAxis[] axes) where T : unmanaged, INumber<T>
    {
        PoolAxis d = axes[0], h = axes[1], w = axes[2];
        long size = d.In * h.In * w.In, outputs = d.Out * h.Out * w.Out;
        CpuThreads.For(planes, PlaneGrain(axes), (from, to) =>
        {
            for (var p = from; p < to; p++) MaxPlane(x + p * size, y + p * outputs, at + p * outputs, d, h, w);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MaxPlane<T>(T* x, T* y, long* at, PoolAxis d, PoolAxis h, PoolAxis w) where T : unmanaged, INumber<T>
    {
        long k = 0;
        for (long i = 0; i < d.Out; i++)
        {
            for (long j = 0; j < h.Out; j++)
            {
                for (long l = 0; l < w.Out; l++, k++)
                {
                    long where = (d.First[i] * h.In + h.First[j]) * w.In + w.First[l], first = w.First[l], end = w.End[l];
                    var best = x[where];
                    for (var a = d.First[i]; a < d.End[i]; a += d.Step)
                    {
                        for (var b = h.First[j]; b < h.End[j]; b += h.Step)
                        {
                            var row = (a * h.In + b) * w.In;
                            for (var c = first; c < end; c += w.Step)
                            {
                                var v = x[row + c];
                                if (!(v > best) && !T.IsNaN(v)) continue;
                                best = v;
                                where = row + c;
                            }
                        }
                    }
                    y[k] = best;
                    at[k] = where;
                }
            }
        }
    }

    /// <summary>Sum of each window over <paramref name="divisor"/>, or over its own size.</summary>
    internal static void Mean<T>(T* x, T* y, long planes, PoolAxis[] axes, long? divisor) where T : unmanaged, INumber<T>
    {
        PoolAxis d = axes[0], h = axes[1], w = axes[2];
        long size = d.In * h.In * w.In, outputs = d.Out * h.Out * w.Out;
        CpuThreads.For(planes, PlaneGrain(axes), (from, to) =>
        {
            for (var p = from; p < to; p++) MeanPlane(x + p * size, y + p * outputs, d, h, w, divisor);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MeanPlane<T>(T* x, T* y, PoolAxis d, PoolAxis h, PoolAxis w, long? divisor) where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < d.Out; i++)
        {
            for (long j = 0; j < h.Out; j++)
            {
                for (long l = 0; l < w.Out; l++)
                {
                    var sum = T.Zero;
                    for (var a = d.First[i]; a < d.End[i]; a++)
                    {
                        for (var b = h.First[j]; b < h.End[j]; b++)
                        {
                            var row = x + (a * h.In + b) * w.In;
                            for (var c = w.First[l]; c < w.End[l]; c++) sum += row[c];
                        }
                    }
                    // A window that lies in the padding alone has no elements to divide.
                    var n = divisor ?? d.Count[i] * h.Count[j] * w.Count[l];
                    *y++ = n <= 0 && sum == T.Zero ? T.Zero : sum / T.CreateTruncating(n);
                }
            }
        }
    }

    /// <summary>The adjoint of <see cref="Mean"/>: each gradient spread evenly over its window.</summary>
    internal static void MeanAdjoint<T>(T* dy, T* dx, long planes, PoolAxis[] axes, long? divisor) where T : unmanaged, INumber<T>
    {
        PoolAxis d = axes[0], h = axes[1], w = axes[2];
        long size = d.In * h.In * w.In, outputs = d.Out * h.Out * w.Out;
        CpuThreads.For(planes, PlaneGrain(axes), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                new Span<T>(dx + p * size, checked((int)size)).Clear();
                MeanAdjointPlane(dy + p * outputs, dx + p * size, d, h, w, divisor);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MeanAdjointPlane<T>(T* dy, T* dx, PoolAxis d, PoolAxis h, PoolAxis w, long? divisor) where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < d.Out; i++)
        {
            for (long j = 0; j < h.Out; j++)
            {
                for (long l = 0; l < w.Out; l++)
                {
                    var n = divisor ?? d.Count[i] * h.Count[j] * w.Count[l];
                    var g = *dy++;
                    if (n != 0) g /= T.CreateTruncating(n);
                    for (var a = d.First[i]; a < d.End[i]; a++)
                    {
                        for (var b = h.First[j]; b < h.End[j]; b++)
                        {
                            var row = dx + (a * h.In + b) * w.In;
                            for (var c = w.First[l]; c < w.End[l]; c++) row[c] += g;
                        }
                    }
                }
            }
        }
    }

    /// <summary>Elements of each plane at the given places.</summary>
    internal static void Gather<T>(T* x, long* at, T* y, long planes, long size, long count) where T : unmanaged, INumber<T> =>
        CpuThreads.For(planes, Math.Max(1, Grain / Math.Max(1, count)), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                for (long k = 0; k < count; k++) y[p * count + k] = x[p * size + at[p * count + k]];
            }
        });

    /// <summary>Planes of zeros with elements written, or added, at the given places.</summary>
    internal static void Scatter<T>(T* x, long* at, T* y, long planes, long size, long count, bool add) where T : unmanaged, INumber<T> =>
        CpuThreads.For(planes, Math.Max(1, Grain / Math.Max(1, Math.Max(count, size))), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                var plane = y + p * size;
                new Span<T>(plane, checked((int)size)).Clear();
                for (long k = 0; k < count; k++)
                {
                    var i = at[p * count + k];
                    plane[i] = add ? plane[i] + x[p * count + k] : x[p * count + k];
                }
            }
        });
}
