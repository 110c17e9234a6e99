namespace Flambeau.Nn;

/// <summary>Windows of <c>[N, C, H, W]</c> as columns: <c>[N, C·window, windows]</c>.</summary>
public sealed partial class Unfold(Ints kernelSize, Ints dilation = default, Ints padding = default, Ints stride = default) : Layer
{
    readonly long[] kernel = kernelSize.Of(nameof(Unfold), nameof(kernelSize), 2);
    readonly long[] distance = dilation.Of(nameof(Unfold), nameof(dilation), 2, 1);
    readonly long[] pad = padding.Of(nameof(Unfold), nameof(padding), 2, 0);
    readonly long[] step = stride.Of(nameof(Unfold), nameof(stride), 2, 1);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Unfold(input, kernel, distance, pad, step);
}

/// <summary>Columns added up at their windows: the adjoint of <see cref="Unfold"/>.</summary>
public sealed partial class Fold(Ints outputSize, Ints kernelSize, Ints dilation = default, Ints padding = default, Ints stride = default) : Layer
{
    readonly long[] size = outputSize.Of(nameof(Fold), nameof(outputSize), 2);
    readonly long[] kernel = kernelSize.Of(nameof(Fold), nameof(kernelSize), 2);
    readonly long[] distance = dilation.Of(nameof(Fold), nameof(dilation), 2, 1);
    readonly long[] pad = padding.Of(nameof(Fold), nameof(padding), 2, 0);
    readonly long[] step = stride.Of(nameof(Fold), nameof(stride), 2, 1);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Fold(size, kernel, distance, pad, step);
}
