namespace Flambeau.Nn;

/// <summary>Mean over windows of <c>[N, C, L]</c>, or without N; the stride is the window's size by default.</summary>
public sealed partial class AvgPool1d(Ints kernelSize, Ints stride = default, Ints padding = default, bool ceilMode = false, bool countIncludePad = true) : Layer
{
    readonly long[] kernel = kernelSize.Of(nameof(AvgPool1d), nameof(kernelSize), 1);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(AvgPool1d), nameof(stride), 1);
    readonly long[] pad = padding.Of(nameof(AvgPool1d), nameof(padding), 1, 0);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AvgPool1d(kernel, step, pad, ceilMode, countIncludePad);
}

/// <summary>Mean over windows of <c>[N, C, H, W]</c>, or without N; the stride is the window's size by default.</summary>
public sealed partial class AvgPool2d(Ints kernelSize, Ints stride = default, Ints padding = default, bool ceilMode = false, bool countIncludePad = true, long? divisorOverride = null) : Layer
{
    readonly long[] kernel = kernelSize.Of(nameof(AvgPool2d), nameof(kernelSize), 2);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(AvgPool2d), nameof(stride), 2);
    readonly long[] pad = padding.Of(nameof(AvgPool2d), nameof(padding), 2, 0);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AvgPool2d(kernel, step, pad, ceilMode, countIncludePad, divisorOverride);
}

/// <summary>Mean over windows of <c>[N, C, D, H, W]</c>, or without N; the stride is the window's size by default.</summary>
public sealed partial class AvgPool3d(Ints kernelSize, Ints stride = default, Ints padding = default, bool ceilMode = false, bool countIncludePad = true, long? divisorOverride = null) : Layer
{
    readonly long[] kernel = kernelSize.Of(nameof(AvgPool3d), nameof(kernelSize), 3);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(AvgPool3d), nameof(stride), 3);
    readonly long[] pad = padding.Of(nameof(AvgPool3d), nameof(padding), 3, 0);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AvgPool3d(kernel, step, pad, ceilMode, countIncludePad, divisorOverride);
}
