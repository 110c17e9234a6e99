using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Largest element of each of <c>output_size</c> windows at pseudo-random places, and its position in the flattened plane. <c>samples</c> in [0, 1) of shape
/// <c>[N, C, axes]</c> choose them. Benjamin Graham, "Fractional Max-Pooling", arXiv:1412.6071.
/// </summary>
[Op("_fractional_max_pool(Tensor self, Tensor samples, int[] kernel_size, int[] output_size) -> (Tensor, Tensor)")]
public readonly partial record struct FractionalMaxPool(long[] KernelSize, long[] OutputSize)
{
    internal (Tensor, Tensor) Forward(Tensor self, Tensor samples)
    {
        var n = KernelSize.Length;
        var values = Cast.Contiguous(Cast.To(samples, DType.Float64)).Values<double>();
        var planes = new PoolAxis[Math.Max(1, values.Length / n)][];
        for (var p = 0; p < planes.Length; p++)
        {
            planes[p] = new PoolAxis[n];
            for (var i = 0; i < n; i++)
            {
                // PyTorch reads the two-axis samples as (width, height), the three-axis ones as (depth, height, width).
                var sample = values.Length == 0 ? 0 : values[p * n + (n == 2 ? 1 - i : i)];
                planes[p][i] = PoolAxis.Fractional(self.Layout.Sizes[self.Rank - n + i], KernelSize[i], OutputSize[i], sample);
            }
        }
        return PoolRunner.MaxEach(self, planes, "fractional_max_pool");
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.PlaneScatter(y1, [.. selfShape.AsSpan()[^KernelSize.Length..]], true);
}
