using Flambeau.Ops;

namespace Flambeau;

/// <summary>PyTorch's <c>torch.special</c>: special functions of each element. Integers and bools give float32.</summary>
public static partial class Special
{
    /// <summary>See <see cref="Tensor.Digamma"/>.</summary>
    [Op("special.digamma(Tensor self) -> Tensor")]
    public static Tensor Digamma(Tensor self) => self.Digamma();

    /// <summary>See <see cref="Tensor.Digamma"/>.</summary>
    [Op("special.psi(Tensor self) -> Tensor")]
    public static Tensor Psi(Tensor self) => self.Digamma();

    /// <summary>See <see cref="Tensor.Erf"/>.</summary>
    [Op("special.erf(Tensor self) -> Tensor")]
    public static Tensor Erf(Tensor self) => self.Erf();

    /// <summary>See <see cref="Tensor.Erfc"/>.</summary>
    [Op("special.erfc(Tensor self) -> Tensor")]
    public static Tensor Erfc(Tensor self) => self.Erfc();

    /// <summary>See <see cref="Tensor.ErfInv"/>.</summary>
    [Op("special.erfinv(Tensor self) -> Tensor")]
    public static Tensor ErfInv(Tensor self) => self.ErfInv();

    /// <summary>See <see cref="Tensor.Exp2"/>.</summary>
    [Op("special.exp2(Tensor self) -> Tensor")]
    public static Tensor Exp2(Tensor self) => self.Exp2();

    /// <summary>See <see cref="Tensor.ExpM1"/>.</summary>
    [Op("special.expm1(Tensor self) -> Tensor")]
    public static Tensor ExpM1(Tensor self) => self.ExpM1();

    /// <summary>See <see cref="Tensor.Lgamma"/>.</summary>
    [Op("special.gammaln(Tensor self) -> Tensor")]
    public static Tensor GammaLn(Tensor self) => self.Lgamma();

    /// <summary>See <see cref="Tensor.I0"/>.</summary>
    [Op("special.i0(Tensor self) -> Tensor")]
    public static Tensor I0(Tensor self) => self.I0();

    /// <summary>See <see cref="Tensor.Log1P"/>.</summary>
    [Op("special.log1p(Tensor self) -> Tensor")]
    public static Tensor Log1P(Tensor self) => self.Log1P();

    /// <summary>See <see cref="Tensor.Sinc"/>.</summary>
    [Op("special.sinc(Tensor self) -> Tensor")]
    public static Tensor Sinc(Tensor self) => self.Sinc();

    /// <summary>See <see cref="Tensor.Sigmoid"/>.</summary>
    public static Tensor Expit(Tensor self) => self.Sigmoid();

    /// <summary>See <see cref="Tensor.Igamma"/>.</summary>
    [Op("special.gammainc(Tensor self, Tensor other) -> Tensor")]
    public static Tensor GammaInc(Tensor self, Tensor other) => self.Igamma(other);

    /// <summary>See <see cref="Tensor.Igammac"/>.</summary>
    [Op("special.gammaincc(Tensor self, Tensor other) -> Tensor")]
    public static Tensor GammaIncC(Tensor self, Tensor other) => self.Igammac(other);

    /// <summary>See <see cref="Tensor.XLogY"/>.</summary>
    [Op("special.xlogy(Tensor self, Tensor other) -> Tensor")]
    public static Tensor XLogY(Tensor self, Tensor other) => self.XLogY(other);

    /// <summary>See <see cref="Tensor.Logit"/>.</summary>
    [Op("special.logit(Tensor self, float? eps=None) -> Tensor")]
    public static Tensor Logit(Tensor self, double? eps = null) => self.Logit(eps);

    /// <summary>See <see cref="Tensor.Round"/>.</summary>
    [Op("special.round(Tensor self, *, int decimals=0) -> Tensor")]
    public static Tensor Round(Tensor self, long decimals = 0) => self.Round(decimals);

    /// <summary>See <see cref="Tensor.Mvlgamma"/>.</summary>
    public static Tensor MultiGammaLn(Tensor self, long p) => self.Mvlgamma(p);

    /// <summary>See <see cref="Tensor.Polygamma(long)"/>.</summary>
    public static Tensor Polygamma(long n, Tensor self) => self.Polygamma(n);

    /// <summary>See <see cref="Tensor.Softmax"/>.</summary>
    [Op("special.softmax(Tensor self, int dim, dtype? dtype=None) -> Tensor")]
    public static Tensor Softmax(Tensor self, long dim, DType? dtype = null) => self.Softmax(dim, dtype);

    /// <summary>See <see cref="Tensor.LogSoftmax"/>.</summary>
    [Op("special.log_softmax(Tensor self, int dim, dtype? dtype=None) -> Tensor")]
    public static Tensor LogSoftmax(Tensor self, long dim, DType? dtype = null) => self.LogSoftmax(dim, dtype);

    /// <summary>See <see cref="Tensor.Logsumexp"/>.</summary>
    [Op("special.logsumexp(Tensor self, int[] dim, bool keepdim=False) -> Tensor")]
    public static Tensor LogSumExp(Tensor self, long[] dim, bool keepdim = false) => self.Logsumexp(dim, keepdim);
}
