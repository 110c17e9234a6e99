using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Mean of each window over the last axes (as many as the kernel has). The divisor is the window's size, with or without padding, or a given one.</summary>
[Op("_avg_pool(Tensor self, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor")]
public readonly partial record struct AvgPool(long[] KernelSize, long[] Stride, long[] Padding, bool CeilMode, bool CountIncludePad, long? DivisorOverride)
{
    internal Tensor Forward(Tensor self) => PoolRunner.Mean(self, Axes(self.Layout.Sizes.AsSpan()[^KernelSize.Length..]), DivisorOverride, "avg_pool");

    internal PoolAxis[] Axes(ReadOnlySpan<long> input)
    {
        var axes = new PoolAxis[KernelSize.Length];
        for (var i = 0; i < axes.Length; i++) axes[i] = PoolAxis.Mean(input[i], KernelSize[i], Stride[i], Padding[i], CeilMode, CountIncludePad);
        return axes;
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) =>
        dy.AvgPoolAdjoint([.. selfShape.AsSpan()[^KernelSize.Length..]], KernelSize, Stride, Padding, CeilMode, CountIncludePad, DivisorOverride);
}

/// <summary>The adjoint of <see cref="AvgPool"/>.</summary>
[Op("_avg_pool_adjoint(Tensor grad_output, int[] input_size, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor")]
public readonly partial record struct AvgPoolAdjoint(long[] InputSize, long[] KernelSize, long[] Stride, long[] Padding, bool CeilMode, bool CountIncludePad, long? DivisorOverride)
{
    internal Tensor Forward(Tensor gradOutput) =>
        PoolRunner.MeanAdjoint(gradOutput, new AvgPool(KernelSize, Stride, Padding, CeilMode, CountIncludePad, DivisorOverride).Axes(InputSize), DivisorOverride, "avg_pool");

    internal Tensor VjpGradOutput(Tensor dy) => dy.AvgPool(KernelSize, Stride, Padding, CeilMode, CountIncludePad, DivisorOverride);
}

/// <summary>Mean of each of <c>output_size</c> windows that cover the last axes evenly.</summary>
[Op("_adaptive_avg_pool(Tensor self, int[] output_size) -> Tensor")]
public readonly partial record struct AdaptiveAvgPool(long[] OutputSize)
{
    internal Tensor Forward(Tensor self) => PoolRunner.Mean(self, Axes(self.Layout.Sizes.AsSpan()[^OutputSize.Length..], OutputSize), null, "adaptive_avg_pool");

    internal static PoolAxis[] Axes(ReadOnlySpan<long> input, long[] output)
    {
        var axes = new PoolAxis[output.Length];
        for (var i = 0; i < axes.Length; i++) axes[i] = PoolAxis.Adaptive(input[i], output[i]);
        return axes;
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.AdaptiveAvgPoolAdjoint([.. selfShape.AsSpan()[^OutputSize.Length..]]);
}

/// <summary>The adjoint of <see cref="AdaptiveAvgPool"/>.</summary>
[Op("_adaptive_avg_pool_adjoint(Tensor grad_output, int[] input_size) -> Tensor")]
public readonly partial record struct AdaptiveAvgPoolAdjoint(long[] InputSize)
{
    internal Tensor Forward(Tensor gradOutput) =>
        PoolRunner.MeanAdjoint(gradOutput, AdaptiveAvgPool.Axes(InputSize, gradOutput.Layout.Sizes[^InputSize.Length..]), null, "adaptive_avg_pool");

    internal Tensor VjpGradOutput(Shape gradOutputShape, Tensor dy) => dy.AdaptiveAvgPool([.. gradOutputShape.AsSpan()[^InputSize.Length..]]);
}
