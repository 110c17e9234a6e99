using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Whether elements are neither infinite nor NaN; a bool tensor.</summary>
[Op("isfinite(Tensor self) -> Tensor")]
public readonly partial record struct IsFinite : IPointwise1
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Eq(x - x, T.Zero);
}

/// <summary>Whether elements are infinite; a bool tensor.</summary>
[Op("isinf(Tensor self) -> Tensor")]
public readonly partial record struct IsInf : IPointwise1
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Eq(x, x) & ~T.Eq(x - x, T.Zero);
}

/// <summary>Whether elements are positive infinity; a bool tensor.</summary>
[Op("isposinf(Tensor self) -> Tensor")]
public readonly partial record struct IsPosInf : IPointwise1
{
    public static Rule Rule => Rule.Predicate;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => (x > T.Zero) & ~T.Eq(x - x, T.Zero);
}

/// <summary>Whether elements are negative infinity; a bool tensor.</summary>
[Op("isneginf(Tensor self) -> Tensor")]
public readonly partial record struct IsNegInf : IPointwise1
{
    public static Rule Rule => Rule.Predicate;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => (x < T.Zero) & ~T.Eq(x - x, T.Zero);
}

/// <summary>Whether the sign bit is set, as it is for -0.0; a bool tensor.</summary>
[Op("signbit(Tensor self) -> Tensor")]
public readonly partial record struct SignBit : IPointwise1
{
    public static Rule Rule => Rule.Predicate;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.CopySign(T.One, x) < T.Zero;
}
