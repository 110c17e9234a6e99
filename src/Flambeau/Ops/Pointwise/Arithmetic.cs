using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Sum of two tensors, which broadcast.</summary>
[Op("_add(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct Plus : IPointwise2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x + y;

    internal Tensor VjpSelf(Tensor dy) => dy;

    internal Tensor VjpOther(Tensor dy) => dy;
}

/// <summary>Difference of two tensors, which broadcast.</summary>
[Op("_sub(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct Minus : IPointwise2
{
    public static Domain Domain => Domain.Number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x - y;

    internal Tensor VjpSelf(Tensor dy) => dy;

    internal Tensor VjpOther(Tensor dy) => -dy;
}

/// <summary>Product of two tensors, which broadcast.</summary>
[Op("mul(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("__rmul__(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Mul : IPointwise2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x * y;

    internal Tensor VjpSelf(Tensor other, Tensor dy) => dy * other.Conj();

    internal Tensor VjpOther(Tensor self, Tensor dy) => dy * self.Conj();
}

/// <summary>True division, broadcasting; integers give float32.</summary>
[Op("_div(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("true_divide(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct TrueDivide : IPointwise2
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x / y;

    internal Tensor VjpSelf(Tensor other, Tensor dy) => dy / other.Conj();

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => -dy * (self / (other * other)).Conj();
}

/// <summary>Each element with its sign turned.</summary>
[Op("neg(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Neg : IPointwise1
{
    public static Domain Domain => Domain.Number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => -x;

    internal Tensor VjpSelf(Tensor dy) => -dy;
}

/// <summary>e to the power of each element.</summary>
[Op("exp(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Exp : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Exp(x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy * y.Conj();
}

/// <summary>Whether each element is NaN.</summary>
[Op("isnan(Tensor self) -> Tensor")]
public readonly partial record struct IsNaN : IPointwise1
{
    public static Rule Rule => Rule.Predicate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.IsNaN(x);
}
