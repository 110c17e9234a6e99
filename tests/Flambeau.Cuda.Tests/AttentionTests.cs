using Flambeau.Autograd;

namespace Flambeau.Cuda.Tests;

/// <summary>Attention block by block, forward and backward, against doubles on the CPU.</summary>
[Collection("kernels")]
public sealed class AttentionTests
{
    static Tensor Draw(int seed, params long[] sizes) => Tensor.Randn(sizes, new Generator(seed));

    /// <summary>Half the machine's epsilon times what the sums of products of rounded numbers add to it.</summary>
    static double Tolerance(DType dtype) => dtype switch { DType.BFloat16 => 3e-2, DType.Float16 => 4e-3, DType.Float32 => 2e-5, _ => 1e-12 };

    [Theory]
    [InlineData(DType.Float32, 2, 3, 70, 70, 16, 16, true, false)]
    [InlineData(DType.Float32, 1, 2, 5, 67, 20, 12, false, true)]
    [InlineData(DType.Float32, 1, 1, 33, 40, 136, 136, false, false)]
    [InlineData(DType.Float64, 1, 2, 33, 35, 24, 24, true, false)]
    [InlineData(DType.BFloat16, 1, 2, 130, 130, 64, 64, true, false)]
    [InlineData(DType.BFloat16, 2, 1, 40, 100, 32, 24, false, true)]
    [InlineData(DType.BFloat16, 1, 2, 70, 70, 128, 128, true, false)]
    [InlineData(DType.Float16, 1, 2, 65, 66, 40, 64, false, false)]
    [InlineData(DType.Float16, 1, 1, 20, 20, 12, 12, true, false)]
    public void Forward_and_backward(DType dtype, long n, long heads, long rows, long keys, long width, long values, bool causal, bool masked)
    {
        Assert.SkipUnless(Cuda.IsAvailable, Cuda.Problem ?? "");
        Cuda.Log = null;
        Cuda.ResetFallbacks();
        // heads as a network splits them: not the outermost axes in memory
        Tensor[] x = [Draw(1, n, rows, heads, width), Draw(2, n, keys, heads, width), Draw(3, n, keys, heads, values), Draw(4, n, rows, heads, values)];
        var mask = masked ? Draw(5, rows, keys).MaskedFill(Draw(6, rows, keys).Gt(1.0), double.NegativeInfinity) : null;
        if (mask is not null) mask.Select(0, 1).Fill_(double.NegativeInfinity);
        x = Array.ConvertAll(x, t => t.To(dtype));
        mask = mask?.To(dtype);
        Tensor[] Run(Device device, DType type)
        {
            var t = Array.ConvertAll(x, v => v.To(type).To(device).Detach().Clone().WithGrad());
            var h = Array.ConvertAll(t, static v => v.Permute(0, 2, 1, 3));
            var y = h[0].ScaledDotProductAttention(h[1], h[2], mask?.To(type).To(device), 0, causal);
            (y * h[3].Detach()).Sum().Backward();
            return [y.Detach(), t[0].Grad!, t[1].Grad!, t[2].Grad!];
        }
        var expected = Run(Device.Cpu, DType.Float64);
        var actual = Run(Device.Cuda(), dtype);
        Assert.Empty(Cuda.Fallbacks);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(dtype, actual[i].DType);
            double[] e = expected[i].ToArray<double>(), a = actual[i].ToArray<double>();
            var scale = e.Max(Math.Abs);
            for (var k = 0; k < e.Length; k++) Assert.True(Math.Abs(e[k] - a[k]) <= Tolerance(dtype) * (scale + Math.Abs(e[k])), $"{i}: element {k} is {a[k]}, expected {e[k]}");
        }
    }
}
