using Flambeau.Ops;

namespace Flambeau;

/// <summary>Distributions drawn by inversion.</summary>
public sealed partial class Tensor
{
    Tensor Inverse<Q>(string op, Q quantile, Generator? generator) where Q : struct, IQuantile
    {
        using var here = Beside(this);
        return RandomTensor.Inverse(op, Shape, DType, quantile, generator);
    }

    [Op("cauchy(Tensor self, float median=0, float sigma=1, *, Generator? generator=None) -> Tensor")]
    internal Tensor CauchyLike(double median = 0, double sigma = 1, Generator? generator = null) =>
        sigma > 0 ? Inverse("cauchy", new CauchyQuantile(median, sigma), generator)
        : throw new ArgumentException($"cauchy: sigma is {sigma}; expected a positive number");

    /// <summary>Replaces the elements by Cauchy numbers with the given median and half width at half maximum.</summary>
    [Op("cauchy_(Tensor self, float median=0, float sigma=1, *, Generator? generator=None) -> Tensor")]
    public Tensor Cauchy_(double median = 0, double sigma = 1, Generator? generator = null) => Refill("cauchy", CauchyLike(median, sigma, generator));

    [Op("exponential(Tensor self, float lambd=1, *, Generator? generator=None) -> Tensor")]
    internal Tensor ExponentialLike(double lambd = 1, Generator? generator = null) =>
        lambd > 0 ? Inverse("exponential", new ExponentialQuantile(lambd), generator)
        : throw new ArgumentException($"exponential: the rate lambd is {lambd}; expected a positive number");

    /// <summary>Replaces the elements by exponential numbers of the given rate.</summary>
    [Op("exponential_(Tensor self, float lambd=1, *, Generator? generator=None) -> Tensor")]
    public Tensor Exponential_(double lambd = 1, Generator? generator = null) => Refill("exponential", ExponentialLike(lambd, generator));

    [Op("geometric(Tensor self, float p, *, Generator? generator=None) -> Tensor")]
    internal Tensor GeometricLike(double p, Generator? generator = null) =>
        p is > 0 and < 1 ? Inverse("geometric", new GeometricQuantile(p), generator)
        : throw new ArgumentException($"geometric: the probability p is {p}; expected a number between 0 and 1");

    /// <summary>Replaces the elements by the number of trials up to and including the first success, each succeeding with probability p.</summary>
    [Op("geometric_(Tensor self, float p, *, Generator? generator=None) -> Tensor")]
    public Tensor Geometric_(double p, Generator? generator = null) => Refill("geometric", GeometricLike(p, generator));
}
