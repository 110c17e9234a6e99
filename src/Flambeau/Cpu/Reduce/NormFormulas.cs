using System.Runtime.CompilerServices;
using Flambeau.Ops;

namespace Flambeau.Cpu;

internal readonly record struct SumMagnitudes : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc + T.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a + b;
}

internal readonly record struct SumNonzero : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc + T.Select(T.Eq(x, T.Zero), T.Zero, T.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a + b;
}

internal readonly record struct SumPowers(double p) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc + T.Call(new ScalarFunction2("pow", Math.Pow), T.Abs(x), T.Const(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a + b;
}

internal readonly record struct LargestMagnitude : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => T.Max(acc, T.Abs(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => T.Max(a, b);
}

internal readonly record struct SmallestMagnitude : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Const(double.PositiveInfinity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => T.Min(acc, T.Abs(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => T.Min(a, b);
}

internal readonly record struct RaiseTo(double exponent) : IPointwise1
{
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(new ScalarFunction2("pow", Math.Pow), x, T.Const(exponent));
}
