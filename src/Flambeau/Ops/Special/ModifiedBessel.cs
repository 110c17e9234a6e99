using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cpu.Special;

namespace Flambeau.Ops;

/// <summary>Modified Bessel function of the first kind, order 0.</summary>
[Op("i0(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct I0 : IPointwise1
{
    static readonly ScalarFunction fn = new("i0", ModifiedBessel.I0);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * Special.I1(self);
}

/// <summary>Modified Bessel function of the first kind, order 0, times exp(−|x|).</summary>
[Op("special.i0e(Tensor self) -> Tensor")]
public readonly partial record struct I0e : IPointwise1
{
    static readonly ScalarFunction fn = new("i0e", ModifiedBessel.ScaledI0);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (Special.I1e(self) - self.Sign() * y);
}

/// <summary>Modified Bessel function of the first kind, order 1.</summary>
[Op("special.i1(Tensor self) -> Tensor")]
public readonly partial record struct I1 : IPointwise1
{
    static readonly ScalarFunction fn = new("i1", ModifiedBessel.I1);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (self.I0() - BesselRules.OverX(y, self, 0.5));
}

/// <summary>Modified Bessel function of the first kind, order 1, times exp(−|x|).</summary>
[Op("special.i1e(Tensor self) -> Tensor")]
public readonly partial record struct I1e : IPointwise1
{
    static readonly ScalarFunction fn = new("i1e", ModifiedBessel.ScaledI1);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (Special.I0e(self) - self.Sign() * y - BesselRules.OverX(y, self, 0.5));
}

/// <summary>Modified Bessel function of the second kind, order 0; inf at 0, NaN below.</summary>
[Op("special.modified_bessel_k0(Tensor self) -> Tensor")]
public readonly partial record struct ModifiedBesselK0 : IPointwise1
{
    static readonly ScalarFunction fn = new("modified_bessel_k0", ModifiedBessel.K0);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => -dy * Special.ModifiedBesselK1(self);
}

/// <summary>Modified Bessel function of the second kind, order 1; inf at 0, NaN below.</summary>
[Op("special.modified_bessel_k1(Tensor self) -> Tensor")]
public readonly partial record struct ModifiedBesselK1 : IPointwise1
{
    static readonly ScalarFunction fn = new("modified_bessel_k1", ModifiedBessel.K1);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => -dy * (Special.ModifiedBesselK0(self) + y / self);
}

/// <summary>Modified Bessel function of the second kind, order 0, times exp(x).</summary>
[Op("special.scaled_modified_bessel_k0(Tensor self) -> Tensor")]
public readonly partial record struct ScaledModifiedBesselK0 : IPointwise1
{
    static readonly ScalarFunction fn = new("scaled_modified_bessel_k0", ModifiedBessel.ScaledK0);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (y - Special.ScaledModifiedBesselK1(self));
}

/// <summary>Modified Bessel function of the second kind, order 1, times exp(x).</summary>
[Op("special.scaled_modified_bessel_k1(Tensor self) -> Tensor")]
public readonly partial record struct ScaledModifiedBesselK1 : IPointwise1
{
    static readonly ScalarFunction fn = new("scaled_modified_bessel_k1", ModifiedBessel.ScaledK1);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (y - Special.ScaledModifiedBesselK0(self) - y / self);
}
