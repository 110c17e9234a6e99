using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary><c>beta · self + alpha · mat1 · mat2</c> for matrices <c>[n, k]</c> and <c>[k, m]</c>; self broadcasts.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor")]
    public Tensor AddMm(Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null) => Blend(mat1.Mm(mat2), beta, alpha, "addmm");

    /// <summary><c>beta · self + alpha · Σ batch1[i] · batch2[i]</c> for <c>[b, n, k]</c> and <c>[b, k, m]</c>; self broadcasts.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor")]
    public Tensor AddBmm(Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null) => Blend(batch1.Bmm(batch2).Sum([0]).To(batch1.DType), beta, alpha, "addbmm");

    /// <summary><c>beta · self + alpha · batch1 · batch2</c> for <c>[b, n, k]</c> and <c>[b, k, m]</c>; self broadcasts.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor")]
    public Tensor BAddBmm(Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null) => Blend(batch1.Bmm(batch2), beta, alpha, "baddbmm");

    /// <summary><c>beta · self + alpha · mat · vec</c> for <c>[n, k]</c> and <c>[k]</c>; self broadcasts.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor")]
    public Tensor AddMv(Tensor mat, Tensor vec, Scalar? beta = null, Scalar? alpha = null) => Blend(mat.Mv(vec), beta, alpha, "addmv");

    /// <summary><c>beta · self + alpha · vec1 ⊗ vec2</c> for <c>[n]</c> and <c>[m]</c>; self broadcasts. For bools product is and, sum or.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor")]
    public Tensor AddR(Tensor vec1, Tensor vec2, Scalar? beta = null, Scalar? alpha = null) => Blend(vec1.Outer(vec2), beta, alpha, "addr");

    Tensor Blend(Tensor product, Scalar? beta, Scalar? alpha, string op)
    {
        if (Shape.Broadcast(Shape, product.Shape) != product.Shape)
            throw new ArgumentException($"{op}: self has shape {Shape}, the product {product.Shape}; self must broadcast to it");
        var self = this;
        using var cast = Amp.Autocast.Whole(op, ref self, ref product);
        if (alpha is { } a && a != 1) product = product.Times(a);
        if (beta is not { } b || b == 1) return self + product;
        // A zero beta ignores self, NaN and infinities included.
        return b == 0 || (b.ToDouble() == 0 && !b.Kind.IsComplex()) ? product : self.Times(b) + product;
    }

    /// <summary>Times a number that takes the tensor's category first.</summary>
    Tensor Times(Scalar s) => this * Wrapped(DType == DType.Bool ? s.ToBool() : DType.IsInteger() ? (Scalar)s.ToLong() : s);
}
