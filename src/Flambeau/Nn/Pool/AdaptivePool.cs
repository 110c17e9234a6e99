namespace Flambeau.Nn;

/// <summary>Mean over windows that divide <c>[N, C, L]</c>, or without N, into a given number of them along each axis.</summary>
public sealed partial class AdaptiveAvgPool1d(AdaptiveSize outputSize) : Layer
{
    readonly long?[] size = outputSize.Of(nameof(AdaptiveAvgPool1d), 1);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AdaptiveAvgPool1d(size);
}

/// <summary>Maximum over windows that divide <c>[N, C, L]</c>, or without N, into a given number of them along each axis.</summary>
public sealed partial class AdaptiveMaxPool1d(AdaptiveSize outputSize, bool returnIndices = false) : Layer, IHasIndices
{
    readonly long?[] size = outputSize.Of(nameof(AdaptiveMaxPool1d), 1);

    /// <inheritdoc/>
    public bool ReturnIndices => returnIndices;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AdaptiveMaxPool1d(size);

    /// <inheritdoc/>
    [Script]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => input.AdaptiveMaxPool1dWithIndices(size);
}

/// <summary>Mean over windows that divide <c>[N, C, H, W]</c>, or without N, into a given number of them along each axis.</summary>
public sealed partial class AdaptiveAvgPool2d(AdaptiveSize outputSize) : Layer
{
    readonly long?[] size = outputSize.Of(nameof(AdaptiveAvgPool2d), 2);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AdaptiveAvgPool2d(size);
}

/// <summary>Maximum over windows that divide <c>[N, C, H, W]</c>, or without N, into a given number of them along each axis.</summary>
public sealed partial class AdaptiveMaxPool2d(AdaptiveSize outputSize, bool returnIndices = false) : Layer, IHasIndices
{
    readonly long?[] size = outputSize.Of(nameof(AdaptiveMaxPool2d), 2);

    /// <inheritdoc/>
    public bool ReturnIndices => returnIndices;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AdaptiveMaxPool2d(size);

    /// <inheritdoc/>
    [Script]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => input.AdaptiveMaxPool2dWithIndices(size);
}

/// <summary>Mean over windows that divide <c>[N, C, D, H, W]</c>, or without N, into a given number of them along each axis.</summary>
public sealed partial class AdaptiveAvgPool3d(AdaptiveSize outputSize) : Layer
{
    readonly long?[] size = outputSize.Of(nameof(AdaptiveAvgPool3d), 3);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AdaptiveAvgPool3d(size);
}

/// <summary>Maximum over windows that divide <c>[N, C, D, H, W]</c>, or without N, into a given number of them along each axis.</summary>
public sealed partial class AdaptiveMaxPool3d(AdaptiveSize outputSize, bool returnIndices = false) : Layer, IHasIndices
{
    readonly long?[] size = outputSize.Of(nameof(AdaptiveMaxPool3d), 3);

    /// <inheritdoc/>
    public bool ReturnIndices => returnIndices;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.AdaptiveMaxPool3d(size);

    /// <inheritdoc/>
    [Script]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => input.AdaptiveMaxPool3dWithIndices(size);
}
