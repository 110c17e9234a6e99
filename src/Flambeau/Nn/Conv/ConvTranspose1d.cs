namespace Flambeau.Nn;

/// <summary>Transposed convolution over one axis, the adjoint of <see cref="Conv1d"/> with the same sizes: <c>[N, C, L]</c>, or without N.</summary>
public sealed partial class ConvTranspose1d : ConvBase
{
    readonly long[] outputPadding;

    /// <param name="inChannels">Channels of inputs.</param>
    /// <param name="outChannels">Channels of outputs.</param>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="stride">Distance of the windows; 1 by default.</param>
    /// <param name="padding">Cut off on both sides; 0 by default.</param>
    /// <param name="outputPadding">Added to the output's size at the end of each axis, since several sizes fit one convolution; 0 by default.</param>
    /// <param name="groups">Into how many independent parts the channels fall.</param>
    /// <param name="bias">Whether to add a learned offset.</param>
    /// <param name="dilation">Distance of the window's elements; 1 by default.</param>
    /// <param name="paddingMode">Only zeros.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public ConvTranspose1d(long inChannels, long outChannels, Ints kernelSize, Ints stride = default, Ints padding = default, Ints outputPadding = default, long groups = 1, bool bias = true, Ints dilation = default, string paddingMode = "zeros", DType dtype = DType.Float32)
        : base(1, true, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, TransposedSizes.OnlyZeros(paddingMode), dtype)
        => this.outputPadding = outputPadding.Of(nameof(ConvTranspose1d), nameof(outputPadding), 1, 0);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>Applies the layer so that the spatial axes of the result have a given size.</summary>
    /// <exception cref="ArgumentException">No convolution of that size gives this input.</exception>
    [Script]
    public Tensor Forward(Tensor input, long[]? outputSize) =>
        input.ConvTranspose1d(Weight, Bias, Stride, Padding, outputSize is null ? outputPadding : TransposedSizes.Extra(input, outputSize, KernelSize, Stride, Padding, Dilation), Groups, Dilation);
}
