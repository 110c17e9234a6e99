using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The n-th derivative of the digamma function at each element.</summary>
    [Op("polygamma(int n, Tensor self) -> Tensor")]
    [Op("special.polygamma(int n, Tensor self) -> Tensor")]
    public static Tensor Polygamma(long n, Tensor self) => self.Polygamma(n);

    /// <summary>Logarithm of the multivariate gamma function of dimension p: p(p − 1)/4 ln π + Σ lgamma(x − j/2) over j &lt; p.</summary>
    /// <exception cref="ArgumentOutOfRangeException">p isn't positive.</exception>
    [Op("mvlgamma(Tensor self, int p) -> Tensor")]
    [Op("special.multigammaln(Tensor self, int p) -> Tensor")]
    public Tensor Mvlgamma(long p)
    {
        if (p < 1) throw new ArgumentOutOfRangeException(nameof(p), p, "mvlgamma: p is the dimension; expected 1 or more");
        var y = Lgamma();
        for (var j = 1; j < p; j++) y = y + (this - 0.5 * j).Lgamma();
        return p == 1 ? y : y + p * (p - 1) / 4.0 * Math.Log(Math.PI);
    }

    /// <summary>In place: <see cref="Mvlgamma"/>.</summary>
    [Op("mvlgamma_(Tensor self, int p) -> Tensor")]
    public Tensor Mvlgamma_(long p) => Copy_(Mvlgamma(p));
}
