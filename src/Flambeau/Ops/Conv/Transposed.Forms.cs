using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Transposed convolution over 1 axis: <c>[N, Cin, L]</c> (or without N) by <c>[Cin, Cout / groups, K]</c>; the gradient of <c>Conv1d</c> in its input.</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or groups don't fit.</exception>
    [Op("nn.functional.conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, int[1] padding=0, int[1] output_padding=0, int groups=1, int[1] dilation=1) -> Tensor")]
    [Op("conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, int[1] padding=0, int[1] output_padding=0, int groups=1, int[1] dilation=1) -> Tensor")]
    public static Tensor ConvTranspose1d(this Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? outputPadding = null, long groups = 1, long[]? dilation = null) =>
        ConvRules.Transpose("conv_transpose1d", 1, input, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>Transposed convolution over 2 axes: <c>[N, Cin, H, W]</c> (or without N) by <c>[Cin, Cout / groups, Kh, Kw]</c>; the gradient of <c>Conv2d</c> in its input.</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or groups don't fit.</exception>
    [Op("nn.functional.conv_transpose2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] output_padding=0, int groups=1, int[2] dilation=1) -> Tensor")]
    [Op("conv_transpose2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] output_padding=0, int groups=1, int[2] dilation=1) -> Tensor")]
    public static Tensor ConvTranspose2d(this Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? outputPadding = null, long groups = 1, long[]? dilation = null) =>
        ConvRules.Transpose("conv_transpose2d", 2, input, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>Transposed convolution over 3 axes: <c>[N, Cin, D, H, W]</c> (or without N) by <c>[Cin, Cout / groups, Kd, Kh, Kw]</c>; the gradient of <c>Conv3d</c> in its input.</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or groups don't fit.</exception>
    [Op("nn.functional.conv_transpose3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, int[3] padding=0, int[3] output_padding=0, int groups=1, int[3] dilation=1) -> Tensor")]
    [Op("conv_transpose3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, int[3] padding=0, int[3] output_padding=0, int groups=1, int[3] dilation=1) -> Tensor")]
    public static Tensor ConvTranspose3d(this Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? outputPadding = null, long groups = 1, long[]? dilation = null) =>
        ConvRules.Transpose("conv_transpose3d", 3, input, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>Any convolution or transposed convolution; the number of spatial axes is that of <paramref name="weight"/>.</summary>
    [Op("convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups) -> Tensor")]
    public static Tensor Convolution(this Tensor input, Tensor weight, Tensor? bias, long[] stride, long[] padding, long[] dilation, bool transposed, long[] outputPadding, long groups) => transposed
        ? ConvRules.Transpose("convolution", weight.Rank - 2, input, weight, bias, stride, padding, outputPadding, groups, dilation)
        : ConvRules.Convolve("convolution", weight.Rank - 2, input, weight, bias, stride, padding, same: false, dilation, groups);
}
