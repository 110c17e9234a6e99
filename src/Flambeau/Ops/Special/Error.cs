using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cpu.Special;

namespace Flambeau.Ops;

/// <summary>Error function 2/√π ∫₀ˣ exp(−t²) dt.</summary>
[Op("erf(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Erf : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Erf(x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * (-(self * self)).Exp() * (2 / Math.Sqrt(Math.PI));
}

/// <summary>Complementary error function 1 − erf(x), accurate in the tail.</summary>
[Op("erfc(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Erfc : IPointwise1
{
    static readonly ScalarFunction fn = new("erfc", ErrorFunctions.Erfc);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * (-(self * self)).Exp() * (-2 / Math.Sqrt(Math.PI));
}

/// <summary>Inverse of the error function on [−1, 1]; NaN outside.</summary>
[Op("erfinv(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct ErfInv : IPointwise1
{
    static readonly ScalarFunction fn = new("erfinv", ErrorFunctions.ErfInv);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy * (y * y).Exp() * (Math.Sqrt(Math.PI) / 2);
}

/// <summary>Scaled complementary error function exp(x²) erfc(x), finite where erfc underflows.</summary>
[Op("special.erfcx(Tensor self) -> Tensor")]
public readonly partial record struct ErfcX : IPointwise1
{
    static readonly ScalarFunction fn = new("erfcx", ErrorFunctions.Erfcx);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (self * y * 2 - 2 / Math.Sqrt(Math.PI));
}

/// <summary>Distribution function of the standard normal.</summary>
[Op("special.ndtr(Tensor self) -> Tensor")]
public readonly partial record struct Ndtr : IPointwise1
{
    static readonly ScalarFunction fn = new("ndtr", ErrorFunctions.Ndtr);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * (self * self * -0.5).Exp() * (1 / Math.Sqrt(Math.Tau));
}

/// <summary>Logarithm of the standard normal's distribution function, accurate in the lower tail.</summary>
[Op("special.log_ndtr(Tensor self) -> Tensor")]
public readonly partial record struct LogNdtr : IPointwise1
{
    static readonly ScalarFunction fn = new("log_ndtr", ErrorFunctions.LogNdtr);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy / Special.ErfcX(self * -Math.Sqrt(0.5)) * Math.Sqrt(2 / Math.PI);
}

/// <summary>Quantile of the standard normal: the inverse of <see cref="Ndtr"/>.</summary>
[Op("special.ndtri(Tensor self) -> Tensor")]
public readonly partial record struct Ndtri : IPointwise1
{
    static readonly ScalarFunction fn = new("ndtri", ErrorFunctions.Ndtri);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy * (y * y * 0.5).Exp() * Math.Sqrt(Math.Tau);
}
