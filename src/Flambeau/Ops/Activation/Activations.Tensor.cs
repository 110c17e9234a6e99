using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary><c>x</c> above 0, <c>0.01·x</c> below.</summary>
    public Tensor LeakyRelu() => LeakyRelu(0.01);

    /// <summary><c>ln(1 + e^(beta·x)) / beta</c>; <c>x</c> itself where <c>beta·x</c> exceeds the threshold.</summary>
    public Tensor Softplus(double beta = 1, double threshold = 20) => SoftplusOf(beta, threshold);

    /// <summary><c>x</c> above 0, <c>alpha·(e^x − 1)</c> below.</summary>
    public Tensor Elu(double alpha = 1) => EluOf(alpha, 1, 1);

    /// <summary><c>x</c> outside [−lambd, lambd], 0 inside.</summary>
    public Tensor Hardshrink(double lambd = 0.5) => HardshrinkBy(lambd);

    /// <summary><c>x</c> brought nearer to 0 by <c>lambd</c>, 0 within that distance.</summary>
    public Tensor Softshrink(double lambd = 0.5) => SoftshrinkBy(lambd);

    /// <summary>Continuously differentiable elu: <c>max(0, x) + min(0, alpha·(e^(x/alpha) − 1))</c> (Barron, arXiv 1704.07483).</summary>
    /// <exception cref="ArgumentException">alpha is 0.</exception>
    [Op("celu(Tensor self, float alpha=1) -> Tensor")]
    public Tensor Celu(double alpha = 1) => alpha == 0
        ? throw new ArgumentException("celu: alpha is 0, by which x would be divided; expected another number") : EluOf(alpha, 1, 1 / alpha);

    /// <summary>Self-normalising elu, with the constants of Klambauer et al. (arXiv 1706.02515).</summary>
    [Op("selu(Tensor self) -> Tensor")]
    public Tensor Selu() => EluOf(1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1);

    /// <summary><c>x</c> brought into [0, 6].</summary>
    [Op("relu6(Tensor self) -> Tensor")]
    public Tensor Relu6() => Hardtanh(0, 6);

    /// <summary><c>x</c> above 0, <c>weight·x</c> below; the weight has one element, or one for each channel (axis 1).</summary>
    /// <exception cref="ArgumentException">The weight has another number of elements.</exception>
    [Op("prelu(Tensor self, Tensor weight) -> Tensor")]
    public Tensor Prelu(Tensor weight)
    {
        if (weight.Numel != 1 || Rank == 0)
        {
            var channels = Rank > 1 ? Size(1) : 1;
            if (weight.Numel != channels || weight.Rank > 1)
                throw new ArgumentException($"prelu: a weight of shape {weight.Shape} for a tensor of shape {Shape}; expected one element, or {channels}, the size of axis 1");
        }
        var sizes = new long[Rank];
        sizes.AsSpan().Fill(1);
        if (weight.Numel != 1) sizes[1] = weight.Numel;
        var self = this;
        using var cast = Amp.Autocast.Whole("prelu", ref self, ref weight);
        return self.Where(self.Gt(0), weight.Reshape(sizes) * self);
    }

    /// <summary>One half of an axis times the sigmoid of the other.</summary>
    /// <exception cref="ArgumentException">The axis has an odd size.</exception>
    [Op("glu(Tensor self, int dim=-1) -> Tensor")]
    public Tensor Glu(long dim = -1)
    {
        if (Rank == 0) throw new ArgumentException("glu: a 0-d tensor has no axis to halve");
        var d = Dims.Wrap(dim, Rank);
        var n = Size(d);
        if (n % 2 != 0) throw new ArgumentException($"glu: axis {d} of shape {Shape} has size {n}; expected an even one");
        return Slice(d, 0, n / 2) * Slice(d, n / 2, n).Sigmoid();
    }
}
