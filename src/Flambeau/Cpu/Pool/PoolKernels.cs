using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Maxima and means over windows of up to three axes; planes are shared out over the threads.</summary>
internal static unsafe class PoolKernels
{
    const long Grain = 1 << 14;

    static long PlaneGrain(PoolAxis[] a) => Math.Max(1, Grain / Math.Max(1, Math.Max(a[0].In * a[1].In * a[2].In, a[0].Out * a[1].Out * a[2].Out)));

    /// <summary>Largest element of each window and, unless <paramref name="at"/> is null, where in its plane it lies; NaN counts as larger than all.</summary>
    internal static void Max<T>(T* x, T* y, long* at, long planes, PoolAxis[] axes) where T : unmanaged, INumber<T>
    {
        PoolAxis d = axes[0], h = axes[1], w = axes[2];
        long size = d.In * h.In * w.In, outputs = d.Out * h.Out * w.Out;
        var whole = typeof(T) == typeof(float) && PoolRows.Fits(w) && size <= int.MaxValue ? w.Whole() : (0, 0);
        var narrow = typeof(T) == typeof(float) && PoolRows.FitsNarrow(w) && size <= int.MaxValue && whole.Item2 - whole.Item1 < PoolRows.Width;
        var end = x + planes * size;
        CpuThreads.For(planes, PlaneGrain(axes), (from, to) =>
        {
            for (var p = from; p < to; p++) MaxPlane(x + p * size, end, y + p * outputs, at == null ? null : at + p * outputs, d, h, w, whole, narrow);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MaxPlane<T>(T* x, T* end, T* y, long* at, PoolAxis d, PoolAxis h, PoolAxis w, (long From, long To) whole, bool narrow) where T : unmanaged, INumber<T>
    {
        long k = 0;
        for (long i = 0; i < d.Out; i++)
        {
            for (long j = 0; j < h.Out; j++, k += w.Out)
            {
                var rows = new PoolRows.Window(d.First[i], d.End[i], d.Step, h.First[j], h.End[j], h.Step, h.In, w.In);
                if (narrow)
                {
                    PoolRows.MaxNarrow((float*)x, (float*)y + k, at == null ? null : at + k, rows, w);
                    continue;
                }
                var done = typeof(T) == typeof(float) && whole.To - whole.From >= PoolRows.Width
                    ? PoolRows.Max((float*)x, (float*)end, (float*)y + k, at == null ? null : at + k, rows, w, whole.From, whole.To) : whole.From;
                for (long l = 0; l < w.Out; l++)
                {
                    if (l == whole.From && done > l) l = done;
                    if (l >= w.Out) break;
                    long where = (rows.D0 * h.In + rows.H0) * w.In + w.First[l], first = w.First[l], stop = w.End[l];
                    var best = x[where];
                    for (var a = rows.D0; a < rows.D1; a += rows.DStep)
                    {
                        for (var b = rows.H0; b < rows.H1; b += rows.HStep)
                        {
                            var row = (a * h.In + b) * w.In;
                            for (var c = first; c < stop; c += w.Step)
                            {
                                var v = x[row + c];
                                if (!(v > best) && !T.IsNaN(v)) continue;
                                best = v;
                                where = row + c;
                            }
                        }
                    }
                    y[k + l] = best;
                    if (at != null) at[k + l] = where;
                }
            }
        }
    }

    /// <summary>Sum of each window over <paramref name="divisor"/>, or over its own size.</summary>
    internal static void Mean<T>(T* x, T* y, long planes, PoolAxis[] axes, long? divisor) where T : unmanaged, INumber<T>
    {
        PoolAxis d = axes[0], h = axes[1], w = axes[2];
        long size = d.In * h.In * w.In, outputs = d.Out * h.Out * w.Out;
        var global = outputs == 1 && (typeof(T) == typeof(float) || typeof(T) == typeof(double)) && d.End[0] - d.First[0] == d.In && h.End[0] - h.First[0] == h.In && w.End[0] - w.First[0] == w.In;
        var whole = typeof(T) == typeof(float) && PoolRows.Fits(w) ? w.Whole() : (0, 0);
        var end = x + planes * size;
        CpuThreads.For(planes, PlaneGrain(axes), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                if (global) y[p] = T.CreateTruncating(NormSums.Sum(x + p * size, size) / (divisor ?? d.Count[0] * h.Count[0] * w.Count[0]));
                else MeanPlane(x + p * size, end, y + p * outputs, d, h, w, divisor, whole);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MeanPlane<T>(T* x, T* end, T* y, PoolAxis d, PoolAxis h, PoolAxis w, long? divisor, (long From, long To) whole) where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < d.Out; i++)
        {
            for (long j = 0; j < h.Out; j++, y += w.Out)
            {
                var rows = new PoolRows.Window(d.First[i], d.End[i], 1, h.First[j], h.End[j], 1, h.In, w.In);
                var area = d.Count[i] * h.Count[j];
                var done = typeof(T) == typeof(float) && whole.To - whole.From >= PoolRows.Width
                    ? PoolRows.Mean((float*)x, (float*)end, (float*)y, divisor ?? area * w.Count[whole.From], rows, w, whole.From, whole.To) : whole.From;
                for (long l = 0; l < w.Out; l++)
                {
                    if (l == whole.From && done > l) l = done;
                    if (l >= w.Out) break;
                    var sum = T.Zero;
                    for (var a = rows.D0; a < rows.D1; a++)
                    {
                        for (var b = rows.H0; b < rows.H1; b++)
                        {
                            var row = x + (a * h.In + b) * w.In;
                            for (var c = w.First[l]; c < w.End[l]; c++) sum += row[c];
                        }
                    }
                    // A window that lies in the padding alone has no elements to divide.
                    var n = divisor ?? area * w.Count[l];
                    y[l] = n <= 0 && sum == T.Zero ? T.Zero : sum / T.CreateTruncating(n);
                }
            }
        }
    }

    /// <summary>The adjoint of <see cref="Mean"/>: each gradient spread evenly over its window.</summary>
    internal static void MeanAdjoint<T>(T* dy, T* dx, long planes, PoolAxis[] axes, long? divisor) where T : unmanaged, INumber<T>
    {
        PoolAxis d = axes[0], h = axes[1], w = axes[2];
        long size = d.In * h.In * w.In, outputs = d.Out * h.Out * w.Out;
        var pairs = typeof(T) == typeof(float) && w is { Stride: 2, Kernel: 2 } ? w.Whole() : (0, 0);
        CpuThreads.For(planes, PlaneGrain(axes), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                new Span<T>(dx + p * size, checked((int)size)).Clear();
                MeanAdjointPlane(dy + p * outputs, dx + p * size, d, h, w, divisor, pairs);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MeanAdjointPlane<T>(T* dy, T* dx, PoolAxis d, PoolAxis h, PoolAxis w, long? divisor, (long From, long To) pairs) where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < d.Out; i++)
        {
            for (long j = 0; j < h.Out; j++, dy += w.Out)
            {
                var rows = new PoolRows.Window(d.First[i], d.End[i], 1, h.First[j], h.End[j], 1, h.In, w.In);
                var area = d.Count[i] * h.Count[j];
                var done = typeof(T) == typeof(float) && pairs.To - pairs.From >= PoolRows.Width
                    ? PoolRows.AddPairs((float*)dy, (float*)dx, divisor ?? area * w.Count[pairs.From], rows, w.Pad, pairs.From, pairs.To) : pairs.From;
                for (long l = 0; l < w.Out; l++)
                {
                    if (l == pairs.From && done > l) l = done;
                    if (l >= w.Out) break;
                    var n = divisor ?? area * w.Count[l];
                    var g = dy[l];
                    if (n != 0) g /= T.CreateTruncating(n);
                    for (var a = rows.D0; a < rows.D1; a++)
                    {
                        for (var b = rows.H0; b < rows.H1; b++)
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
    internal static void Gather<T>(T* x, long* at, T* y, long planes, long size, long count, string op) where T : unmanaged, INumber<T> =>
        CpuThreads.For(planes, Math.Max(1, Grain / Math.Max(1, count)), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                for (long k = 0; k < count; k++) y[p * count + k] = x[p * size + Checked(at[p * count + k], size, op)];
            }
        });

    /// <summary>Planes of zeros with elements written, or added, at the given places.</summary>
    internal static void Scatter<T>(T* x, long* at, T* y, long planes, long size, long count, bool add, string op) where T : unmanaged, INumber<T> =>
        CpuThreads.For(planes, Math.Max(1, Grain / Math.Max(1, Math.Max(count, size))), (from, to) =>
        {
            for (var p = from; p < to; p++) ScatterPlane(x + p * count, at + p * count, y + p * size, size, count, add, op);
        });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ScatterPlane<T>(T* x, long* at, T* plane, long size, long count, bool add, string op) where T : unmanaged, INumber<T>
    {
        new Span<T>(plane, checked((int)size)).Clear();
        if (add)
        {
            for (long k = 0; k < count; k++) plane[Checked(at[k], size, op)] += x[k];
        }
        else
        {
            for (long k = 0; k < count; k++) plane[Checked(at[k], size, op)] = x[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static long Checked(long index, long size, string op)
    {
        if ((ulong)index >= (ulong)size) Outside(index, size, op);
        return index;
    }

    [DoesNotReturn]
    static void Outside(long index, long size, string op) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"{op}: index {index} lies outside a plane of {size} elements");
}
