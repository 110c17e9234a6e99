using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary><c>self + alpha · other</c>, broadcasting.</summary>
    /// <exception cref="ArgumentException">A fractional alpha with integer tensors.</exception>
    [Op("add(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor")]
    [Op("__radd__(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor")]
    public Tensor Add(Tensor other, Scalar? alpha = null) => Plus(Scaled(other, alpha, "add"));

    /// <summary>In place: <c>self + alpha · other</c>.</summary>
    [Op("add_(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor")]
    public Tensor Add_(Tensor other, Scalar? alpha = null) => Plus_(Scaled(other, alpha, "add_"));

    /// <summary><c>self − alpha · other</c>, broadcasting.</summary>
    [Op("sub(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor")]
    public Tensor Sub(Tensor other, Scalar? alpha = null) => Minus(Scaled(other, alpha, "sub"));

    /// <summary>In place: <c>self − alpha · other</c>.</summary>
    [Op("sub_(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor")]
    public Tensor Sub_(Tensor other, Scalar? alpha = null) => Minus_(Scaled(other, alpha, "sub_"));

    /// <summary><c>alpha · other − self</c> with the roles turned: <c>other − alpha · self</c>.</summary>
    [Op("rsub(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor")]
    [Op("__rsub__(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor")]
    public Tensor RSub(Tensor other, Scalar? alpha = null) => other.Sub(this, alpha);

    Tensor Scaled(Tensor other, Scalar? alpha, string op)
    {
        if (alpha is not { } a || a == 1) return other;
        if (!a.IsIntegral && DType.IsIntegral() && other.DType.IsIntegral())
            throw new ArgumentException($"{op}: alpha is {a}, but the tensors are {DType.Name()} and {other.DType.Name()}; integer tensors need an integer alpha");
        return other * Wrapped(a);
    }

    public static Tensor operator +(Tensor a, Tensor b) => a.Plus(b);
    public static Tensor operator -(Tensor a, Tensor b) => a.Minus(b);
    public static Tensor operator *(Tensor a, Tensor b) => a.Mul(b);
    public static Tensor operator /(Tensor a, Tensor b) => a.TrueDivide(b);
    public static Tensor operator -(Tensor a) => a.Neg();
}
