using System.Numerics;
using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Integer powers by repeated squaring; they wrap on overflow.</summary>
internal static class IntegerPower
{
    /// <summary>Negative exponents leave 1 and −1 themselves, and everything else 0.</summary>
    internal static long Of(long x, long n)
    {
        if (n < 0) return x == 1 ? 1 : x == -1 ? (n & 1) == 0 ? 1 : -1 : 0;
        long y = 1;
        for (; n != 0; n >>= 1, x *= x)
        {
            if ((n & 1) != 0) y *= x;
        }
        return y;
    }

    internal static readonly ScalarFunction2 Real = new("pow", Math.Pow, static (x, y) => x == 0 ? (y == 0 ? 1 : 0) : Complex.Pow(x, y));
}

/// <summary>Each element to the power of the other's, broadcasting.</summary>
[Op("pow(Tensor self, Tensor exponent) -> Tensor", InPlace = true)]
[Op("__pow__(Tensor self, Tensor exponent) -> Tensor")]
public readonly partial record struct Power : IPointwise2, IInteger2
{
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(IntegerPower.Real, x, y);

    public long ApplyInteger(long x, long y) => IntegerPower.Of(x, y);

    internal Tensor Forward(Tensor self, Tensor exponent) =>
        Promotion.ResultType(self, exponent).IsIntegral() ? IntegerLoop.Run(this, self, exponent, "pow") : Pointwise.Run(this, self, exponent);

    internal Tensor VjpSelf(Tensor self, Tensor exponent, Tensor dy) => dy * (exponent * self.Power(exponent - 1)).Where(exponent.Ne(0), 0).Conj();

    internal Tensor VjpExponent(Tensor self, Tensor exponent, Tensor y, Tensor dy)
    {
        var zero = self.Eq(0);
        var positive = exponent.Real().Ge(0);
        // the logarithm's own gradient at 0 would be infinite
        return dy * (y * self.Where(zero.LogicalAnd(positive).LogicalNot(), 1).Log()).Conj();
    }
}

/// <summary>Each element to one power. Small exponents become products and roots.</summary>
/// <exception cref="ArgumentException">A negative integer power of an integer tensor.</exception>
[Op("pow(Tensor self, Scalar exponent) -> Tensor", InPlace = true)]
[Op("__pow__(Tensor self, Scalar exponent) -> Tensor")]
public readonly partial record struct Pow(Scalar Exponent) : IPointwise1, IInteger2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => Exponent.ToDouble() switch
    {
        0 => T.One,
        0.5 => T.Sqrt(x),
        1 => x,
        2 => x * x,
        3 => x * x * x,
        4 => x * x * (x * x),
        -0.5 => T.One / T.Sqrt(x),
        -1 => T.One / x,
        -2 => T.One / (x * x),
        var n => T.Call(IntegerPower.Real, x, T.Const(n)),
    };

    public long ApplyInteger(long x, long y) => IntegerPower.Of(x, y);

    internal Tensor Forward(Tensor self)
    {
        var dtype = Promotion.ResultType(self, Exponent);
        if (Exponent.Kind == DType.Complex128) return Pointwise.Run(new Power(), self, Tensor.Wrapped(Exponent));
        if (!dtype.IsIntegral()) return Pointwise.Run(this, Cast.To(self, dtype));
        if (Exponent.ToLong() < 0)
            throw new ArgumentException($"pow: exponent {Exponent} of a {self.DType.Name()} tensor; integers have no negative integer powers. Convert the tensor to a floating-point dtype first.");
        return IntegerLoop.Run(this, self, Tensor.Wrapped(Exponent), "pow");
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        if (Exponent.Kind == DType.Complex128) return dy * (self.Pow(Exponent.ToComplex() - 1) * Tensor.Wrapped(Exponent)).Conj();
        var n = Exponent.ToDouble();
        return n switch
        {
            0 => dy.ZerosLike(),
            1 => dy,
            2 => dy * (self * 2.0).Conj(),
            _ => dy * (self.Pow(n - 1) * n).Conj(),
        };
    }
}
