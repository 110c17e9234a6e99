namespace Flambeau.Nn;

/// <summary>Each channel of each sample of <c>[N, C, L]</c>, or without N, to mean 0 and variance 1, then scaled and moved if affine.</summary>
public sealed partial class InstanceNorm1d(long numFeatures, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool trackRunningStats = false, DType dtype = DType.Float32)
    : InstanceNormBase(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Normalize(input, 1);
}

/// <summary>Each channel of each sample of <c>[N, C, H, W]</c>, or without N, to mean 0 and variance 1, then scaled and moved if affine.</summary>
public sealed partial class InstanceNorm2d(long numFeatures, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool trackRunningStats = false, DType dtype = DType.Float32)
    : InstanceNormBase(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Normalize(input, 2);
}

/// <summary>Each channel of each sample of <c>[N, C, D, H, W]</c>, or without N, to mean 0 and variance 1, then scaled and moved if affine.</summary>
public sealed partial class InstanceNorm3d(long numFeatures, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool trackRunningStats = false, DType dtype = DType.Float32)
    : InstanceNormBase(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Normalize(input, 3);
}
