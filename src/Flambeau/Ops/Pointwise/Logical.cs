using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Whether both elements are true, broadcasting; every nonzero element, NaN too, counts as true.</summary>
[Op("logical_and(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct LogicalAnd : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => ~(T.Eq(x, T.Zero) | T.Eq(y, T.Zero));
}

/// <summary>Whether either element is true, broadcasting; every nonzero element, NaN too, counts as true.</summary>
[Op("logical_or(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct LogicalOr : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => ~(T.Eq(x, T.Zero) & T.Eq(y, T.Zero));
}

/// <summary>Whether exactly one element is true, broadcasting; every nonzero element, NaN too, counts as true.</summary>
[Op("logical_xor(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct LogicalXor : IPointwise2
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Eq(x, T.Zero) ^ T.Eq(y, T.Zero);
}

/// <summary>Whether elements are zero or false; every nonzero element, NaN too, counts as true.</summary>
[Op("logical_not(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct LogicalNot : IPointwise1
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Eq(x, T.Zero);
}
