using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cpu.Special;

namespace Flambeau.Ops;

/// <summary>Chebyshev polynomial of the first kind Tₙ of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.chebyshev_polynomial_t(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct ChebyshevPolynomialT : IPointwise2
{
    static readonly ScalarFunction2 fn = new("chebyshev_polynomial_t", static (x, n) => OrthogonalPolynomials.ChebyshevT(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Chebyshev polynomial of the second kind Uₙ of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.chebyshev_polynomial_u(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct ChebyshevPolynomialU : IPointwise2
{
    static readonly ScalarFunction2 fn = new("chebyshev_polynomial_u", static (x, n) => OrthogonalPolynomials.ChebyshevU(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Chebyshev polynomial of the third kind Vₙ of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.chebyshev_polynomial_v(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct ChebyshevPolynomialV : IPointwise2
{
    static readonly ScalarFunction2 fn = new("chebyshev_polynomial_v", static (x, n) => OrthogonalPolynomials.ChebyshevV(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Chebyshev polynomial of the fourth kind Wₙ of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.chebyshev_polynomial_w(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct ChebyshevPolynomialW : IPointwise2
{
    static readonly ScalarFunction2 fn = new("chebyshev_polynomial_w", static (x, n) => OrthogonalPolynomials.ChebyshevW(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Shifted Chebyshev polynomial of the first kind Tₙ(2x − 1) of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.shifted_chebyshev_polynomial_t(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct ShiftedChebyshevPolynomialT : IPointwise2
{
    static readonly ScalarFunction2 fn = new("shifted_chebyshev_polynomial_t", static (x, n) => OrthogonalPolynomials.ShiftedChebyshevT(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Shifted Chebyshev polynomial of the second kind Uₙ(2x − 1) of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.shifted_chebyshev_polynomial_u(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct ShiftedChebyshevPolynomialU : IPointwise2
{
    static readonly ScalarFunction2 fn = new("shifted_chebyshev_polynomial_u", static (x, n) => OrthogonalPolynomials.ShiftedChebyshevU(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Shifted Chebyshev polynomial of the third kind Vₙ(2x − 1) of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.shifted_chebyshev_polynomial_v(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct ShiftedChebyshevPolynomialV : IPointwise2
{
    static readonly ScalarFunction2 fn = new("shifted_chebyshev_polynomial_v", static (x, n) => OrthogonalPolynomials.ShiftedChebyshevV(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}

/// <summary>Shifted Chebyshev polynomial of the fourth kind Wₙ(2x − 1) of degree n (a tensor, truncated to integers; 0 for a negative one) at x, broadcasting.</summary>
[Op("special.shifted_chebyshev_polynomial_w(Tensor x, Tensor n) -> Tensor")]
public readonly partial record struct ShiftedChebyshevPolynomialW : IPointwise2
{
    static readonly ScalarFunction2 fn = new("shifted_chebyshev_polynomial_w", static (x, n) => OrthogonalPolynomials.ShiftedChebyshevW(x, OrthogonalPolynomials.Degree(n)));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);
}
