using System.Runtime.CompilerServices;
using System.Numerics;
using Flambeau.Cpu.Special;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Sine of radians.</summary>
[Op("sin(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Sin : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Sin(x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * self.Cos().Conj();
}

/// <summary>Cosine of radians.</summary>
[Op("cos(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Cos : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Cos(x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => -dy * self.Sin().Conj();
}

/// <summary>Tangent of radians.</summary>
[Op("tan(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Tan : IPointwise1
{
    static readonly ScalarFunction fn = new("tan", Math.Tan, Complex.Tan);

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy * (y * y + 1).Conj();
}

/// <summary>Angle in [-π/2, π/2] whose sine is given; NaN outside [-1, 1].</summary>
[Op("asin(Tensor self) -> Tensor", InPlace = true)]
[Op("arcsin(Tensor self) -> Tensor")]
public readonly partial record struct Asin : IPointwise1
{
    static readonly ScalarFunction fn = new("asin", Math.Asin, Complex.Asin);

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * (1 - self * self).RSqrt().Conj();
}

/// <summary>Angle in [0, π] whose cosine is given; NaN outside [-1, 1].</summary>
[Op("acos(Tensor self) -> Tensor", InPlace = true)]
[Op("arccos(Tensor self) -> Tensor")]
public readonly partial record struct Acos : IPointwise1
{
    static readonly ScalarFunction fn = new("acos", Math.Acos, Complex.Acos);

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => -dy * (1 - self * self).RSqrt().Conj();
}

/// <summary>Angle in (-π/2, π/2) whose tangent is given.</summary>
[Op("atan(Tensor self) -> Tensor", InPlace = true)]
[Op("arctan(Tensor self) -> Tensor")]
public readonly partial record struct Atan : IPointwise1
{
    static readonly ScalarFunction fn = new("atan", Math.Atan, Complex.Atan);

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy / (self * self + 1).Conj();
}

/// <summary>Angle in [-π, π] of the point (other, self).</summary>
[Op("atan2(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("arctan2(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Atan2 : IPointwise2
{
    static readonly ScalarFunction2 fn = new("atan2", Math.Atan2);

    public static Rule Rule => Rule.ToFloat;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) => dy * (other / (self * self + other * other));

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => -dy * (self / (self * self + other * other));
}

/// <summary>Length of the hypotenuse over two legs, without overflow.</summary>
[Op("hypot(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct Hypot : IPointwise2
{
    static readonly ScalarFunction2 fn = new("hypot", double.Hypot);

    public static Rule Rule => Rule.ToFloat;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (self / y);

    internal Tensor VjpOther(Tensor other, Tensor y, Tensor dy) => dy * (other / y);
}

/// <summary>sin(πx) / (πx), 1 at 0.</summary>
[Op("sinc(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Sinc : IPointwise1
{
    static readonly ScalarFunction fn = new("sinc", Elementary.Sinc, static z => z == 0 ? 1 : Complex.Sin(Math.PI * z) / (Math.PI * z));

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        var x = (self * Math.PI).Where(self.Ne(0), 1);
        var slope = (x.Cos() - x.Sin() / x) / x * Math.PI;
        return dy * slope.Where(self.Ne(0), 0).Conj();
    }
}

/// <summary>Degrees as radians.</summary>
[Op("deg2rad(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Deg2Rad : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => x * T.Const(Math.PI / 180);

    internal Tensor VjpSelf(Tensor dy) => dy * (Math.PI / 180);
}

/// <summary>Radians as degrees.</summary>
[Op("rad2deg(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Rad2Deg : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => x * T.Const(180 / Math.PI);

    internal Tensor VjpSelf(Tensor dy) => dy * (180 / Math.PI);
}
