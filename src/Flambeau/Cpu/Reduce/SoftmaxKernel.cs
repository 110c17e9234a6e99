using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Softmax and its relatives along an axis, for float32 and float64; a register holds neighbours in a row, or one element of neighbouring lines.</summary>
internal static unsafe class SoftmaxKernel
{
    internal enum Kind { Softmax, LogSoftmax, Safe }

    /// <summary>x contiguous, float32 or float64.</summary>
    internal static Tensor Forward(Kind kind, Tensor x, int dim)
    {
        if (x.Storage.Backend is { } device) return device.Softmax(kind, x, null, dim);
        var y = Tensor.New(x.Layout.Sizes, x.DType);
        if (y.Numel == 0) return y;
        if (x.DType == DType.Float32) Lanes<float>(kind, x, null, y, dim);
        else Lanes<double>(kind, x, null, y, dim);
        return y;
    }

    /// <summary>Gradient from the output and the output's gradient, both contiguous and of one dtype.</summary>
    internal static Tensor Backward(Kind kind, Tensor dy, Tensor output, int dim)
    {
        if (dy.Storage.Backend is { } device) return device.Softmax(kind, dy, output, dim);
        var dx = Tensor.New(dy.Layout.Sizes, dy.DType);
        if (dx.Numel == 0) return dx;
        if (dy.DType == DType.Float32) Lanes<float>(kind, dy, output, dx, dim);
        else Lanes<double>(kind, dy, output, dx, dim);
        return dx;
    }

