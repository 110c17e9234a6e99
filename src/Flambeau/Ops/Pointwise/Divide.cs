using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Quotient rounded down, broadcasting. Floating-point division by 0 gives ±inf or NaN.</summary>
/// <exception cref="DivideByZeroException">An integer divisor is 0.</exception>
[Op("floor_divide(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("__floordiv__(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct FloorDivide : IPointwise2, IInteger2
{
    static readonly ScalarFunction2 fn = new("floor_divide", Quotient);

    public static Domain Domain => Domain.Real;

    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    public long ApplyInteger(long x, long y)
    {
        if (y == -1) return unchecked(-x);
        var q = x / y;
        return q * y != x && (x < 0) != (y < 0) ? q - 1 : q;
    }

    internal Tensor Forward(Tensor self, Tensor other)
    {
        if (!Promotion.ResultType(self, other).IsIntegral()) return Pointwise.Run(this, self, other);
        IntegerLoop.CheckDivisor(other, "floor_divide");
        return IntegerLoop.Run(this, self, other, "floor_divide");
    }

    /// <summary>Python's <c>//</c>: from the exact remainder, since the rounded quotient may lie just above an integer.</summary>
    static double Quotient(double x, double y)
    {
        if (y == 0) return x / y;
        var rest = x % y;
        var q = (x - rest) / y;
        if (rest != 0 && (y < 0) != (rest < 0)) q--;
        if (q == 0) return Math.CopySign(0, x / y);
        var down = Math.Floor(q);
        return q - down > 0.5 ? down + 1 : down;
    }

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();

    internal Tensor VjpOther(Tensor dy) => dy.ZerosLike();
}

/// <summary>Quotient rounded toward zero, broadcasting.</summary>
/// <exception cref="DivideByZeroException">An integer divisor is 0.</exception>
[Op("_div_trunc(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct TruncDivide : IPointwise2, IInteger2
{
    public static Domain Domain => Domain.Real;

    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Trunc(x / y);

    public long ApplyInteger(long x, long y) => y == -1 ? unchecked(-x) : x / y;

    internal Tensor Forward(Tensor self, Tensor other)
    {
        if (!Promotion.ResultType(self, other).IsIntegral()) return Pointwise.Run(this, self, other);
        IntegerLoop.CheckDivisor(other, "div");
        return IntegerLoop.Run(this, self, other, "div");
    }

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();

    internal Tensor VjpOther(Tensor dy) => dy.ZerosLike();
}

/// <summary>Python's modulus, broadcasting: <c>self − other·⌊self/other⌋</c>, with the sign of the divisor.</summary>
/// <exception cref="DivideByZeroException">An integer divisor is 0.</exception>
[Op("remainder(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("__mod__(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct Remainder : IPointwise2, IInteger2
{
    static readonly ScalarFunction2 fn = new("remainder", Modulus);

    public static Domain Domain => Domain.Real;

    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    public long ApplyInteger(long x, long y)
    {
        if (y == -1) return 0;
        var rest = x % y;
        return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
    }

    static double Modulus(double x, double y)
    {
        var rest = x % y;
        return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
    }

    internal Tensor Forward(Tensor self, Tensor other)
    {
        if (!Promotion.ResultType(self, other).IsIntegral()) return Pointwise.Run(this, self, other);
        IntegerLoop.CheckDivisor(other, "remainder");
        return IntegerLoop.Run(this, self, other, "remainder");
    }

    internal Tensor VjpSelf(Tensor dy) => dy;

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => -dy * self.FloorDivide(other);
}

/// <summary>C's modulus, broadcasting: what is left of a division rounded toward zero, with the sign of the dividend.</summary>
/// <exception cref="DivideByZeroException">An integer divisor is 0.</exception>
[Op("fmod(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct FMod : IPointwise2, IInteger2
{
    static readonly ScalarFunction2 fn = new("fmod", static (x, y) => x % y);

    public static Domain Domain => Domain.Real;

    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    public long ApplyInteger(long x, long y) => y == -1 ? 0 : x % y;

    internal Tensor Forward(Tensor self, Tensor other)
    {
        if (!Promotion.ResultType(self, other).IsIntegral()) return Pointwise.Run(this, self, other);
        IntegerLoop.CheckDivisor(other, "fmod");
        return IntegerLoop.Run(this, self, other, "fmod");
    }

    internal Tensor VjpSelf(Tensor dy) => dy;

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => -dy * self.TruncDivide(other);
}

/// <summary>Greatest common divisor, broadcasting; never negative.</summary>
[Op("gcd(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct Gcd : IInteger2
{
    public long ApplyInteger(long x, long y) => Cpu.Special.Elementary.Gcd(x, y);

    internal Tensor Forward(Tensor self, Tensor other) => IntegerLoop.Run(this, self, other, "gcd");
}

/// <summary>Least common multiple, broadcasting; never negative, wraps on overflow.</summary>
[Op("lcm(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct Lcm : IInteger2
{
    public long ApplyInteger(long x, long y) => Cpu.Special.Elementary.Lcm(x, y);

    internal Tensor Forward(Tensor self, Tensor other) => IntegerLoop.Run(this, self, other, "lcm");
}
