using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cpu.Special;

namespace Flambeau.Ops;

/// <summary>Physicist's Hermite polynomial Hₙ of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.hermite_polynomial_h(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct HermitePolynomialH : IPointwise2
{
    static readonly ScalarFunction2 fn = new("hermite_polynomial_h", static (x, n) => OrthogonalPolynomials.HermiteH(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Probabilist's Hermite polynomial Heₙ of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.hermite_polynomial_he(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct HermitePolynomialHe : IPointwise2
{
    static readonly ScalarFunction2 fn = new("hermite_polynomial_he", static (x, n) => OrthogonalPolynomials.HermiteHe(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Laguerre polynomial Lₙ of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.laguerre_polynomial_l(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct LaguerrePolynomialL : IPointwise2
{
    static readonly ScalarFunction2 fn = new("laguerre_polynomial_l", static (x, n) => OrthogonalPolynomials.LaguerreL(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Legendre polynomial Pₙ of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.legendre_polynomial_p(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct LegendrePolynomialP : IPointwise2
{
    static readonly ScalarFunction2 fn = new("legendre_polynomial_p", static (x, n) => OrthogonalPolynomials.LegendreP(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}
