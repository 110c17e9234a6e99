namespace Flambeau.Nn;

/// <summary>Largest element of each window of <c>[N, C, L]</c>, or without N; the stride is the window's size by default.</summary>
public sealed partial class MaxPool1d(Ints kernelSize, Ints stride = default, Ints padding = default, Ints dilation = default, bool returnIndices = false, bool ceilMode = false) : Layer, IHasIndices
{
    readonly long[] kernel = kernelSize.Of(nameof(MaxPool1d), nameof(kernelSize), 1);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(MaxPool1d), nameof(stride), 1);
    readonly long[] pad = padding.Of(nameof(MaxPool1d), nameof(padding), 1, 0);
    readonly long[] distance = dilation.Of(nameof(MaxPool1d), nameof(dilation), 1, 1);

    /// <inheritdoc/>
    public bool ReturnIndices => returnIndices;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.MaxPool1d(kernel, step, pad, distance, ceilMode);

    /// <inheritdoc/>
    [Script]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => input.MaxPool1dWithIndices(kernel, step, pad, distance, ceilMode);
}

/// <summary>Largest element of each window of <c>[N, C, H, W]</c>, or without N; the stride is the window's size by default.</summary>
public sealed partial class MaxPool2d(Ints kernelSize, Ints stride = default, Ints padding = default, Ints dilation = default, bool returnIndices = false, bool ceilMode = false) : Layer, IHasIndices
{
    readonly long[] kernel = kernelSize.Of(nameof(MaxPool2d), nameof(kernelSize), 2);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(MaxPool2d), nameof(stride), 2);
    readonly long[] pad = padding.Of(nameof(MaxPool2d), nameof(padding), 2, 0);
    readonly long[] distance = dilation.Of(nameof(MaxPool2d), nameof(dilation), 2, 1);

    /// <inheritdoc/>
    public bool ReturnIndices => returnIndices;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.MaxPool2d(kernel, step, pad, distance, ceilMode);

    /// <inheritdoc/>
    [Script]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => input.MaxPool2dWithIndices(kernel, step, pad, distance, ceilMode);
}

/// <summary>Largest element of each window of <c>[N, C, D, H, W]</c>, or without N; the stride is the window's size by default.</summary>
public sealed partial class MaxPool3d(Ints kernelSize, Ints stride = default, Ints padding = default, Ints dilation = default, bool returnIndices = false, bool ceilMode = false) : Layer, IHasIndices
{
    readonly long[] kernel = kernelSize.Of(nameof(MaxPool3d), nameof(kernelSize), 3);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(MaxPool3d), nameof(stride), 3);
    readonly long[] pad = padding.Of(nameof(MaxPool3d), nameof(padding), 3, 0);
    readonly long[] distance = dilation.Of(nameof(MaxPool3d), nameof(dilation), 3, 1);

    /// <inheritdoc/>
    public bool ReturnIndices => returnIndices;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.MaxPool3d(kernel, step, pad, distance, ceilMode);

    /// <inheritdoc/>
    [Script]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => input.MaxPool3dWithIndices(kernel, step, pad, distance, ceilMode);
}
