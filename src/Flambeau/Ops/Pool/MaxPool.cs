using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Largest element of each window over the last axes (as many as the kernel has), and its position in the flattened plane. NaN wins. The gradient goes to that position.
/// </summary>
[Op("_max_pool(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> (Tensor, Tensor)")]
public readonly partial record struct MaxPool(long[] KernelSize, long[] Stride, long[] Padding, long[] Dilation, bool CeilMode)
{
    internal (Tensor, Tensor) Forward(Tensor self) => PoolRunner.Max(self, Axes(self.Layout.Sizes.AsSpan()[^KernelSize.Length..]), "max_pool");

    internal PoolAxis[] Axes(ReadOnlySpan<long> input)
    {
        var axes = new PoolAxis[KernelSize.Length];
        for (var i = 0; i < axes.Length; i++) axes[i] = PoolAxis.Max(input[i], KernelSize[i], Stride[i], Padding[i], Dilation[i], CeilMode);
        return axes;
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.MaxPoolAdjoint(y1, [.. selfShape.AsSpan()[^KernelSize.Length..]], KernelSize, Stride, Padding, Dilation, CeilMode);
}

/// <summary>The gradient of <see cref="MaxPool"/>, given where each maximum was found: <see cref="PlaneScatter"/>, which knows here whose windows an element lies in.</summary>
[Op("_max_pool_adjoint(Tensor grad_output, Tensor index, int[] input_size, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> Tensor")]
public readonly partial record struct MaxPoolAdjoint(long[] InputSize, long[] KernelSize, long[] Stride, long[] Padding, long[] Dilation, bool CeilMode)
{
    internal MaxPool Pool => new(KernelSize, Stride, Padding, Dilation, CeilMode);

    internal Tensor Forward(Tensor gradOutput, Tensor index) => new PlaneScatter(InputSize, true).Forward(gradOutput, index);

    internal Tensor VjpGradOutput(Tensor index, Tensor dy) => dy.PlaneGather(index, InputSize.Length);
}

/// <summary>The first result of <see cref="MaxPool"/>, for when nobody needs the positions: the gradient finds them again.</summary>
[Op("_max_pool_values(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> Tensor")]
public readonly partial record struct MaxPoolValues(long[] KernelSize, long[] Stride, long[] Padding, long[] Dilation, bool CeilMode)
{
    internal Tensor Forward(Tensor self) =>
        PoolRunner.Max(self, new MaxPool(KernelSize, Stride, Padding, Dilation, CeilMode).Axes(self.Layout.Sizes.AsSpan()[^KernelSize.Length..]), null, "max_pool");

    internal Tensor VjpSelf(Tensor self, Tensor dy) =>
        dy.MaxPoolAdjoint(self.MaxPool(KernelSize, Stride, Padding, Dilation, CeilMode).Item2, [.. self.Shape.AsSpan()[^KernelSize.Length..]], KernelSize, Stride, Padding, Dilation, CeilMode);
}

/// <summary>Largest element of each of <c>output_size</c> windows that cover the last axes evenly, and its position in the flattened plane.</summary>
[Op("_adaptive_max_pool(Tensor self, int[] output_size) -> (Tensor, Tensor)")]
public readonly partial record struct AdaptiveMaxPool(long[] OutputSize)
{
    internal (Tensor, Tensor) Forward(Tensor self)
    {
        var axes = new PoolAxis[OutputSize.Length];
        for (var i = 0; i < axes.Length; i++) axes[i] = PoolAxis.Adaptive(self.Layout.Sizes[self.Rank - axes.Length + i], OutputSize[i]);
        return PoolRunner.Max(self, axes, "adaptive_max_pool");
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.PlaneScatter(y1, [.. selfShape.AsSpan()[^OutputSize.Length..]], true);
}

/// <summary>Zeros of <c>size</c> over the last axes, with elements written (or added) at positions in the flattened plane.</summary>
[Op("_plane_scatter(Tensor self, Tensor index, int[] size, bool accumulate) -> Tensor")]
public readonly partial record struct PlaneScatter(long[] Size, bool Accumulate)
{
    internal Tensor Forward(Tensor self, Tensor index) =>
        PoolRunner.Move(self, index, [.. self.Layout.Sizes[..^Size.Length], .. Size], Size.Length, gather: false, Accumulate, "plane_scatter");

    internal Tensor VjpSelf(Tensor index, Tensor dy) => dy.PlaneGather(index, Size.Length);
}

/// <summary>Elements at positions in the flattened last <c>axes</c> axes; of the shape of <c>index</c>.</summary>
[Op("_plane_gather(Tensor self, Tensor index, int axes) -> Tensor")]
public readonly partial record struct PlaneGather(long Axes)
{
    internal Tensor Forward(Tensor self, Tensor index) => PoolRunner.Move(self, index, index.Layout.Sizes, (int)Axes, gather: true, false, "plane_gather");

    internal Tensor VjpSelf(Shape selfShape, Tensor index, Tensor dy) => dy.PlaneScatter(index, [.. selfShape.AsSpan()[^(int)Axes..]], true);
}

/// <summary>The gradient of a two-axis maximum pool, given where each maximum was found.</summary>
[Op("max_pool2d_with_indices_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] padding, int[2] dilation, bool ceil_mode, Tensor indices) -> Tensor")]
public readonly partial record struct MaxPool2dWithIndicesBackward(long[] KernelSize, long[] Stride, long[] Padding, long[] Dilation, bool CeilMode)
{
    internal Tensor Forward(Tensor gradOutput, Tensor self, Tensor indices) => new PlaneScatter(self.Layout.Sizes[^2..], true).Forward(gradOutput, indices);

    internal Tensor VjpGradOutput(Tensor indices, Tensor dy) => dy.PlaneGather(indices, 2);

    /// <summary>Only the places of the maxima matter, and those don't move.</summary>
    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.NewZeros(selfShape);
}
