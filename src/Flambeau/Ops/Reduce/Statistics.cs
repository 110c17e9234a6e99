using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Sum of the diagonal of a matrix.</summary>
    [Op("trace(Tensor self) -> Tensor")]
    public Tensor Trace()
    {
        if (Rank != 2) throw new ArgumentException($"trace: a tensor of shape {Shape} was given; expected a matrix");
        return Diagonal().Sum();
    }

    /// <summary>Covariance matrix of variables in rows and observations in columns.</summary>
    /// <param name="correction">The denominator is the number of observations (by weight) minus this.</param>
    /// <param name="fweights">How often each observation occurred, integers.</param>
    /// <param name="aweights">How much each observation counts.</param>
    [Op("cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor")]
    public Tensor Cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null)
    {
        if (Rank > 2) throw new ArgumentException($"cov: a tensor of shape {Shape} was given; expected at most two axes: variables, observations");
        if (DType == DType.Bool) throw new ArgumentException("cov: bool tensors are not supported; convert with To(DType.Float32)");
        if (fweights is not null && !fweights.DType.IsInteger()) throw new ArgumentException($"cov: fweights are {fweights.DType.Name()}; expected integers");
        var x = Rank < 2 ? Reshape([1, -1]) : this;
        var observations = x.Size(1);
        var w = fweights is not null && aweights is not null ? fweights * aweights : fweights ?? aweights;
        x = x.To(Promotion.ToFloat(x.DType));
        var sum = w is null ? Wrapped((double)observations) : w.Sum();
        var mean = w is null ? x.Sum(1, true) / (double)observations : (x * w).Sum(1, true) / sum;
        var norm = w is not null && aweights is not null && correction != 0 ? sum - (w * aweights).Sum() * correction / sum : sum - correction;
        norm = norm.To(norm.DType.IsFloat() && !norm.IsWrapped ? norm.DType : x.DType.ToReal()).ClampMin((Scalar)0);
        x = x - mean;
        var y = x.Mm((w is null ? x : x * w).Permute([1, 0]).Conj()) / norm;
        return Rank < 2 ? y.Reshape([]) : y.Shape == new Shape([1, 1]) ? y.Reshape([]) : y;
    }

    /// <summary>Correlation coefficients of variables in rows and observations in columns.</summary>
    [Op("corrcoef(Tensor self) -> Tensor")]
    public Tensor Corrcoef()
    {
        if (Rank > 2) throw new ArgumentException($"corrcoef: a tensor of shape {Shape} was given; expected at most two axes: variables, observations");
        var c = Cov();
        if (c.Rank == 0) return c / c;
        var d = c.Diagonal();
        var s = (d.DType.IsComplex() ? d.Real() : d).Sqrt();
        c = c / s.Reshape([-1, 1]) / s.Reshape([1, -1]);
        if (!c.DType.IsComplex()) return c.Clamp((Scalar)(-1), (Scalar)1);
        return Complex(c.Real().Clamp((Scalar)(-1), (Scalar)1), c.Imag().Clamp((Scalar)(-1), (Scalar)1));
    }

    /// <summary>Whether two tensors have the same shape and the same elements.</summary>
    [Op("equal(Tensor self, Tensor other) -> bool")]
    public bool Equal(Tensor other) => Shape == other.Shape && Eq(other).All().Item<bool>();

    /// <summary>Whether all elements are close: <c>|self − other| ≤ atol + rtol · |other|</c>.</summary>
    [Op("allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool")]
    public bool Allclose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false) => IsClose(other, rtol, atol, equalNan).All().Item<bool>();
}
