using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Mean of each window: <c>[N, C, L]</c>, or without N. The stride is the kernel size by default.</summary>
    /// <exception cref="ArgumentException">The windows don't fit.</exception>
    [Op("nn.functional.avg_pool1d(Tensor input, int[1] kernel_size, int[1]? stride=None, int[1] padding=0, bool ceil_mode=False, bool count_include_pad=True) -> Tensor")]
    [Op("avg_pool1d(Tensor input, int[1] kernel_size, int[1]? stride=None, int[1] padding=0, bool ceil_mode=False, bool count_include_pad=True) -> Tensor")]
    public static Tensor AvgPool1d(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, bool ceilMode = false, bool countIncludePad = true) =>
        PoolRules.Mean("avg_pool1d", 1, input, kernelSize, stride, padding, ceilMode, countIncludePad, null);

    /// <summary>Mean of each window: <c>[N, C, H, W]</c>, or without N. The stride is the kernel size by default.</summary>
    /// <exception cref="ArgumentException">The windows don't fit.</exception>
    [Op("nn.functional.avg_pool2d(Tensor input, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor")]
    [Op("avg_pool2d(Tensor input, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor")]
    public static Tensor AvgPool2d(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, bool ceilMode = false, bool countIncludePad = true, long? divisorOverride = null) =>
        PoolRules.Mean("avg_pool2d", 2, input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);

    /// <summary>Mean of each window: <c>[N, C, D, H, W]</c>, or without N. The stride is the kernel size by default.</summary>
    /// <exception cref="ArgumentException">The windows don't fit.</exception>
    [Op("nn.functional.avg_pool3d(Tensor input, int[3] kernel_size, int[3]? stride=None, int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor")]
    [Op("avg_pool3d(Tensor input, int[3] kernel_size, int[3]? stride=None, int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor")]
    public static Tensor AvgPool3d(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, bool ceilMode = false, bool countIncludePad = true, long? divisorOverride = null) =>
        PoolRules.Mean("avg_pool3d", 3, input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);

    /// <summary>Power mean without the division: the <c>normType</c>-th root of the sum of powers over each window of <c>[N, C, L]</c>, or without N.</summary>
    [Op("nn.functional.lp_pool1d(Tensor input, float norm_type, int[1] kernel_size, int[1]? stride=None, bool ceil_mode=False) -> Tensor")]
    public static Tensor LpPool1d(this Tensor input, double normType, long[] kernelSize, long[]? stride = null, bool ceilMode = false) =>
        PoolRules.Lp("lp_pool1d", 1, input, normType, kernelSize, stride, ceilMode);

    /// <summary>Power mean without the division: the <c>normType</c>-th root of the sum of powers over each window of <c>[N, C, H, W]</c>, or without N.</summary>
    [Op("nn.functional.lp_pool2d(Tensor input, float norm_type, int[2] kernel_size, int[2]? stride=None, bool ceil_mode=False) -> Tensor")]
    public static Tensor LpPool2d(this Tensor input, double normType, long[] kernelSize, long[]? stride = null, bool ceilMode = false) =>
        PoolRules.Lp("lp_pool2d", 2, input, normType, kernelSize, stride, ceilMode);

    /// <summary>Power mean without the division: the <c>normType</c>-th root of the sum of powers over each window of <c>[N, C, D, H, W]</c>, or without N.</summary>
    [Op("nn.functional.lp_pool3d(Tensor input, float norm_type, int[3] kernel_size, int[3]? stride=None, bool ceil_mode=False) -> Tensor")]
    public static Tensor LpPool3d(this Tensor input, double normType, long[] kernelSize, long[]? stride = null, bool ceilMode = false) =>
        PoolRules.Lp("lp_pool3d", 3, input, normType, kernelSize, stride, ceilMode);
}
