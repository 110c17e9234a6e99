using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// The partial inverse of <c>MaxPool1d</c>: zeros with the maxima back at the positions it found. The size is what the pool's input has at least, or <paramref name="outputSize"/>
    /// (spatial axes, or all of them).
    /// </summary>
    [Op("nn.functional.max_unpool1d(Tensor input, Tensor indices, int[1] kernel_size, int[1]? stride=None, int[1] padding=0, int[]? output_size=None) -> Tensor")]
    public static Tensor MaxUnpool1d(this Tensor input, Tensor indices, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? outputSize = null) =>
        PoolRules.Unpool("max_unpool1d", 1, input, indices, kernelSize, stride, padding, outputSize);

    /// <summary>
    /// The partial inverse of <c>MaxPool2d</c>: zeros with the maxima back at the positions it found. The size is what the pool's input has at least, or <paramref name="outputSize"/>
    /// (spatial axes, or all of them).
    /// </summary>
    [Op("nn.functional.max_unpool2d(Tensor input, Tensor indices, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, int[]? output_size=None) -> Tensor")]
    public static Tensor MaxUnpool2d(this Tensor input, Tensor indices, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? outputSize = null) =>
        PoolRules.Unpool("max_unpool2d", 2, input, indices, kernelSize, stride, padding, outputSize);

    /// <summary>
    /// The partial inverse of <c>MaxPool3d</c>: zeros with the maxima back at the positions it found. The size is what the pool's input has at least, or <paramref name="outputSize"/>
    /// (spatial axes, or all of them).
    /// </summary>
    [Op("nn.functional.max_unpool3d(Tensor input, Tensor indices, int[3] kernel_size, int[3]? stride=None, int[3] padding=0, int[]? output_size=None) -> Tensor")]
    public static Tensor MaxUnpool3d(this Tensor input, Tensor indices, long[] kernelSize, long[]? stride = null, long[]? padding = null, long[]? outputSize = null) =>
        PoolRules.Unpool("max_unpool3d", 3, input, indices, kernelSize, stride, padding, outputSize);

    /// <summary>
    /// Maximum over windows at pseudo-random places of <c>[N, C, H, W]</c>, or without N. The result's spatial size is given, or a ratio of the input's in (0, 1).
    /// <paramref name="randomSamples"/> of shape <c>[N, C, 2]</c> replace the generator's.
    /// </summary>
    public static Tensor FractionalMaxPool2d(this Tensor input, long[] kernelSize, long[]? outputSize = null, double[]? outputRatio = null, Tensor? randomSamples = null) =>
        FractionalMaxPool2dWithIndices(input, kernelSize, outputSize, outputRatio, randomSamples).Values;

    /// <summary>As <c>FractionalMaxPool2d</c>, with the position of each maximum in its flattened plane (int64).</summary>
    public static (Tensor Values, Tensor Indices) FractionalMaxPool2dWithIndices(this Tensor input, long[] kernelSize, long[]? outputSize = null, double[]? outputRatio = null, Tensor? randomSamples = null) =>
        PoolRules.Fractional("fractional_max_pool2d", 2, input, kernelSize, outputSize, outputRatio, randomSamples);

    [Op("nn.functional.fractional_max_pool2d(Tensor input, int[2] kernel_size, int[2]? output_size=None, float[2]? output_ratio=None, bool return_indices=False, Tensor? _random_samples=None) -> Tensor")]
    internal static object FractionalMaxPool2dByName(Tensor input, long[] kernelSize, long[]? outputSize, double[]? outputRatio, bool returnIndices, Tensor? randomSamples) =>
        PoolRules.Either(FractionalMaxPool2dWithIndices(input, kernelSize, outputSize, outputRatio, randomSamples), returnIndices);

    /// <summary>
    /// Maximum over windows at pseudo-random places of <c>[N, C, D, H, W]</c>, or without N. The result's spatial size is given, or a ratio of the input's in (0, 1).
    /// <paramref name="randomSamples"/> of shape <c>[N, C, 3]</c> replace the generator's.
    /// </summary>
    public static Tensor FractionalMaxPool3d(this Tensor input, long[] kernelSize, long[]? outputSize = null, double[]? outputRatio = null, Tensor? randomSamples = null) =>
        FractionalMaxPool3dWithIndices(input, kernelSize, outputSize, outputRatio, randomSamples).Values;

    /// <summary>As <c>FractionalMaxPool3d</c>, with the position of each maximum in its flattened plane (int64).</summary>
    public static (Tensor Values, Tensor Indices) FractionalMaxPool3dWithIndices(this Tensor input, long[] kernelSize, long[]? outputSize = null, double[]? outputRatio = null, Tensor? randomSamples = null) =>
        PoolRules.Fractional("fractional_max_pool3d", 3, input, kernelSize, outputSize, outputRatio, randomSamples);

    [Op("nn.functional.fractional_max_pool3d(Tensor input, int[3] kernel_size, int[3]? output_size=None, float[3]? output_ratio=None, bool return_indices=False, Tensor? _random_samples=None) -> Tensor")]
    internal static object FractionalMaxPool3dByName(Tensor input, long[] kernelSize, long[]? outputSize, double[]? outputRatio, bool returnIndices, Tensor? randomSamples) =>
        PoolRules.Either(FractionalMaxPool3dWithIndices(input, kernelSize, outputSize, outputRatio, randomSamples), returnIndices);
}
