using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>p-norm over axes; all of them when none is given.</summary>
    [Op("norm(Tensor self, Scalar? p=2, int[]? dim=None, bool keepdim=False, dtype? dtype=None) -> Tensor")]
    public Tensor Norm(double? p = 2, long[]? dim = null, bool keepdim = false, DType? dtype = null) => Linalg.VectorNorm(this, p ?? 2, dim, keepdim, dtype);

    /// <summary>Norm by name: <c>fro</c> (Frobenius, the 2-norm of all elements) or <c>nuc</c> (the sum of the singular values of matrices).</summary>
    /// <exception cref="ArgumentException">Another name, or for <c>nuc</c> a number of axes other than two.</exception>
    [Op("norm(Tensor self, str p, int[]? dim=None, bool keepdim=False, dtype? dtype=None) -> Tensor")]
    public Tensor Norm(string p, long[]? dim = null, bool keepdim = false, DType? dtype = null)
    {
        if (p == "fro") return Linalg.VectorNorm(this, 2, dim, keepdim, dtype);
        if (p != "nuc") throw new ArgumentException($"norm: p is '{p}'; expected a number, 'fro' or 'nuc'");
        return Linalg.MatrixNorm(this, p, dim ?? (Rank == 2 ? [0, 1] : throw new ArgumentException($"norm: 'nuc' is a norm of matrices; a tensor of shape {Shape} needs two axes, as in dim: [-2, -1]")), keepdim, dtype);
    }

    /// <summary>p-norm of the difference of two tensors, which broadcast.</summary>
    [Op("dist(Tensor self, Tensor other, Scalar p=2) -> Tensor")]
    public Tensor Dist(Tensor other, double p = 2)
    {
        var self = this;
        using var cast = Amp.Autocast.Whole("dist", ref self, ref other);
        return (self - other).Norm(p);
    }

    /// <summary>Slices along an axis whose p-norm exceeds a limit, scaled down to it.</summary>
    [Op("renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor")]
    public Tensor Renorm(double p, long dim, double maxnorm)
    {
        if (p <= 0) throw new ArgumentException($"renorm: p is {p}; expected a positive number");
        if (Rank < 2) throw new ArgumentException($"renorm: the tensor has shape {Shape}; expected two or more axes");
        var d = Dims.Wrap(dim, Rank);
        var others = Enumerable.Range(0, Rank).Where(i => i != d).Select(static i => (long)i).ToArray();
        var self = this;
        using var cast = Amp.Autocast.Whole("renorm", ref self);
        var norm = Linalg.VectorNorm(self, p, others, keepdim: true);
        return self * Where(norm.Detach().Gt(maxnorm), maxnorm / (norm + 1e-7), 1.0);
    }

    /// <inheritdoc cref="Renorm"/>
    [Op("renorm_(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor")]
    public Tensor Renorm_(double p, long dim, double maxnorm) => Copy_(Renorm(p, dim, maxnorm));
}
