using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Whether elements are equal, broadcasting; a bool tensor.</summary>
[Op("eq(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct Eq : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Eq(x, y);
}

/// <summary>Whether elements differ, broadcasting; NaN differs from everything; a bool tensor.</summary>
[Op("ne(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("not_equal(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Ne : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => ~T.Eq(x, y);
}

/// <summary>Whether elements are less than the other's, broadcasting; a bool tensor.</summary>
[Op("lt(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("less(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Lt : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x < y;
}

/// <summary>Whether elements are at most the other's, broadcasting; a bool tensor.</summary>
[Op("le(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("less_equal(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Le : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x <= y;
}

/// <summary>Whether elements are greater than the other's, broadcasting; a bool tensor.</summary>
[Op("gt(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("greater(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Gt : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x > y;
}

/// <summary>Whether elements are at least the other's, broadcasting; a bool tensor.</summary>
[Op("ge(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("greater_equal(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Ge : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x >= y;
}
