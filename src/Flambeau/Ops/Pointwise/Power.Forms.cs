using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Each element to the power of the other's, broadcasting.</summary>
    public Tensor Pow(Tensor exponent) => Power(exponent);

    /// <summary>One number to the power of each element.</summary>
    [Op("pow(Scalar self, Tensor exponent) -> Tensor")]
    public static Tensor Pow(Scalar self, Tensor exponent) => Wrapped(self).Power(exponent);

    /// <summary><c>other</c> to the power of this tensor.</summary>
    [Op("__rpow__(Tensor self, Tensor other) -> Tensor")]
    public Tensor RPow(Tensor other) => other.Power(this);

    /// <summary>Each element times itself; bools give int64.</summary>
    [Op("square(Tensor self) -> Tensor")]
    public Tensor Square() => Pow((Scalar)2);

    /// <summary>In place: each element times itself.</summary>
    [Op("square_(Tensor self) -> Tensor")]
    public Tensor Square_() => Pow_((Scalar)2);

    /// <summary>Powers computed and returned in float64, or complex128.</summary>
    [Op("float_power(Tensor self, Tensor exponent) -> Tensor")]
    public Tensor FloatPower(Tensor exponent)
    {
        var dtype = DType.IsComplex() || exponent.DType.IsComplex() ? DType.Complex128 : DType.Float64;
        return To(dtype).Power(exponent.To(dtype));
    }

    /// <summary><c>self · 2^other</c>, broadcasting.</summary>
    [Op("ldexp(Tensor self, Tensor other) -> Tensor")]
    public Tensor LdExp(Tensor other) => this * Wrapped(2.0).Power(other);
}
