using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cpu.Special;

namespace Flambeau.Ops;

/// <summary>Airy function Ai. It has no gradient, as in PyTorch.</summary>
[Op("special.airy_ai(Tensor self) -> Tensor")]
public readonly partial record struct AiryAi : IPointwise1
{
    static readonly ScalarFunction fn = new("airy_ai", Airy.Ai);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);
}

/// <summary>Bessel function of the first kind, order 0.</summary>
[Op("special.bessel_j0(Tensor self) -> Tensor")]
public readonly partial record struct BesselJ0 : IPointwise1
{
    static readonly ScalarFunction fn = new("bessel_j0", Bessel.J0);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => -dy * Special.BesselJ1(self);
}

/// <summary>Bessel function of the first kind, order 1.</summary>
[Op("special.bessel_j1(Tensor self) -> Tensor")]
public readonly partial record struct BesselJ1 : IPointwise1
{
    static readonly ScalarFunction fn = new("bessel_j1", Bessel.J1);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (Special.BesselJ0(self) - BesselRules.OverX(y, self, 0.5));
}

/// <summary>Bessel function of the second kind, order 0; −inf at 0, NaN below.</summary>
[Op("special.bessel_y0(Tensor self) -> Tensor")]
public readonly partial record struct BesselY0 : IPointwise1
{
    static readonly ScalarFunction fn = new("bessel_y0", Bessel.Y0);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => -dy * Special.BesselY1(self);
}

/// <summary>Bessel function of the second kind, order 1; −inf at 0, NaN below.</summary>
[Op("special.bessel_y1(Tensor self) -> Tensor")]
public readonly partial record struct BesselY1 : IPointwise1
{
    static readonly ScalarFunction fn = new("bessel_y1", Bessel.Y1);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (Special.BesselY0(self) - y / self);
}

/// <summary>Spherical Bessel function of the first kind, order 0: sin(x) / x.</summary>
[Op("special.spherical_bessel_j0(Tensor self) -> Tensor")]
public readonly partial record struct SphericalBesselJ0 : IPointwise1
{
    static readonly ScalarFunction fn = new("spherical_bessel_j0", Bessel.SphericalJ0);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * BesselRules.OverX(self.Cos() - y, self, 0);
}

internal static class BesselRules
{
    /// <summary>y / x, whose limit at 0 is known; its own gradient has no 0 / 0 either.</summary>
    internal static Tensor OverX(Tensor y, Tensor x, double atZero)
    {
        var zero = x.Eq(0);
        return Tensor.Where(zero, atZero, y / Tensor.Where(zero, 1, x));
    }
}
