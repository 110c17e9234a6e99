using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cpu.Special;

namespace Flambeau.Ops;

/// <summary><c>self · ln(other)</c>, broadcasting; 0 where <c>self</c> is 0 and <c>other</c> isn't NaN.</summary>
[Op("xlogy(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct XLogY : IPointwise2
{
    static readonly ScalarFunction2 fn = new("xlogy", Elementary.XLogY);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) =>
        dy * other.Where(self.Eq(0).LogicalAnd(other.Le(0)).LogicalNot(), 1).Log();

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => dy * (self / other);
}

/// <summary>ln(x / (1 − x)); with <c>eps</c>, of x clamped to [eps, 1 − eps].</summary>
[Op("logit(Tensor self, float? eps=None) -> Tensor", InPlace = true)]
public readonly partial record struct Logit(double? Eps = null) : IPointwise1
{
    static readonly ScalarFunction fn = new("logit", static x => Elementary.Logit(x));

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        if (Eps is { } eps)
        {
            T low = T.Const(eps), high = T.One - low;
            x = T.Select(x < low, low, T.Select(x > high, high, x));
        }
        return T.Call(fn, x);
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        var slope = dy / (self * (1 - self));
        return Eps is { } eps ? slope.Where(self.Ge(eps).LogicalAnd(self.Le(1 - eps)), 0)
            : slope.Where(self.Ge(0).LogicalAnd(self.Le(1)), double.NaN);
    }
}

/// <summary>Mantissas, of magnitude in [0.5, 1), and int32 exponents with <c>self = mantissa · 2^exponent</c>.</summary>
[Op("frexp(Tensor self) -> (Tensor, Tensor)")]
public readonly partial record struct FRexp
{
    internal (Tensor Mantissa, Tensor Exponent) Forward(Tensor self)
    {
        if (!self.DType.IsFloat()) throw new ArgumentException($"frexp: the tensor is {self.DType.Name()}; expected a floating-point dtype");
        var x = Cast.Contiguous(Cast.To(self, DType.Float64));
        Tensor m = Tensor.New(self.Layout.Sizes, DType.Float64), e = Tensor.New(self.Layout.Sizes, DType.Int32);
        Span<double> from = x.Values<double>(), mantissas = m.Values<double>();
        var exponents = e.Values<int>();
        for (var i = 0; i < from.Length; i++) (mantissas[i], exponents[i]) = Elementary.FrExp(from[i]);
        return (Cast.To(m, self.DType), e);
    }

    internal Tensor VjpSelf(Tensor y1, Tensor dy0) => dy0 * Tensor.Pow(2.0, -y1);
}
