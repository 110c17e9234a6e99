using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cpu.Special;

namespace Flambeau.Ops;

/// <summary>Logarithm of the absolute value of the gamma function.</summary>
[Op("lgamma(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Lgamma : IPointwise1
{
    static readonly ScalarFunction fn = new("lgamma", GammaFunctions.Lgamma);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * self.Digamma();
}

/// <summary>Digamma: the derivative of the logarithm of the gamma function.</summary>
[Op("digamma(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Digamma : IPointwise1
{
    static readonly ScalarFunction fn = new("digamma", GammaFunctions.Digamma);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * self.Polygamma(1);
}

/// <summary>The n-th derivative of the digamma function, n ≥ 0.</summary>
[Op("polygamma(Tensor self, int n) -> Tensor", InPlace = true)]
[Op("special.polygamma(Tensor self, int n) -> Tensor")]
public readonly partial record struct Polygamma(long N) : IPointwise1
{
    static readonly ScalarFunction2 fn = new("polygamma", static (x, n) => GammaFunctions.Polygamma((long)n, x));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    public T Apply<T>(T x) where T : struct, ILane<T> =>
        N >= 0 ? T.Call(fn, x, T.Const(N)) : throw new ArgumentOutOfRangeException(nameof(N), N, "polygamma: n is negative; expected the order of a derivative, 0 or more");

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * self.Polygamma(N + 1);
}

/// <summary>Regularised lower incomplete gamma function P(self, other), broadcasting. Only <c>other</c> has a gradient.</summary>
[Op("igamma(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct Igamma : IPointwise2
{
    static readonly ScalarFunction2 fn = new("igamma", IncompleteGamma.P);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => dy * ((self - 1).XLogY(other) - other - self.Lgamma()).Exp();
}

/// <summary>Regularised upper incomplete gamma function Q(self, other) = 1 − P, broadcasting. Only <c>other</c> has a gradient.</summary>
[Op("igammac(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct Igammac : IPointwise2
{
    static readonly ScalarFunction2 fn = new("igammac", IncompleteGamma.Q);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => -dy * ((self - 1).XLogY(other) - other - self.Lgamma()).Exp();
}

/// <summary>Hurwitz zeta function Σ (other + k)^−self over k ≥ 0, broadcasting. Only <c>other</c> has a gradient.</summary>
[Op("special.zeta(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Zeta : IPointwise2
{
    static readonly ScalarFunction2 fn = new("zeta", GammaFunctions.Zeta);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => -dy * self * Special.Zeta(self + 1, other);
}
