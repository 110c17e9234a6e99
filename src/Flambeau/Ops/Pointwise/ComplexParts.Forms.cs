using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <inheritdoc cref="Ops.MakeComplex"/>
    [Op("complex(Tensor real, Tensor imag) -> Tensor")]
    public static Tensor Complex(Tensor real, Tensor imag) => real.MakeComplex(imag);

    /// <summary>Complex numbers of magnitudes and angles (radians), which broadcast.</summary>
    [Op("polar(Tensor abs, Tensor angle) -> Tensor")]
    public static Tensor Polar(Tensor abs, Tensor angle) => Complex(abs * angle.Cos(), abs * angle.Sin());

    /// <summary>Angle of each element in the complex plane, in radians; of reals 0 or π.</summary>
    [Op("angle(Tensor self) -> Tensor")]
    public Tensor Angle() => DType.IsComplex() ? Imag().Atan2(Real()) : AngleReal();

    /// <summary>Sign of each element; of complex ones <c>z/|z|</c>, 0 at 0.</summary>
    [Op("sgn(Tensor self) -> Tensor")]
    public Tensor Sgn()
    {
        if (!DType.IsComplex()) return Sign();
        var size = Abs();
        var zero = size.Eq(0);
        return (this / size.Where(zero.LogicalNot(), 1)).Where(zero.LogicalNot(), 0);
    }

    /// <summary>Each element as it is.</summary>
    [Op("positive(Tensor self) -> Tensor")]
    public Tensor Positive() => DType == DType.Bool
        ? throw new ArgumentException("positive is not defined for bool; convert first, for instance with To(DType.Int64)") : this;
}
