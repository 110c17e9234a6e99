using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Whether <c>|self − other| ≤ atol + rtol·|other|</c>, broadcasting; equal infinities are close.</summary>
    /// <exception cref="ArgumentException">The dtypes differ, or a tolerance is negative.</exception>
    [Op("isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor")]
    public Tensor IsClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false)
    {
        if (DType != other.DType && !other.IsWrapped)
            throw new ArgumentException($"isclose: the tensors are {DType.Name()} and {other.DType.Name()}; both must have the same dtype");
        if (!(rtol >= 0 && atol >= 0)) throw new ArgumentException($"isclose: rtol is {rtol} and atol {atol}; expected numbers not below 0");
        using var _ = Autograd.Grad.No();
        Tensor x = this, y = other;
        if (DType.IsIntegral()) (x, y) = (x.To(DType.Float64), y.To(DType.Float64));
        var close = x.Eq(y);
        if (equalNan) close = close.LogicalOr(x.IsNaN().LogicalAnd(y.IsNaN()));
        if (rtol == 0 && atol == 0) return close;
        var error = (x - y).Abs();
        return close.LogicalOr(error.IsFinite().LogicalAnd(error.Le((y * rtol).Abs() + atol)));
    }

    /// <summary>Whether elements have no imaginary part; true for every real number.</summary>
    [Op("isreal(Tensor self) -> Tensor")]
    public Tensor IsReal() => DType.IsComplex() ? Imag().Eq(0) : OnesLike(DType.Bool);
}
