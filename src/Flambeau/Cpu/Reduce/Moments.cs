using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Flambeau.Ops;

namespace Flambeau.Cpu;

/// <summary>Sum of squared distances from a centre.</summary>
internal readonly record struct CenteredSquares(double centre) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T>
    {
        var d = x - T.Const(centre);
        return acc + d * d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a + b;
}

/// <summary>Sums of squared distances from the mean along axes, in two passes: the mean first, then the squares, both pairwise.</summary>
internal static unsafe class Moments
{
    /// <summary>float32 or float64 in, the same out, without the reduced axes (or with size 1).</summary>
    internal static Tensor SquaredDistances(Tensor x, bool[] reduced, bool keepdim) => x.DType == DType.Float64
        ? Lanes<double>(x, reduced, keepdim) : Lanes<float>(x, reduced, keepdim);

    static Tensor Lanes<E>(Tensor x, bool[] reduced, bool keepdim) where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) return Run<E, V512<E>>(x, reduced, keepdim);
        if (Vector256.IsHardwareAccelerated) return Run<E, V256<E>>(x, reduced, keepdim);
        if (Vector128.IsHardwareAccelerated) return Run<E, V128<E>>(x, reduced, keepdim);
        return Run<E, ScalarLane<E>>(x, reduced, keepdim);
    }

    static Tensor Run<E, V>(Tensor x, bool[] reduced, bool keepdim) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var plan = new ReducePlan(x.Layout, reduced);
        var sizes = Reducer.OutputSizes(x.Layout.Sizes, reduced, keepdim);
        var count = E.CreateTruncating(plan.ReducedCount);
        var outputs = new Layout(sizes.AsSpan()).Numel;
        if (x.Storage.Backend is null && outputs == 1 && plan.ReducedCount > 0)
        {
            var mean = double.CreateTruncating(Reducer.Run(new Sum(), x, reduced, false).First<E>() / count);
            return Reducer.Run(new CenteredSquares(mean), x, reduced, keepdim);
        }
        if (plan.InnerIsKept || outputs == 0 || x.Storage.Backend is not null)
        {
            var mean = Pointwise.Run(new Scale(1.0 / plan.ReducedCount), Reducer.Run(new Sum(), x, reduced, true));
            return Reducer.Run(new CenteredSquares(0), Pointwise.Run(new Minus(), x, mean), reduced, keepdim);
        }
        var y = Tensor.New(sizes, x.DType);
        fixed (E* px = &x.First<E>(), py = &y.First<E>())
        {
            E* src = px, dst = py;
            CpuThreads.For(outputs, Math.Max(1, StridedLoop.Grain / Math.Max(1, plan.ReducedCount)), (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    var line = src + plan.KeptOffset(i, outer: false);
                    var mean = ReduceLoops<Sum, E, V, ScalarLane<E>>.Row(new Sum(), line, plan) / count;
                    dst[i] = ReduceLoops<CenteredSquares, E, V, ScalarLane<E>>.Row(new CenteredSquares(double.CreateTruncating(mean)), line, plan);
                }
            });
        }
        return y;
    }
}

/// <summary>Times a constant.</summary>
internal readonly record struct Scale(double factor) : IPointwise1
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => x * T.Const(factor);
}
