using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>The larger element, broadcasting; NaN if either is. At ties each input gets half of the gradient.</summary>
[Op("maximum(Tensor self, Tensor other) -> Tensor")]
[Op("max(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Maximum : IPointwise2
{
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Max(x, y);

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) => (dy * 0.5).Where(self.Eq(other), dy).Where(self.Lt(other).LogicalNot(), 0);

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => (dy * 0.5).Where(self.Eq(other), dy).Where(self.Gt(other).LogicalNot(), 0);
}

/// <summary>The smaller element, broadcasting; NaN if either is. At ties each input gets half of the gradient.</summary>
[Op("minimum(Tensor self, Tensor other) -> Tensor")]
[Op("min(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Minimum : IPointwise2
{
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Min(x, y);

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) => (dy * 0.5).Where(self.Eq(other), dy).Where(self.Gt(other).LogicalNot(), 0);

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => (dy * 0.5).Where(self.Eq(other), dy).Where(self.Lt(other).LogicalNot(), 0);
}

/// <summary>The larger element, broadcasting; where one is NaN, the other.</summary>
[Op("fmax(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct FMax : IPointwise2
{
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Select(T.IsNaN(x), y, T.Select(x < y, y, x));

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) => dy.Where(self.Ge(other).LogicalOr(other.IsNaN()), 0);

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => dy.Where(self.Ge(other).LogicalOr(other.IsNaN()).LogicalNot(), 0);
}

/// <summary>The smaller element, broadcasting; where one is NaN, the other.</summary>
[Op("fmin(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct FMin : IPointwise2
{
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Select(T.IsNaN(x), y, T.Select(y < x, y, x));

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) => dy.Where(self.Le(other).LogicalOr(other.IsNaN()), 0);

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => dy.Where(self.Le(other).LogicalOr(other.IsNaN()).LogicalNot(), 0);
}
