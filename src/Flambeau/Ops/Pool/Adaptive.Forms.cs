using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Mean over windows that cover <c>[N, C, L]</c> (or without N) evenly, so many that the result has the given size; null keeps an axis.</summary>
    [Op("nn.functional.adaptive_avg_pool1d(Tensor input, int?[1] output_size) -> Tensor")]
    [Op("adaptive_avg_pool1d(Tensor input, int?[1] output_size) -> Tensor")]
    public static Tensor AdaptiveAvgPool1d(this Tensor input, params long?[] outputSize) =>
        input.AdaptiveAvgPool(PoolRules.Adaptive("adaptive_avg_pool1d", 1, input, outputSize));

    /// <summary>Maximum over windows that cover <c>[N, C, L]</c> (or without N) evenly, so many that the result has the given size; null keeps an axis.</summary>
    public static Tensor AdaptiveMaxPool1d(this Tensor input, params long?[] outputSize) => AdaptiveMaxPool1dWithIndices(input, outputSize).Values;

    /// <summary>As <c>AdaptiveMaxPool1d</c>, with the position of each maximum in its flattened plane (int64).</summary>
    public static (Tensor Values, Tensor Indices) AdaptiveMaxPool1dWithIndices(this Tensor input, params long?[] outputSize) =>
        input.AdaptiveMaxPool(PoolRules.Adaptive("adaptive_max_pool1d", 1, input, outputSize));

    [Op("nn.functional.adaptive_max_pool1d(Tensor input, int?[1] output_size, bool return_indices=False) -> Tensor")]
    internal static object AdaptiveMaxPool1dByName(Tensor input, long?[] outputSize, bool returnIndices) =>
        PoolRules.Either(AdaptiveMaxPool1dWithIndices(input, outputSize), returnIndices);

    /// <summary>Mean over windows that cover <c>[N, C, H, W]</c> (or without N) evenly, so many that the result has the given size; null keeps an axis.</summary>
    [Op("nn.functional.adaptive_avg_pool2d(Tensor input, int?[2] output_size) -> Tensor")]
    [Op("adaptive_avg_pool2d(Tensor input, int?[2] output_size) -> Tensor")]
    public static Tensor AdaptiveAvgPool2d(this Tensor input, params long?[] outputSize) =>
        input.AdaptiveAvgPool(PoolRules.Adaptive("adaptive_avg_pool2d", 2, input, outputSize));

    /// <summary>Maximum over windows that cover <c>[N, C, H, W]</c> (or without N) evenly, so many that the result has the given size; null keeps an axis.</summary>
    public static Tensor AdaptiveMaxPool2d(this Tensor input, params long?[] outputSize) => AdaptiveMaxPool2dWithIndices(input, outputSize).Values;

    /// <summary>As <c>AdaptiveMaxPool2d</c>, with the position of each maximum in its flattened plane (int64).</summary>
    public static (Tensor Values, Tensor Indices) AdaptiveMaxPool2dWithIndices(this Tensor input, params long?[] outputSize) =>
        input.AdaptiveMaxPool(PoolRules.Adaptive("adaptive_max_pool2d", 2, input, outputSize));

    [Op("nn.functional.adaptive_max_pool2d(Tensor input, int?[2] output_size, bool return_indices=False) -> Tensor")]
    internal static object AdaptiveMaxPool2dByName(Tensor input, long?[] outputSize, bool returnIndices) =>
        PoolRules.Either(AdaptiveMaxPool2dWithIndices(input, outputSize), returnIndices);

    /// <summary>Mean over windows that cover <c>[N, C, D, H, W]</c> (or without N) evenly, so many that the result has the given size; null keeps an axis.</summary>
    [Op("nn.functional.adaptive_avg_pool3d(Tensor input, int?[3] output_size) -> Tensor")]
    [Op("adaptive_avg_pool3d(Tensor input, int?[3] output_size) -> Tensor")]
    public static Tensor AdaptiveAvgPool3d(this Tensor input, params long?[] outputSize) =>
        input.AdaptiveAvgPool(PoolRules.Adaptive("adaptive_avg_pool3d", 3, input, outputSize));

    /// <summary>Maximum over windows that cover <c>[N, C, D, H, W]</c> (or without N) evenly, so many that the result has the given size; null keeps an axis.</summary>
    public static Tensor AdaptiveMaxPool3d(this Tensor input, params long?[] outputSize) => AdaptiveMaxPool3dWithIndices(input, outputSize).Values;

    /// <summary>As <c>AdaptiveMaxPool3d</c>, with the position of each maximum in its flattened plane (int64).</summary>
    public static (Tensor Values, Tensor Indices) AdaptiveMaxPool3dWithIndices(this Tensor input, params long?[] outputSize) =>
        input.AdaptiveMaxPool(PoolRules.Adaptive("adaptive_max_pool3d", 3, input, outputSize));

    [Op("nn.functional.adaptive_max_pool3d(Tensor input, int?[3] output_size, bool return_indices=False) -> Tensor")]
    internal static object AdaptiveMaxPool3dByName(Tensor input, long?[] outputSize, bool returnIndices) =>
        PoolRules.Either(AdaptiveMaxPool3dWithIndices(input, outputSize), returnIndices);
}
