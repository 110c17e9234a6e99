namespace Flambeau.Nn;

/// <summary>Each channel of <c>[N, C, L]</c> or <c>[N, C]</c> to mean 0 and variance 1 over the batch, then scaled and moved; in evaluation by running statistics.</summary>
public sealed partial class BatchNorm1d(long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true, DType dtype = DType.Float32)
    : BatchNormBase(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input)
    {
        Check(input, 2, 3);
        return Normalize(input);
    }
}

/// <summary>Each channel of <c>[N, C, H, W]</c> to mean 0 and variance 1 over the batch, then scaled and moved; in evaluation by running statistics.</summary>
public sealed partial class BatchNorm2d(long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true, DType dtype = DType.Float32)
    : BatchNormBase(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input)
    {
        Check(input, 4, 4);
        return Normalize(input);
    }
}

/// <summary>Each channel of <c>[N, C, D, H, W]</c> to mean 0 and variance 1 over the batch, then scaled and moved; in evaluation by running statistics.</summary>
public sealed partial class BatchNorm3d(long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true, DType dtype = DType.Float32)
    : BatchNormBase(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input)
    {
        Check(input, 5, 5);
        return Normalize(input);
    }
}
