using Flambeau.Autograd;
using Flambeau.Nn;
using Flambeau.Optim;
using Flambeau.Vision;

namespace Flambeau.Cuda.Tests;

/// <summary>Convolutions, batch norms and pools: the same on the GPU as on the CPU in double precision, in every dtype and memory order.</summary>
[Collection("kernels")]
public sealed class DnnTests
{
    static Device Gpu
    {
        get
        {
            Assert.SkipUnless(Cuda.IsAvailable, Cuda.Problem ?? "");
            return Device.Cuda();
        }
    }

    static Tensor Draw(int seed, params long[] sizes) => Tensor.Randn(sizes, new Generator(seed));

    static void Same(string what, Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] e = expected.ToArray<double>(), a = actual.ToArray<double>();
        var scale = Math.Max(1e-3, e.Length == 0 ? 1 : Math.Sqrt(e.Average(static v => v * v)));
        for (var i = 0; i < e.Length; i++) Assert.True(Math.Abs(e[i] - a[i]) <= tolerance * (scale + Math.Abs(e[i])), $"{what}, element {i}: {a[i]}, expected {e[i]}");
    }

    static double Tolerance(DType dtype) => dtype switch { DType.Float64 => 1e-12, DType.Float32 => 2e-5, DType.Float16 => 4e-3, _ => 3e-2 };

    /// <summary>Values and gradients of a function of some tensors, in double precision here and in a dtype and memory order there.</summary>
    static void Both(Func<Tensor[], Tensor> f, Tensor[] inputs, DType dtype, bool last, double? tolerance = null)
    {
        var gpu = Gpu;
        var before = (Cuda.AllowTf32Convolutions, Cuda.AllowTf32);
        (Cuda.AllowTf32Convolutions, Cuda.AllowTf32) = (false, false);
        try
        {
            Tensor[] rounded = Array.ConvertAll(inputs, t => t.To(dtype));
            Tensor[] here = Array.ConvertAll(rounded, static t => t.To(DType.Float64, copy: true).WithGrad());
            Tensor[] there = Array.ConvertAll(rounded, t => (last && t.Rank >= 4 ? t.Contiguous(MemoryFormat.ChannelsLast) : t).To(gpu).WithGrad());
            Tensor y = f(here), z = f(there);
            Assert.Equal(DeviceKind.Cuda, z.Device.Kind);
            Assert.Equal(dtype, z.DType);
            var limit = tolerance ?? Tolerance(dtype);
            Same("value", y.Detach(), z.Detach(), limit);
            if (last && z.Rank >= 4 && z.Size(1) > 1 && z.Numel > z.Size(0) * z.Size(1)) Assert.Equal(1, z.Strides[1]);
            var seed = Draw(99, [.. y.Shape.AsSpan()]).To(dtype);
            y.Backward(seed.To(DType.Float64));
            z.Backward(seed.To(gpu));
            for (var i = 0; i < inputs.Length; i++) Same($"gradient {i}", here[i].Grad!, there[i].Grad!, 2 * limit);
        }
        finally
        {
            (Cuda.AllowTf32Convolutions, Cuda.AllowTf32) = before;
        }
    }

    public static TheoryData<DType, bool> Forms => new()
    {
        { DType.Float32, false }, { DType.Float32, true }, { DType.Float64, false }, { DType.Float16, true }, { DType.BFloat16, true }, { DType.BFloat16, false },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Convolutions_of_two_axes(DType dtype, bool last)
    {
        Both(static t => t[0].Conv2d(t[1], t[2], padding: [1]), [Draw(1, 2, 8, 9, 7), Draw(2, 16, 8, 3, 3), Draw(3, 16)], dtype, last);
        Both(static t => t[0].Conv2d(t[1], stride: [2, 1], padding: [1, 2], dilation: [2, 1]), [Draw(1, 2, 8, 12, 11), Draw(2, 8, 8, 3, 2)], dtype, last);
        Both(static t => t[0].Conv2d(t[1]), [Draw(1, 2, 8, 6, 6), Draw(2, 24, 8, 1, 1)], dtype, last);
        Both(static t => t[0].Conv2d(t[1], stride: [2], padding: [1], groups: 4), [Draw(1, 2, 16, 9, 9), Draw(2, 16, 4, 3, 3)], dtype, last);
        Both(static t => t[0].Conv2d(t[1], t[2], null, "same"), [Draw(1, 2, 3, 6, 6), Draw(2, 5, 3, 4, 2), Draw(4, 5)], dtype, last);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Depthwise_and_transposed(DType dtype, bool last)
    {
        Both(static t => t[0].Conv2d(t[1], padding: [1], groups: 8), [Draw(1, 2, 8, 6, 6), Draw(2, 8, 1, 3, 3)], dtype, last);
        Both(static t => t[0].ConvTranspose2d(t[1], t[2], stride: [2], padding: [1], outputPadding: [1]), [Draw(1, 2, 8, 5, 5), Draw(2, 8, 16, 3, 3), Draw(3, 16)], dtype, last);
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void Convolutions_of_one_and_three_axes(DType dtype)
    {
        Both(static t => t[0].Conv1d(t[1], t[2], stride: [2], padding: [1]), [Draw(1, 2, 8, 15), Draw(2, 8, 8, 3), Draw(3, 8)], dtype, false);
        Both(static t => t[0].Conv3d(t[1], padding: [1]), [Draw(1, 2, 8, 4, 5, 6), Draw(2, 8, 8, 3, 3, 3)], dtype, false);
        Both(static t => t[0].Conv3d(t[1], padding: [1]), [Draw(1, 2, 8, 4, 5, 6), Draw(2, 8, 8, 3, 3, 3)], dtype, true);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Batch_norm_trains(DType dtype, bool last)
    {
        Both(static t => t[0].BatchNorm(null, null, t[1], t[2], training: true), [Draw(1, 4, 24, 5, 7) * 3 + 50, Draw(2, 24), Draw(3, 24)], dtype, last, dtype is DType.Float32 ? 1e-4 : null);
        Both(static t => t[0].BatchNorm(null, null, t[1], t[2], training: true), [Draw(1, 6, 3, 16, 16), Draw(2, 3), Draw(3, 3)], dtype, last);
        Both(static t => t[0].BatchNorm(null, null, training: true), [Draw(1, 64, 300, 2, 1)], dtype, last);
        if (!last) Both(static t => t[0].BatchNorm(null, null, t[1], null, training: true), [Draw(1, 40, 7), Draw(2, 7)], dtype, false);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Batch_norm_infers_and_keeps_running_statistics(DType dtype, bool last)
    {
        var gpu = Gpu;
        Tensor x = (Draw(1, 4, 10, 6, 5) * 2 + 1).To(dtype), there = (last ? x.Contiguous(MemoryFormat.ChannelsLast) : x).To(gpu);
        Tensor mean = Draw(2, 10), variance = Draw(3, 10).Abs() + 0.5, w = Draw(4, 10), b = Draw(5, 10);
        Same("inference", x.To(DType.Float64).BatchNorm(mean, variance, w, b), there.BatchNorm(mean.To(gpu), variance.To(gpu), w.To(gpu), b.To(gpu)), Math.Max(1e-6, Tolerance(dtype)));
        Tensor m = mean.To(gpu), v = variance.To(gpu);
        var version = m.Storage.Version;
        _ = x.To(DType.Float64).BatchNorm(mean, variance, training: true);
        _ = there.BatchNorm(m, v, training: true);
        Same("running mean", mean, m, 1e-5);
        Same("running variance", variance, v, 1e-5);
        Assert.NotEqual(version, m.Storage.Version);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Pools(DType dtype, bool last)
    {
        Both(static t => t[0].MaxPool2d([3], [2], [1]), [Draw(1, 2, 16, 9, 11)], dtype, last);
        Both(static t => t[0].MaxPool2d([2, 3], [1, 2], [1], [2, 1], ceilMode: true), [Draw(1, 2, 3, 9, 11)], dtype, last);
        Both(static t => t[0].AvgPool2d([3], [2], [1]), [Draw(1, 2, 16, 9, 11)], dtype, last);
        Both(static t => t[0].AvgPool2d([3, 2], [2], [1], countIncludePad: false), [Draw(1, 2, 12, 9, 10)], dtype, last);
        Both(static t => t[0].AdaptiveAvgPool2d(3, 4), [Draw(1, 2, 8, 7, 9)], dtype, last);
        Both(static t => t[0].AdaptiveMaxPool2d(3, 4), [Draw(1, 2, 8, 7, 9)], dtype, last);
        Both(static t => t[0].MaxPool3d([2]), [Draw(1, 2, 8, 4, 4, 4)], dtype, last);
    }

    [Fact]
    public void Cudnn_is_found_where_a_gpu_is()
    {
        _ = Gpu;
        Assert.Null(Cuda.CudnnProblem);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_residual_network_trains_as_on_the_host(bool last)
    {
        var gpu = Gpu;
        var before = Cuda.AllowTf32Convolutions;
        Cuda.AllowTf32Convolutions = false;
        try
        {
            double[] here = Train(Device.Cpu, false), there = Train(gpu, last);
            for (var i = 0; i < here.Length; i++) Assert.Equal(here[i], there[i], 1e-7);
        }
        finally
        {
            Cuda.AllowTf32Convolutions = before;
        }

        static double[] Train(Device device, bool last)
        {
            using var seed = new Generator(3).Use();
            // in doubles: in single precision the rounding of the convolutions decides the loss after a few steps
            var net = ResNet.ResNet18(10);
            var (x, t) = (Tensor.Randn([6, 3, 48, 48]), Tensor.RandInt(0, 10, [6]).To(device));
            if (last)
            {
                net.To(MemoryFormat.ChannelsLast);
                x = x.Contiguous(MemoryFormat.ChannelsLast);
            }
            net.To(DType.Float64);
            net.To(device);
            x = x.To(DType.Float64).To(device);
            var sgd = new SGD(net.Parameters(), lr: 1e-2, momentum: 0.9);
            var losses = new double[3];
            for (var i = 0; i < losses.Length; i++)
            {
                sgd.ZeroGrad();
                var loss = net.Forward(x).CrossEntropy(t);
                loss.Backward();
                sgd.Step();
                losses[i] = loss.Item<double>();
            }
            return losses;
        }
    }
}
