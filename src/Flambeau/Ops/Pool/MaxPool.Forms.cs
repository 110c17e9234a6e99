using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Largest element of each window: <c>[N, C, L]</c>, or without N. The stride is the kernel size by default; padding counts as −∞, NaN as the largest.</summary>
    /// <exception cref="ArgumentException">The windows don't fit.</exception>
    public static Tensor MaxPool1d(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceilMode = false) =>
        PoolRules.MaxValues("max_pool1d", 1, input, kernelSize, stride, padding, dilation, ceilMode);

    /// <summary>As <c>MaxPool1d</c>, with the position of each maximum in its flattened plane (int64).</summary>
    [Op("nn.functional.max_pool1d_with_indices(Tensor input, int[1] kernel_size, int[1]? stride=None, int[1] padding=0, int[1] dilation=1, bool ceil_mode=False, bool return_indices=True) -> (Tensor, Tensor)")]
    [Op("max_pool1d_with_indices(Tensor input, int[1] kernel_size, int[1]? stride=None, int[1] padding=0, int[1] dilation=1, bool ceil_mode=False, bool return_indices=True) -> (Tensor, Tensor)")]
    public static (Tensor Values, Tensor Indices) MaxPool1dWithIndices(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceilMode = false, bool returnIndices = true) =>
        PoolRules.Max("max_pool1d", 1, input, kernelSize, stride, padding, dilation, ceilMode);

    [Op("nn.functional.max_pool1d(Tensor input, int[1] kernel_size, int[1]? stride=None, int[1] padding=0, int[1] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor")]
    [Op("max_pool1d(Tensor input, int[1] kernel_size, int[1]? stride=None, int[1] padding=0, int[1] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor")]
    internal static object MaxPool1dByName(Tensor input, long[] kernelSize, long[]? stride, long[]? padding, long[]? dilation, bool ceilMode, bool returnIndices) =>
        returnIndices ? PoolRules.Either(PoolRules.Max("max_pool1d", 1, input, kernelSize, stride, padding, dilation, ceilMode), true) : PoolRules.MaxValues("max_pool1d", 1, input, kernelSize, stride, padding, dilation, ceilMode);

    /// <summary>Largest element of each window: <c>[N, C, H, W]</c>, or without N. The stride is the kernel size by default; padding counts as −∞, NaN as the largest.</summary>
    /// <exception cref="ArgumentException">The windows don't fit.</exception>
    public static Tensor MaxPool2d(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceilMode = false) =>
        PoolRules.MaxValues("max_pool2d", 2, input, kernelSize, stride, padding, dilation, ceilMode);

    /// <summary>As <c>MaxPool2d</c>, with the position of each maximum in its flattened plane (int64).</summary>
    [Op("nn.functional.max_pool2d_with_indices(Tensor input, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, int[2] dilation=1, bool ceil_mode=False, bool return_indices=True) -> (Tensor, Tensor)")]
    [Op("max_pool2d_with_indices(Tensor input, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, int[2] dilation=1, bool ceil_mode=False, bool return_indices=True) -> (Tensor, Tensor)")]
    public static (Tensor Values, Tensor Indices) MaxPool2dWithIndices(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceilMode = false, bool returnIndices = true) =>
        PoolRules.Max("max_pool2d", 2, input, kernelSize, stride, padding, dilation, ceilMode);

    [Op("nn.functional.max_pool2d(Tensor input, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, int[2] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor")]
    [Op("max_pool2d(Tensor input, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, int[2] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor")]
    internal static object MaxPool2dByName(Tensor input, long[] kernelSize, long[]? stride, long[]? padding, long[]? dilation, bool ceilMode, bool returnIndices) =>
        returnIndices ? PoolRules.Either(PoolRules.Max("max_pool2d", 2, input, kernelSize, stride, padding, dilation, ceilMode), true) : PoolRules.MaxValues("max_pool2d", 2, input, kernelSize, stride, padding, dilation, ceilMode);

    /// <summary>Largest element of each window: <c>[N, C, D, H, W]</c>, or without N. The stride is the kernel size by default; padding counts as −∞, NaN as the largest.</summary>
    /// <exception cref="ArgumentException">The windows don't fit.</exception>
    public static Tensor MaxPool3d(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceilMode = false) =>
        PoolRules.MaxValues("max_pool3d", 3, input, kernelSize, stride, padding, dilation, ceilMode);

    /// <summary>As <c>MaxPool3d</c>, with the position of each maximum in its flattened plane (int64).</summary>
    [Op("nn.functional.max_pool3d_with_indices(Tensor input, int[3] kernel_size, int[3]? stride=None, int[3] padding=0, int[3] dilation=1, bool ceil_mode=False, bool return_indices=True) -> (Tensor, Tensor)")]
    [Op("max_pool3d_with_indices(Tensor input, int[3] kernel_size, int[3]? stride=None, int[3] padding=0, int[3] dilation=1, bool ceil_mode=False, bool return_indices=True) -> (Tensor, Tensor)")]
    public static (Tensor Values, Tensor Indices) MaxPool3dWithIndices(this Tensor input, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceilMode = false, bool returnIndices = true) =>
        PoolRules.Max("max_pool3d", 3, input, kernelSize, stride, padding, dilation, ceilMode);

    [Op("nn.functional.max_pool3d(Tensor input, int[3] kernel_size, int[3]? stride=None, int[3] padding=0, int[3] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor")]
    [Op("max_pool3d(Tensor input, int[3] kernel_size, int[3]? stride=None, int[3] padding=0, int[3] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor")]
    internal static object MaxPool3dByName(Tensor input, long[] kernelSize, long[]? stride, long[]? padding, long[]? dilation, bool ceilMode, bool returnIndices) =>
        returnIndices ? PoolRules.Either(PoolRules.Max("max_pool3d", 3, input, kernelSize, stride, padding, dilation, ceilMode), true) : PoolRules.MaxValues("max_pool3d", 3, input, kernelSize, stride, padding, dilation, ceilMode);

    /// <summary>A maximum pool of ones taken back to the input: which elements were largest. PyTorch's tests call the backward op so.</summary>
    [Op("max_pool2d_with_indices_backward(Tensor self, *, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, int[2] dilation=1, bool ceil_mode=False, bool return_indices=False) -> Tensor")]
    internal static Tensor MaxPool2dBackwardOfOnes(Tensor self, long[] kernelSize, long[]? stride, long[]? padding, long[]? dilation, bool ceilMode, bool returnIndices)
    {
        var (values, indices) = PoolRules.Max("max_pool2d", 2, self, kernelSize, stride, padding, dilation, ceilMode);
        return values.OnesLike().MaxPool2dWithIndicesBackward(self, kernelSize, stride ?? kernelSize, padding ?? [0], dilation ?? [1], ceilMode, indices);
    }
}
