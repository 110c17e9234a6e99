namespace Flambeau.Nn;

/// <summary>Groups of channels of each sample to mean 0 and variance 1, then each channel scaled and moved (Wu and He, arXiv 1803.08494).</summary>
[Module]
public sealed partial class GroupNorm : Layer
{
    [Parameter] readonly Tensor? weight;
    [Parameter] readonly Tensor? bias;
    readonly long groups;
    readonly double eps;

    /// <param name="numGroups">Number of groups.</param>
    /// <param name="numChannels">Number of channels, a multiple of it.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="affine">Whether to learn scales and offsets.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public GroupNorm(long numGroups, long numChannels, double eps = 1e-5, bool affine = true, DType dtype = DType.Float32)
    {
        if (numGroups < 1 || numChannels % numGroups != 0) throw new ArgumentException($"GroupNorm: {numChannels} channels can't be divided into {numGroups} groups");
        groups = numGroups;
        this.eps = eps;
        if (!affine) return;
        weight = Tensor.Ones([numChannels], dtype).WithGrad();
        bias = Tensor.Zeros([numChannels], dtype).WithGrad();
    }

    /// <summary>Scale of each channel.</summary>
    public Tensor? Weight => weight;

    /// <summary>Offset of each channel.</summary>
    public Tensor? Bias => bias;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.GroupNorm(groups, weight, bias, eps);
}

/// <summary>Each element divided by a power of the mean square of <paramref name="size"/> neighbouring channels (Krizhevsky et al., 2012).</summary>
public sealed partial class LocalResponseNorm(long size, double alpha = 1e-4, double beta = 0.75, double k = 1) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.LocalResponseNorm(size, alpha, beta, k);
}