    static void Lanes<E>(Kind kind, Tensor a, Tensor? b, Tensor y, int dim) where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) Exec<E, V512<E>>(kind, a, b, y, dim);
        else if (Vector256.IsHardwareAccelerated) Exec<E, V256<E>>(kind, a, b, y, dim);
        else if (Vector128.IsHardwareAccelerated) Exec<E, V128<E>>(kind, a, b, y, dim);
        else Exec<E, ScalarLane<E>>(kind, a, b, y, dim);
    }

    static void Exec<E, V>(Kind kind, Tensor a, Tensor? b, Tensor y, int dim) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var axis = Axis.Of(y.Layout.Sizes, dim);
        fixed (E* pa = &a.First<E>(), pb = &(b ?? a).First<E>(), py = &y.First<E>())
        {
            E* sa = pa, sb = pb, dst = py;
            var backward = b is not null;
            if (axis.Inner == 1)
            {
                CpuThreads.For(axis.Outer, Math.Max(1, StridedLoop.Grain / 8 / Math.Max(1, axis.Size)), (from, to) =>
                {
                    for (var i = from; i < to; i++)
                    {
                        var at = i * axis.Size;
                        if (backward) RowBackward<E, V>(kind, sa + at, sb + at, dst + at, axis.Size);
                        else Row<E, V>(kind, sa + at, dst + at, axis.Size);
                    }
                });
                return;
            }
            long width = V.Width, groups = (axis.Inner + width - 1) / width;
            CpuThreads.For(axis.Outer * groups, Math.Max(1, StridedLoop.Grain / 8 / Math.Max(1, axis.Size * width)), (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    var j = i % groups * width;
                    var at = i / groups * axis.Size * axis.Inner + j;
                    if (j + width <= axis.Inner) Group<E, V>(kind, sa + at, backward ? sb + at : null, dst + at, axis.Size, axis.Inner);
                    else
                    {
                        for (; j < axis.Inner; j++, at++) Group<E, ScalarLane<E>>(kind, sa + at, backward ? sb + at : null, dst + at, axis.Size, axis.Inner);
                    }
                }
            });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Row<E, V>(Kind kind, E* x, E* y, long n) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var (max, total) = Sums<E, V>(x, kind == Kind.LogSoftmax ? null : y, n);
        if (kind == Kind.Safe && E.IsNegativeInfinity(max) && !HasNaN(x, n))
        {
            new Span<E>(y, checked((int)n)).Clear();
            return;
        }
        long i = 0;
        if (kind == Kind.LogSoftmax)
        {
            var log = Log(total);
            V vmax = V.Broadcast(max), vlog = V.Broadcast(log);
            for (; i <= n - V.Width; i += V.Width) V.Store(y + i, V.Load(x + i) - vmax - vlog);
            for (; i < n; i++) y[i] = x[i] - max - log;
            return;
        }
        var factor = E.One / total;
        var vfactor = V.Broadcast(factor);
        for (; i <= n - V.Width; i += V.Width) V.Store(y + i, V.Load(y + i) * vfactor);
        for (; i < n; i++) y[i] *= factor;
    }

    internal static E Log<E>(E x) where E : unmanaged, INumber<E>
    {
        E y;
        ScalarLane<E>.Store(&y, ScalarLane<E>.Log(ScalarLane<E>.Broadcast(x)));
        return y;
    }

    /// <summary>A row's largest element and the sum of the exponentials of what each lies below it, which are kept in <paramref name="y"/> unless that is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (E Max, E Total) Sums<E, V>(E* x, E* y, long n) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        E max = *x;
        long i = 0;
        var spill = stackalloc E[64];
        if (n >= V.Width)
        {
            // A NaN may be passed over here: its exponential makes the sum NaN.
            V m = V.Load(x), m2 = m;
            for (i = V.Width; i <= n - 2 * V.Width; i += 2 * V.Width)
            {
                V p = V.Load(x + i), q = V.Load(x + i + V.Width);
                m = V.Select(p > m, p, m);
                m2 = V.Select(q > m2, q, m2);
            }
            for (; i <= n - V.Width; i += V.Width)
            {
                var p = V.Load(x + i);
                m = V.Select(p > m, p, m);
            }
            V.Store(spill, V.Max(m, m2));
            max = spill[0];
            for (var k = 1; k < V.Width; k++) max = E.Max(max, spill[k]);
        }
        for (; i < n; i++) max = E.Max(max, x[i]);
        var vmax = V.Broadcast(max);
        var smax = ScalarLane<E>.Broadcast(max);
        V sum = V.Zero, sum2 = sum;
        for (i = 0; i <= n - 2 * V.Width; i += 2 * V.Width)
        {
            V e = V.Exp(V.Load(x + i) - vmax), f = V.Exp(V.Load(x + i + V.Width) - vmax);
            if (y != null)
            {
                V.Store(y + i, e);
                V.Store(y + i + V.Width, f);
            }
            sum += e;
            sum2 += f;
        }
        sum += sum2;
        for (; i <= n - V.Width; i += V.Width)
        {
            var e = V.Exp(V.Load(x + i) - vmax);
            if (y != null) V.Store(y + i, e);
            sum += e;
        }
        V.Store(spill, sum);
        var total = spill[0];
        for (var k = 1; k < V.Width; k++) total += spill[k];
        for (; i < n; i++)
        {
            ScalarLane<E>.Store(spill, ScalarLane<E>.Exp(ScalarLane<E>.Load(x + i) - smax));
            if (y != null) y[i] = *spill;
            total += *spill;
        }
        return (max, total);
    }

    static bool HasNaN<E>(E* x, long n) where E : unmanaged, INumber<E>
    {
        for (long i = 0; i < n; i++)
        {
            if (E.IsNaN(x[i])) return true;
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RowBackward<E, V>(Kind kind, E* dy, E* output, E* dx, long n) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var sum = V.Zero;
        long i = 0;
        var spill = stackalloc E[64];
        for (; i <= n - V.Width; i += V.Width) sum += kind == Kind.LogSoftmax ? V.Load(dy + i) : V.Load(dy + i) * V.Load(output + i);
        V.Store(spill, sum);
        var total = spill[0];
        for (var k = 1; k < V.Width; k++) total += spill[k];
        for (; i < n; i++) total += kind == Kind.LogSoftmax ? dy[i] : dy[i] * output[i];
        var vtotal = V.Broadcast(total);
        for (i = 0; i <= n - V.Width; i += V.Width)
        {
            var g = V.Load(dy + i);
            var o = V.Load(output + i);
            V.Store(dx + i, kind == Kind.LogSoftmax ? g - V.Exp(o) * vtotal : o * (g - vtotal));
        }
        for (; i < n; i++)
        {
            if (kind != Kind.LogSoftmax) dx[i] = output[i] * (dy[i] - total);
            else
            {
                ScalarLane<E>.Store(spill, ScalarLane<E>.Exp(ScalarLane<E>.Load(output + i)));
                dx[i] = dy[i] - *spill * total;
            }
        }
    }

    /// <summary>Neighbouring lines at once: element k of each lies in the register at <c>x + k · stride</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Group<E, V>(Kind kind, E* a, E* output, E* y, long n, long stride) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var sum = V.Zero;
        if (output != null)
        {
            for (long k = 0; k < n; k++) sum += kind == Kind.LogSoftmax ? V.Load(a + k * stride) : V.Load(a + k * stride) * V.Load(output + k * stride);
            for (long k = 0; k < n; k++)
            {
                var g = V.Load(a + k * stride);
                var o = V.Load(output + k * stride);
                V.Store(y + k * stride, kind == Kind.LogSoftmax ? g - V.Exp(o) * sum : o * (g - sum));
            }
            return;
        }
        var max = V.Load(a);
        for (long k = 1; k < n; k++) max = V.Max(max, V.Load(a + k * stride));
        // Lines of nothing but -inf: with a maximum of 0 all exponentials are 0, and so is 0 / 1.
        var hopeless = V.Eq(max, V.Const(double.NegativeInfinity));
        if (kind == Kind.Safe) max = V.Select(hopeless, V.Zero, max);
        for (long k = 0; k < n; k++)
        {
            var e = V.Exp(V.Load(a + k * stride) - max);
            if (kind != Kind.LogSoftmax) V.Store(y + k * stride, e);
            sum += e;
        }
        if (kind == Kind.LogSoftmax)
        {
            var log = V.Log(sum);
            for (long k = 0; k < n; k++) V.Store(y + k * stride, V.Load(a + k * stride) - max - log);
            return;
        }
        if (kind == Kind.Safe) sum = V.Select(hopeless, V.One, sum);
        var factor = V.One / sum;
        for (long k = 0; k < n; k++) V.Store(y + k * stride, V.Load(y + k * stride) * factor);
    }
}
