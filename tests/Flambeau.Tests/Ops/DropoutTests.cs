using Flambeau.Autograd;
using Flambeau.Cpu;
using Xunit;

namespace Flambeau.Tests.Ops;

public sealed class DropoutTests
{
    [Theory]
    [InlineData(DType.Float32), InlineData(DType.Float64), InlineData(DType.BFloat16)]
    public void Keeps_the_mean_and_the_right_share(DType dtype)
    {
        using var _ = new Generator(3).Use();
        var y = Tensor.Ones([501, 401], dtype).Dropout(0.3).ToArray<double>();
        var share = y.Count(static v => v == 0) / (double)y.Length;
        Assert.InRange(share, 0.295, 0.305);
        Assert.All(y.Where(static v => v != 0).Take(100), v => Assert.Equal(1 / 0.7, v, dtype == DType.BFloat16 ? 0.01 : 1e-6));
    }

    [Fact]
    public void The_same_for_any_number_of_threads_and_any_layout()
    {
        var x = Tensor.Ones([300, 700]);
        Tensor Run(int threads, Tensor t)
        {
            var before = CpuThreads.Count;
            CpuThreads.Count = threads;
            using var _ = new Generator(5).Use();
            try { return t.Dropout(0.5); }
            finally { CpuThreads.Count = before; }
        }
        var one = Run(1, x).ToArray<float>();
        Assert.Equal(one, Run(7, x).ToArray<float>());
        Assert.Equal(one, Run(3, Tensor.Ones([700, 300]).Permute([1, 0])).ToArray<float>());
    }

    [Fact]
    public void The_gradient_is_the_mask_and_differentiates_again()
    {
        using var _ = new Generator(4).Use();
        var x = Tensor.Randn([40, 5], dtype: DType.Float64).WithGrad();
        var y = x.Dropout(0.25);
        var dy = Tensor.Randn([40, 5], dtype: DType.Float64).WithGrad();
        var dx = Grad.Of([y], [x], [dy], createGraph: true)[0]!;
        var expected = x.ToArray<double>().Zip(y.ToArray<double>(), (a, b) => b == 0 ? 0 : 1 / 0.75).ToArray();
        Assert.Equal(dy.ToArray<double>().Zip(expected, static (d, m) => d * m), dx.ToArray<double>());
        Assert.Equal(expected, Grad.Of([dx.Sum()], [dy])[0]!.ToArray<double>());
    }

    [Fact]
    public void Evaluation_and_zero_probability_pass_the_tensor_itself()
    {
        var x = Tensor.Randn([3, 4, 5]);
        Assert.Same(x, x.Dropout(0.5, training: false));
        Assert.Same(x, x.Dropout(0));
        Assert.Same(x, x.Dropout2d(0.5, training: false));
        Assert.Same(x, x.AlphaDropout());
        Assert.Equal(new float[60], x.Dropout(1).ToArray<float>());
        Assert.Throws<ArgumentException>(() => x.Dropout(1.5));
        Assert.Throws<ArgumentException>(() => Tensor.Ones([3]).Dropout2d());
    }

    [Fact]
    public void Channel_forms_drop_whole_channels()
    {
        using var _ = new Generator(6).Use();
        foreach (var y in new[] { Tensor.Ones([8, 16, 5, 3]).Dropout2d(0.5), Tensor.Ones([8, 16, 15]).Dropout1d(0.5), Tensor.Ones([8, 16, 5, 3, 1]).Dropout3d(0.5), Tensor.Ones([128, 5, 3, 1]).Dropout3d(0.5) })
        {
            var channels = y.ToArray<float>().Chunk(15).ToArray();
            Assert.All(channels, static c => Assert.True(c.All(v => v == 0) || c.All(v => v == 2)));
            Assert.InRange(channels.Count(static c => c[0] == 0), 40, 88);
        }
    }

    [Fact]
    public void Alpha_dropout_keeps_mean_and_variance()
    {
        using var _ = new Generator(8).Use();
        var y = Tensor.Randn([200_000]).AlphaDropout(0.2, training: true).ToArray<double>();
        var mean = y.Average();
        Assert.InRange(mean, -0.02, 0.02);
        Assert.InRange(y.Average(v => (v - mean) * (v - mean)), 0.97, 1.03);
    }

    [Fact]
    public void In_place_writes_the_input()
    {
        using var _ = new Generator(9).Use();
        var leaf = Tensor.Ones([50]).WithGrad();
        var x = leaf * 1;
        Assert.Same(x, x.Dropout(0.5, inplace: true));
        x.Sum().Backward();
        Assert.Equal(x.ToArray<float>(), leaf.Grad!.ToArray<float>());
    }
}
