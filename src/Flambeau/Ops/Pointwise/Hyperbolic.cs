using System.Runtime.CompilerServices;
using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Hyperbolic sine.</summary>
[Op("sinh(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Sinh : IPointwise1
{
    static readonly ScalarFunction fn = new("sinh", Math.Sinh, Complex.Sinh);

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * self.Cosh().Conj();
}

/// <summary>Hyperbolic cosine.</summary>
[Op("cosh(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Cosh : IPointwise1
{
    static readonly ScalarFunction fn = new("cosh", Math.Cosh, Complex.Cosh);

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * self.Sinh().Conj();
}

/// <summary>Number whose hyperbolic sine is given.</summary>
[Op("asinh(Tensor self) -> Tensor", InPlace = true)]
[Op("arcsinh(Tensor self) -> Tensor")]
public readonly partial record struct Asinh : IPointwise1
{
    static readonly ScalarFunction fn = new("asinh", Math.Asinh, static z => Complex.Log(z + Complex.Sqrt(z * z + 1)));

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * (self * self + 1).RSqrt().Conj();
}

/// <summary>Number not below 0 whose hyperbolic cosine is given; NaN below 1.</summary>
[Op("acosh(Tensor self) -> Tensor", InPlace = true)]
[Op("arccosh(Tensor self) -> Tensor")]
public readonly partial record struct Acosh : IPointwise1
{
    static readonly ScalarFunction fn = new("acosh", Math.Acosh, static z => Complex.Log(z + Complex.Sqrt(z + 1) * Complex.Sqrt(z - 1)));

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) =>
        dy * (self.DType.IsComplex() ? (self - 1).RSqrt() * (self + 1).RSqrt() : (self * self - 1).RSqrt()).Conj();
}

/// <summary>Number whose hyperbolic tangent is given; NaN outside [-1, 1].</summary>
[Op("atanh(Tensor self) -> Tensor", InPlace = true)]
[Op("arctanh(Tensor self) -> Tensor")]
public readonly partial record struct Atanh : IPointwise1
{
    static readonly ScalarFunction fn = new("atanh", Math.Atanh, static z => 0.5 * (Complex.Log(1 + z) - Complex.Log(1 - z)));

    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy / (1 - self * self).Conj();
}
