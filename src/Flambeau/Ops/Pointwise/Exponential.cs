using System.Runtime.CompilerServices;
using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>2 to the power of each element.</summary>
[Op("exp2(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Exp2 : IPointwise1
{
    static readonly ScalarFunction fn = new("exp2", double.Exp2, static z => Complex.Pow(2, z));

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy * (y * Math.Log(2)).Conj();
}

/// <summary>e to the power of each element, less one; accurate near zero.</summary>
[Op("expm1(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct ExpM1 : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => LaneFormulas.ExpM1(x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy * (y + 1).Conj();
}

/// <summary>Natural logarithm; -inf at 0, NaN below.</summary>
[Op("log(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Log : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Log(x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy / self.Conj();
}

/// <summary>Logarithm to base 2.</summary>
[Op("log2(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Log2 : IPointwise1
{
    static readonly ScalarFunction fn = new("log2", Math.Log2, static z => Complex.Log(z) / Math.Log(2));

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy / (self * Math.Log(2)).Conj();
}

/// <summary>Logarithm to base 10.</summary>
[Op("log10(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Log10 : IPointwise1
{
    static readonly ScalarFunction fn = new("log10", Math.Log10, static z => Complex.Log(z) / Math.Log(10));

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy / (self * Math.Log(10)).Conj();
}

/// <summary>Natural logarithm of one more than each element; accurate near zero.</summary>
[Op("log1p(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Log1P : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => LaneFormulas.Log1P(x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy / (self + 1).Conj();
}

/// <summary>Square root; NaN below 0.</summary>
[Op("sqrt(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Sqrt : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Sqrt(x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy / (y * 2).Conj();
}

/// <summary>Reciprocal of the square root.</summary>
[Op("rsqrt(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct RSqrt : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.One / T.Sqrt(x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy * (y * y * y * -0.5).Conj();
}

/// <summary>1 / x.</summary>
[Op("reciprocal(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Reciprocal : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.One / x;

    internal Tensor VjpSelf(Tensor y, Tensor dy) => -dy * (y * y).Conj();
}

/// <summary>ln(e^self + e^other), without overflow.</summary>
[Op("logaddexp(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct LogAddExp : IPointwise2
{
    public static Rule Rule => Rule.ToFloat;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Select(T.Eq(x, y), x + T.Const(0.6931471805599453), T.Max(x, y) + LaneFormulas.Log1P(T.Exp(-T.Abs(x - y))));

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) => dy * (self - other).Sigmoid();

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => dy * (other - self).Sigmoid();
}

/// <summary>log₂(2^self + 2^other), without overflow.</summary>
[Op("logaddexp2(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct LogAddExp2 : IPointwise2
{
    public static Rule Rule => Rule.ToFloat;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Select(T.Eq(x, y), x + T.One, T.Max(x, y) + LaneFormulas.Log1P(T.Exp(-T.Abs(x - y) * T.Const(0.6931471805599453))) * T.Const(1.4426950408889634));

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) => dy * ((self - other) * Math.Log(2)).Sigmoid();

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => dy * ((other - self) * Math.Log(2)).Sigmoid();
}
