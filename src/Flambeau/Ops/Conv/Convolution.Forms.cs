using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Cross-correlation over 1 axis: <c>[N, Cin, L]</c> (or without N) by <c>[Cout, Cin / groups, K]</c>. Floating-point dtypes; integers compute in float64.</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or groups don't fit.</exception>
    [Op("nn.functional.conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, int[1] padding=0, int[1] dilation=1, int groups=1) -> Tensor")]
    [Op("conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, int[1] padding=0, int[1] dilation=1, int groups=1) -> Tensor")]
    public static Tensor Conv1d(this Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
        ConvRules.Convolve("conv1d", 1, input, weight, bias, stride, padding, same: false, dilation, groups);

    /// <summary>As the other form, with padding <c>"valid"</c> (none) or <c>"same"</c> (stride 1, the output as large as the input; of an odd amount the high side gets more).</summary>
    [Op("nn.functional.conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, str padding='valid', int[1] dilation=1, int groups=1) -> Tensor")]
    [Op("conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, str padding='valid', int[1] dilation=1, int groups=1) -> Tensor")]
    public static Tensor Conv1d(this Tensor input, Tensor weight, Tensor? bias, long[]? stride, string padding, long[]? dilation = null, long groups = 1) =>
        ConvRules.Convolve("conv1d", 1, input, weight, bias, stride, null, IsSame(padding, "conv1d"), dilation, groups);

    /// <summary>Cross-correlation over 2 axes: <c>[N, Cin, H, W]</c> (or without N) by <c>[Cout, Cin / groups, Kh, Kw]</c>. Floating-point dtypes; integers compute in float64.</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or groups don't fit.</exception>
    [Op("nn.functional.conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] dilation=1, int groups=1) -> Tensor")]
    [Op("conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] dilation=1, int groups=1) -> Tensor")]
    public static Tensor Conv2d(this Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
        ConvRules.Convolve("conv2d", 2, input, weight, bias, stride, padding, same: false, dilation, groups);

    /// <summary>As the other form, with padding <c>"valid"</c> (none) or <c>"same"</c> (stride 1, the output as large as the input; of an odd amount the high side gets more).</summary>
    [Op("nn.functional.conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, str padding='valid', int[2] dilation=1, int groups=1) -> Tensor")]
    [Op("conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, str padding='valid', int[2] dilation=1, int groups=1) -> Tensor")]
    public static Tensor Conv2d(this Tensor input, Tensor weight, Tensor? bias, long[]? stride, string padding, long[]? dilation = null, long groups = 1) =>
        ConvRules.Convolve("conv2d", 2, input, weight, bias, stride, null, IsSame(padding, "conv2d"), dilation, groups);

    /// <summary>Cross-correlation over 3 axes: <c>[N, Cin, D, H, W]</c> (or without N) by <c>[Cout, Cin / groups, Kd, Kh, Kw]</c>. Floating-point dtypes; integers compute in float64.</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or groups don't fit.</exception>
    [Op("nn.functional.conv3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, int[3] padding=0, int[3] dilation=1, int groups=1) -> Tensor")]
    [Op("conv3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, int[3] padding=0, int[3] dilation=1, int groups=1) -> Tensor")]
    public static Tensor Conv3d(this Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
        ConvRules.Convolve("conv3d", 3, input, weight, bias, stride, padding, same: false, dilation, groups);

    /// <summary>As the other form, with padding <c>"valid"</c> (none) or <c>"same"</c> (stride 1, the output as large as the input; of an odd amount the high side gets more).</summary>
    [Op("nn.functional.conv3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, str padding='valid', int[3] dilation=1, int groups=1) -> Tensor")]
    [Op("conv3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, str padding='valid', int[3] dilation=1, int groups=1) -> Tensor")]
    public static Tensor Conv3d(this Tensor input, Tensor weight, Tensor? bias, long[]? stride, string padding, long[]? dilation = null, long groups = 1) =>
        ConvRules.Convolve("conv3d", 3, input, weight, bias, stride, null, IsSame(padding, "conv3d"), dilation, groups);

    static bool IsSame(string padding, string op) => padding switch
    {
        "same" => true,
        "valid" => false,
        _ => throw new ArgumentException($"{op}: padding is '{padding}'; expected 'same', 'valid' or numbers"),
    };
}
