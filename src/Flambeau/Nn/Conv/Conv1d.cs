namespace Flambeau.Nn;

/// <summary>Convolution (cross-correlation) over one axis: <c>[N, C, L]</c>, or without N.</summary>
public sealed partial class Conv1d : ConvBase
{
    /// <param name="inChannels">Channels of inputs.</param>
    /// <param name="outChannels">Channels of outputs.</param>
    /// <param name="kernelSize">Size of the window.</param>
    /// <param name="stride">Step of the window; 1 by default.</param>
    /// <param name="padding">Added on both sides; 0 by default.</param>
    /// <param name="dilation">Distance of the window's elements; 1 by default.</param>
    /// <param name="groups">Into how many independent parts the channels fall.</param>
    /// <param name="bias">Whether to add a learned offset.</param>
    /// <param name="paddingMode">zeros, reflect, replicate or circular.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public Conv1d(long inChannels, long outChannels, Ints kernelSize, Ints stride = default, ConvPadding padding = default, Ints dilation = default, long groups = 1, bool bias = true, string paddingMode = "zeros", DType dtype = DType.Float32)
        : base(1, false, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode, dtype)
    {
    }

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) =>
        PaddingMode != "zeros" ? Padded(input).Conv1d(Weight, Bias, Stride, (long[]?)null, Dilation, Groups)
        : Same ? input.Conv1d(Weight, Bias, Stride, "same", Dilation, Groups)
        : input.Conv1d(Weight, Bias, Stride, Padding, Dilation, Groups);
}
