namespace Flambeau.Nn;

/// <summary>Partial inverse of <see cref="MaxPool1d"/>: puts values back at the positions that it found, zeros elsewhere.</summary>
public sealed partial class MaxUnpool1d(Ints kernelSize, Ints stride = default, Ints padding = default) : Module
{
    readonly long[] kernel = kernelSize.Of(nameof(MaxUnpool1d), nameof(kernelSize), 1);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(MaxUnpool1d), nameof(stride), 1);
    readonly long[] pad = padding.Of(nameof(MaxUnpool1d), nameof(padding), 1, 0);

    /// <summary>Applies the layer; the size is the least one that fits, unless given.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor indices, long[]? outputSize = null) => input.MaxUnpool1d(indices, kernel, step, pad, outputSize);
}

/// <summary>Partial inverse of <see cref="MaxPool2d"/>: puts values back at the positions that it found, zeros elsewhere.</summary>
public sealed partial class MaxUnpool2d(Ints kernelSize, Ints stride = default, Ints padding = default) : Module
{
    readonly long[] kernel = kernelSize.Of(nameof(MaxUnpool2d), nameof(kernelSize), 2);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(MaxUnpool2d), nameof(stride), 2);
    readonly long[] pad = padding.Of(nameof(MaxUnpool2d), nameof(padding), 2, 0);

    /// <summary>Applies the layer; the size is the least one that fits, unless given.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor indices, long[]? outputSize = null) => input.MaxUnpool2d(indices, kernel, step, pad, outputSize);
}

/// <summary>Partial inverse of <see cref="MaxPool3d"/>: puts values back at the positions that it found, zeros elsewhere.</summary>
public sealed partial class MaxUnpool3d(Ints kernelSize, Ints stride = default, Ints padding = default) : Module
{
    readonly long[] kernel = kernelSize.Of(nameof(MaxUnpool3d), nameof(kernelSize), 3);
    readonly long[]? step = stride.IsDefault ? null : stride.Of(nameof(MaxUnpool3d), nameof(stride), 3);
    readonly long[] pad = padding.Of(nameof(MaxUnpool3d), nameof(padding), 3, 0);

    /// <summary>Applies the layer; the size is the least one that fits, unless given.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor indices, long[]? outputSize = null) => input.MaxUnpool3d(indices, kernel, step, pad, outputSize);
}
