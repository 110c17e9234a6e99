using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Flambeau.Ops;

namespace Flambeau.Cpu;

/// <summary>Finds where along an axis the largest or smallest element is first. NaN wins.</summary>
internal static unsafe class ArgKernel
{
    /// <summary>Along an axis, or over the flattened tensor.</summary>
    internal static Tensor Flat(Tensor x, long? dim, bool largest, bool keepdim, string name)
    {
        if (dim is { } d) return Run(x, Dims.Wrap(d, x.Rank), largest, keepdim, name);
        x = Cast.Contiguous(x);
        var y = Run(x.Alias(new Layout([x.Numel]), x.Offset), 0, largest, keepdim: false, name);
        if (!keepdim) return y;
        var ones = new long[x.Rank];
        Array.Fill(ones, 1);
        return y.Alias(new Layout(ones.AsSpan()), 0);
    }

    internal static Tensor Run(Tensor x, int dim, bool largest, bool keepdim, string name)
    {
        if (x.DType.IsComplex()) throw new ArgumentException($"{name}: complex numbers have no order; the tensor is {x.DType.Name()}");
        var reduced = new bool[x.Rank];
        if (x.Rank > 0) reduced[dim] = true;
        Extreme.CheckNotEmpty(x, reduced, name);
        x = Cast.Contiguous(x);
        var y = Tensor.New(Axis.Sizes(x.Layout.Sizes, dim, keepdim ? 1 : null), DType.Int64);
        if (y.Numel == 0) return y;
        if (y.Storage.Backend is { } device)
        {
            device.Arg(x, y, dim, largest);
            return y;
        }
        var wide = Pointwise.Wide(x.DType);
        x = Cast.To(x, wide);
        switch (wide)
        {
            case DType.Float32: Lanes<float>(x, y, dim, largest); break;
            case DType.Float64: Lanes<double>(x, y, dim, largest); break;
            case DType.Int64: Lanes<long>(x, y, dim, largest); break;
            case DType.Int32: Lanes<int>(x, y, dim, largest); break;
            default: Lanes<int>(Cast.To(x, DType.Int32), y, dim, largest); break;
        }
        return y;
    }

    /// <summary>Without an axis of size 1 unless it is kept.</summary>
    internal static Tensor Squeeze(Tensor y, int dim, bool keepdim) =>
        keepdim || y.Rank == 0 ? y : y.Alias(new Layout(Axis.Sizes(y.Layout.Sizes, dim, null).AsSpan()), y.Offset);

    static void Lanes<E>(Tensor x, Tensor y, int dim, bool largest) where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) Exec<E, V512<E>>(x, y, dim, largest);
        else if (Vector256.IsHardwareAccelerated) Exec<E, V256<E>>(x, y, dim, largest);
        else if (Vector128.IsHardwareAccelerated) Exec<E, V128<E>>(x, y, dim, largest);
        else Exec<E, ScalarLane<E>>(x, y, dim, largest);
    }

    static void Exec<E, V>(Tensor x, Tensor y, int dim, bool largest) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var axis = Axis.Of(x.Layout.Sizes, dim);
        fixed (E* px = &x.First<E>())
        fixed (long* py = &y.First<long>())
        {
            var src = px;
            var dst = py;
            if (axis.Inner == 1)
            {
                CpuThreads.For(axis.Outer, axis.Grain, (from, to) =>
                {
                    for (var i = from; i < to; i++)
                    {
                        var row = src + i * axis.Size;
                        var best = largest ? ReduceLoops<Amax, E, V, ScalarLane<E>>.Run(default, row, axis.Size, 1) : ReduceLoops<Amin, E, V, ScalarLane<E>>.Run(default, row, axis.Size, 1);
                        dst[i] = Find(row, axis.Size, best);
                    }
                });
                return;
            }
            const long Lines = 256;
            var across = (axis.Inner + Lines - 1) / Lines;
            CpuThreads.For(axis.Outer * across, Math.Max(1, StridedLoop.Grain / Math.Max(1, axis.Size * Math.Min(Lines, axis.Inner))), (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    long o = i / across, j = i % across * Lines, end = Math.Min(axis.Inner, j + Lines);
                    var block = src + o * axis.Size * axis.Inner;
                    if (V.Width > 1 && axis.Size < 1 << 24) j = Columns<E, V>(block, dst + o * axis.Inner, j, end, axis, largest);
                    for (; j < end; j++) dst[o * axis.Inner + j] = Strided(block + j, axis.Size, axis.Inner, largest);
                }
            });
        }
    }

    /// <summary>Neighbouring lines, row by row, with positions counted in the element type; gives back the first line that is left to do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static long Columns<E, V>(E* x, long* y, long from, long to, Axis axis, bool largest) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        E* best = stackalloc E[256], at = stackalloc E[256];
        var n = (to - from) / V.Width * V.Width;
        for (long j = 0; j < n; j += V.Width)
        {
            V.Store(best + j, V.Load(x + from + j));
            V.Store(at + j, V.Zero);
        }
        for (long k = 1; k < axis.Size; k++)
        {
            var row = x + k * axis.Inner + from;
            var place = V.Broadcast(E.CreateTruncating(k));
            for (long j = 0; j < n; j += V.Width)
            {
                V v = V.Load(row + j), b = V.Load(best + j);
                // The first NaN replaces any number, and nothing replaces it.
                var better = (largest ? v > b : v < b) | (V.IsNaN(v) & ~V.IsNaN(b));
                V.Store(best + j, V.Select(better, v, b));
                V.Store(at + j, V.Select(better, place, V.Load(at + j)));
            }
        }
        for (long j = 0; j < n; j++) y[from + j] = long.CreateTruncating(at[j]);
        return from + n;
    }

    static long Find<E>(E* row, long n, E best) where E : unmanaged, INumber<E>
    {
        if (E.IsNaN(best))
        {
            for (long i = 0; i < n; i++) if (E.IsNaN(row[i])) return i;
        }
        for (long i = 0; i < n; i++) if (row[i] == best) return i;
        return 0;
    }

    static long Strided<E>(E* x, long n, long stride, bool largest) where E : unmanaged, INumber<E>
    {
        var best = *x;
        long at = 0;
        if (E.IsNaN(best)) return 0;
        for (long i = 1; i < n; i++)
        {
            var v = x[i * stride];
            if (E.IsNaN(v)) return i;
            if (largest ? v > best : v < best)
            {
                best = v;
                at = i;
            }
        }
        return at;
    }
}
