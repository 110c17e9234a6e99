namespace Flambeau.Nn;

/// <summary>Power mean without the division, <c>(Σ xᵖ)^(1/p)</c>, over windows of <c>[N, C, L]</c>, or without N.</summary>
public sealed partial class LPPool1d(double normType, Ints kernelSize, Ints stride = default, bool ceilMode = false) : Layer
{
    readonly long[] kernel = kernelSize.Of(nameof(LPPool1d), nameof(kernelSize), 1);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(LPPool1d), nameof(stride), 1);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.LpPool1d(normType, kernel, step, ceilMode);
}

/// <summary>Power mean without the division, <c>(Σ xᵖ)^(1/p)</c>, over windows of <c>[N, C, H, W]</c>, or without N.</summary>
public sealed partial class LPPool2d(double normType, Ints kernelSize, Ints stride = default, bool ceilMode = false) : Layer
{
    readonly long[] kernel = kernelSize.Of(nameof(LPPool2d), nameof(kernelSize), 2);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(LPPool2d), nameof(stride), 2);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.LpPool2d(normType, kernel, step, ceilMode);
}

/// <summary>Power mean without the division, <c>(Σ xᵖ)^(1/p)</c>, over windows of <c>[N, C, D, H, W]</c>, or without N.</summary>
public sealed partial class LPPool3d(double normType, Ints kernelSize, Ints stride = default, bool ceilMode = false) : Layer
{
    readonly long[] kernel = kernelSize.Of(nameof(LPPool3d), nameof(kernelSize), 3);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(LPPool3d), nameof(stride), 3);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.LpPool3d(normType, kernel, step, ceilMode);
}
