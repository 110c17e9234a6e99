using Flambeau.Autograd;
using Flambeau.Nn;
using Flambeau.Optim;

namespace Flambeau.Cuda.Tests;

/// <summary>The same on the GPU and on the CPU. Skipped, with what was tried, where there is no GPU.</summary>
[Collection("kernels")]
public sealed class GpuTests
{
    static Device Gpu
    {
        get
        {
            Assert.SkipUnless(Cuda.IsAvailable, Cuda.Problem ?? "");
            return Device.Cuda();
        }
    }

    static Tensor Draw(params long[] sizes) => Tensor.Randn(sizes, new Generator(17));

    static void Same(Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(DeviceKind.Cuda, actual.Device.Kind);
        double[] e = expected.ToArray<double>(), a = actual.ToArray<double>();
        for (var i = 0; i < e.Length; i++) Assert.True(Math.Abs(e[i] - a[i]) <= tolerance * (1 + Math.Abs(e[i])), $"element {i}: {a[i]}, expected {e[i]}");
    }

    static void Both(Func<Tensor, Tensor> f, params long[] sizes)
    {
        var x = Draw(sizes);
        Same(f(x), f(x.To(Gpu)));
    }

    /// <summary>Sums of numbers of both signs: the error is relative to what was added, not to what is left.</summary>
    static void Sums(Func<Tensor, Tensor> f, params long[] sizes)
    {
        var x = Draw(sizes);
        Same(f(x.To(DType.Float64)).To(DType.Float32), f(x.To(Gpu)), 2e-8 * x.Numel);
    }

    [Fact]
    public void Copies_there_and_back() => Both(static x => x, 3, 5);

    [Fact]
    public void Views_are_copied_as_they_look() => Both(static x => x.Permute(1, 0).Slice(0, 1, 4, 2), 3, 5);

    [Fact]
    public void Pointwise_formulas_broadcast() => Both(static x => (x * 2 + x.Slice(0, 0, 1)).Tanh() / (x.Abs() + 1), 33, 65);

    [Fact]
    public void Strided_operands() => Both(static x => x.Permute(2, 0, 1) * x.Permute(2, 0, 1).Sigmoid(), 5, 7, 9);

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Int64)]
    [InlineData(DType.Int8)]
    [InlineData(DType.Bool)]
    public void Conversions(DType dtype) => Both(x => (x * 3).To(dtype), 1000);

    [Fact]
    public void Reductions_of_rows_columns_and_all()
    {
        Sums(static x => x.Sum([1]), 40, 3000);
        Sums(static x => x.Sum([0]), 3000, 40);
        Both(static x => x.Abs().Sum(), 100, 999);
        Both(static x => x.Amax([0, 2]), 9, 20, 30);
        Both(static x => x.Var([1]), 9, 200);
    }

    [Fact]
    public void Products_of_matrices_in_any_layout()
    {
        Both(static x => x.MatMul(x.Permute(1, 0)), 30, 50);
        Both(static x => x.Permute(1, 0).MatMul(x), 30, 50);
        Both(static x => x.Bmm(x.Permute(0, 2, 1)), 4, 20, 30);
    }

    [Fact]
    public void Random_numbers_are_the_hosts()
    {
        var gpu = Gpu;
        Tensor there;
        var here = Tensor.Rand([1001], new Generator(5));
        using (gpu.Use()) there = Tensor.Rand([1001], new Generator(5));
        Assert.Equal(here.ToArray<float>(), there.ToArray<float>());
        here = Tensor.RandInt(0, 1000, [777], new Generator(6));
        using (gpu.Use()) there = Tensor.RandInt(0, 1000, [777], new Generator(6));
        Assert.Equal(here.ToArray<long>(), there.ToArray<long>());
        here = Tensor.Randn([1001], new Generator(7));
        using (gpu.Use()) there = Tensor.Randn([1001], new Generator(7));
        Same(here, there);
    }

    [Fact]
    public void Gradients_come_back_to_where_the_parameter_is()
    {
        var gpu = Gpu;
        var x = Draw(8, 8).WithGrad();
        x.To(gpu).MatMul(x.To(gpu)).Tanh().Sum().Backward();
        var y = x.Detach().WithGrad();
        y.MatMul(y).Tanh().Sum().Backward();
        Assert.Equal(Device.Cpu, x.Grad!.Device);
        Same(y.Grad!, x.Grad!.To(gpu));
    }

    [Fact]
    public void Mixed_devices_are_refused_with_help()
    {
        var e = Assert.Throws<InvalidOperationException>(() => Draw(3) + Draw(3).To(Gpu));
        Assert.Contains("'cpu'", e.Message, StringComparison.Ordinal);
        Assert.Contains("module.To(device)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_are_not_reached_from_the_host()
    {
        var x = Draw(3).To(Gpu);
        Assert.Contains("ToArray", Assert.Throws<InvalidOperationException>(() => x.AsSpan<float>()).Message + "ToArray", StringComparison.Ordinal);
        Assert.Contains("cuda:0", x.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_trains_as_on_the_host()
    {
        var gpu = Gpu;
        double[] here = Train(Device.Cpu), there = Train(gpu);
        for (var i = 0; i < here.Length; i++) Assert.Equal(here[i], there[i], 1e-3);

        static double[] Train(Device device)
        {
            using var seed = new Generator(3).Use();
            var layers = new Sequential(new Conv2d(1, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Flatten(), new Nn.Linear(4 * 6 * 6, 10));
            layers.To(device);
            var adam = new Adam(layers.Parameters(), lr: 1e-2);
            var (x, t) = (Tensor.Randn([16, 1, 12, 12]).To(device), Tensor.RandInt(0, 10, [16]).To(device));
            var losses = new double[5];
            for (var i = 0; i < losses.Length; i++)
            {
                adam.ZeroGrad();
                var loss = layers.Forward(x).CrossEntropy(t);
                loss.Backward();
                adam.Step();
                losses[i] = loss.Item<double>();
            }
            return losses;
        }
    }
}
