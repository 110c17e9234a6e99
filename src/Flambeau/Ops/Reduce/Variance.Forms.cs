using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Variance over axes, with <c>n − 1</c> in the denominator, or <c>n</c> if not <paramref name="unbiased"/>.</summary>
    [Op("var(Tensor self, int[]? dim, bool unbiased, bool keepdim=False) -> Tensor")]
    public Tensor Var(long[]? dim, bool unbiased, bool keepdim = false) => Var(dim, unbiased ? 1 : 0, keepdim);

    /// <summary>Variance of all elements.</summary>
    [Op("var(Tensor self, bool unbiased) -> Tensor")]
    public Tensor Var(bool unbiased) => Var(null, unbiased ? 1 : 0);

    /// <summary>Standard deviation over axes, with <c>n − 1</c> in the denominator, or <c>n</c> if not <paramref name="unbiased"/>.</summary>
    [Op("std(Tensor self, int[]? dim, bool unbiased, bool keepdim=False) -> Tensor")]
    public Tensor Std(long[]? dim, bool unbiased, bool keepdim = false) => Std(dim, unbiased ? 1 : 0, keepdim);

    /// <summary>Standard deviation of all elements.</summary>
    [Op("std(Tensor self, bool unbiased) -> Tensor")]
    public Tensor Std(bool unbiased) => Std(null, unbiased ? 1 : 0);

    /// <summary>Variance and mean over axes.</summary>
    [Op("var_mean(Tensor self, int[]? dim=None, *, float? correction=None, bool keepdim=False) -> (Tensor, Tensor)")]
    public (Tensor Var, Tensor Mean) VarMean(long[]? dim = null, double? correction = null, bool keepdim = false) => (Var(dim, correction, keepdim), Mean(dim, keepdim));

    /// <inheritdoc cref="VarMean(long[], double?, bool)"/>
    [Op("var_mean(Tensor self, int[]? dim, bool unbiased, bool keepdim=False) -> (Tensor, Tensor)")]
    public (Tensor Var, Tensor Mean) VarMean(long[]? dim, bool unbiased, bool keepdim = false) => VarMean(dim, unbiased ? 1 : 0, keepdim);

    /// <summary>Variance and mean of all elements.</summary>
    [Op("var_mean(Tensor self, bool unbiased) -> (Tensor, Tensor)")]
    public (Tensor Var, Tensor Mean) VarMean(bool unbiased) => VarMean(null, unbiased ? 1 : 0);

    /// <summary>Standard deviation and mean over axes.</summary>
    [Op("std_mean(Tensor self, int[]? dim=None, *, float? correction=None, bool keepdim=False) -> (Tensor, Tensor)")]
    public (Tensor Std, Tensor Mean) StdMean(long[]? dim = null, double? correction = null, bool keepdim = false) => (Std(dim, correction, keepdim), Mean(dim, keepdim));

    /// <inheritdoc cref="StdMean(long[], double?, bool)"/>
    [Op("std_mean(Tensor self, int[]? dim, bool unbiased, bool keepdim=False) -> (Tensor, Tensor)")]
    public (Tensor Std, Tensor Mean) StdMean(long[]? dim, bool unbiased, bool keepdim = false) => StdMean(dim, unbiased ? 1 : 0, keepdim);

    /// <summary>Standard deviation and mean of all elements.</summary>
    [Op("std_mean(Tensor self, bool unbiased) -> (Tensor, Tensor)")]
    public (Tensor Std, Tensor Mean) StdMean(bool unbiased) => StdMean(null, unbiased ? 1 : 0);
}
