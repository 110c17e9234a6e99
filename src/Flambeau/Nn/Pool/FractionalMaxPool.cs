namespace Flambeau.Nn;

/// <summary>Maximum over windows at pseudo-random places of <c>[N, C, H, W]</c>, or without N (Graham, arXiv 1412.6071). Give either the output's size or its ratio to the input's.</summary>
public sealed partial class FractionalMaxPool2d(Ints kernelSize, Ints outputSize = default, double[]? outputRatio = null, bool returnIndices = false) : Layer, IHasIndices
{
    readonly long[] kernel = kernelSize.Of(nameof(FractionalMaxPool2d), nameof(kernelSize), 2);
    readonly long[]? size = outputSize.IsDefault ? null : outputSize.Of(nameof(FractionalMaxPool2d), nameof(outputSize), 2);
    readonly double[]? ratio = outputRatio is [var r] ? [.. Enumerable.Repeat(r, 2)] : outputRatio;

    /// <inheritdoc/>
    public bool ReturnIndices => returnIndices;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => ForwardWithIndices(input).Values;

    /// <inheritdoc/>
    [Script]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => input.FractionalMaxPool2dWithIndices(kernel, size, ratio);
}

/// <summary>Maximum over windows at pseudo-random places of <c>[N, C, D, H, W]</c>, or without N (Graham, arXiv 1412.6071). Give either the output's size or its ratio to the input's.</summary>
public sealed partial class FractionalMaxPool3d(Ints kernelSize, Ints outputSize = default, double[]? outputRatio = null, bool returnIndices = false) : Layer, IHasIndices
{
    readonly long[] kernel = kernelSize.Of(nameof(FractionalMaxPool3d), nameof(kernelSize), 3);
    readonly long[]? size = outputSize.IsDefault ? null : outputSize.Of(nameof(FractionalMaxPool3d), nameof(outputSize), 3);
    readonly double[]? ratio = outputRatio is [var r] ? [.. Enumerable.Repeat(r, 3)] : outputRatio;

    /// <inheritdoc/>
    public bool ReturnIndices => returnIndices;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => ForwardWithIndices(input).Values;

    /// <inheritdoc/>
    [Script]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => input.FractionalMaxPool3dWithIndices(kernel, size, ratio);
}
