using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Piecewise linear sigmoid: <c>(x + 3)/6</c> brought into [0, 1].</summary>
[Op("hardsigmoid(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Hardsigmoid : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Min(T.Max(x + T.Const(3), T.Zero), T.Const(6)) / T.Const(6);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => (dy / 6.0).Where(self.Gt(-3).LogicalAnd(self.Lt(3)), 0);
}

/// <summary><c>x · hardsigmoid(x)</c>.</summary>
[Op("hardswish(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Hardswish : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => x * T.Min(T.Max(x + T.Const(3), T.Zero), T.Const(6)) / T.Const(6);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.Where(self.Ge(3), (dy * (self / 3.0 + 0.5)).Where(self.Gt(-3), 0));
}

/// <summary><c>x</c> outside [−lambd, lambd], 0 inside.</summary>
[Op("hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor")]
public readonly partial record struct HardshrinkBy(Scalar Lambd) : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Select(T.Abs(x) <= T.Const(Lambd.ToDouble()), T.Zero, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.Where(self.Abs().Gt(Lambd), 0);
}

/// <summary><c>x</c> brought nearer to 0 by <c>lambd</c>, 0 within that distance; NaN stays.</summary>
/// <exception cref="ArgumentException">lambd is negative.</exception>
[Op("softshrink(Tensor self, Scalar lambd=0.5) -> Tensor")]
public readonly partial record struct SoftshrinkBy(Scalar Lambd) : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        var d = T.Const(Lambd.ToDouble());
        return T.Select(x > d, x - d, T.Select(x < -d, x + d, x * T.Zero));
    }

    internal Tensor Forward(Tensor self) => Lambd.ToDouble() >= 0 ? Pointwise.Run(this, self)
        : throw new ArgumentException($"softshrink: lambd is {Lambd}; expected a number not below 0");

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.Where(self.Abs().Gt(Lambd), 0);
}
