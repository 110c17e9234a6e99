using Flambeau.Amp;
using Flambeau.Autograd;
using Flambeau.Nn;
using Flambeau.Ops;
using Flambeau.Optim;

namespace Flambeau.Tests.Amp;

/// <summary>Which dtype ops run in under autocast: PyTorch's rules, on the CPU.</summary>
public sealed class AutocastTests
{
    static readonly Tensor x = Tensor.Randn([4, 6], new Generator(1)), w = Tensor.Randn([6, 6], new Generator(2)), half = x.To(DType.BFloat16);

    static Autocast.Scope On => Autocast.On(DeviceKind.Cpu);

    [Fact]
    public void Products_and_convolutions_are_half()
    {
        using var on = On;
        Assert.Equal(DType.BFloat16, x.Mm(w).DType);
        Assert.Equal(DType.BFloat16, x.MatMul(w).DType);
        Assert.Equal(DType.BFloat16, x.Linear(w, w[0]).DType);
        Assert.Equal(DType.BFloat16, x.AddMm(x, w).DType);
        Assert.Equal(DType.BFloat16, Tensor.Einsum("ij,jk->ik", x, w).DType);
        Assert.Equal(DType.BFloat16, x.Reshape([1, 1, 4, 6]).Conv2d(Tensor.Ones([2, 1, 3, 3]), Tensor.Ones([2])).DType);
        Assert.Equal(DType.BFloat16, x.Reshape([1, 1, 4, 6]).ConvTranspose2d(Tensor.Ones([1, 2, 3, 3])).DType);
        Assert.Equal(DType.BFloat16, half.MatMul(w).DType);
        Assert.Equal(DType.BFloat16, x.ScaledDotProductAttention(x, x).DType);
        Assert.Equal(DType.BFloat16, new LSTM(6, 5).Forward(x.Unsqueeze(0)).Output.DType);
    }

    [Fact]
    public void Losses_are_single_and_the_rest_is_what_arrives()
    {
        using var on = On;
        Assert.Equal(DType.Float32, half.MseLoss(half).DType);
        Assert.Equal(DType.Float32, half.L1Loss(x).DType);
        Assert.Equal(DType.Float32, half.CrossEntropy(Tensor.Zeros([4], DType.Int64)).DType);
        Assert.Equal(DType.Float32, half.BinaryCrossEntropyWithLogits(x.Sigmoid()).DType);
        Assert.Equal(DType.Float32, half.Prod(1).DType);
        Assert.Equal(DType.BFloat16, half.Exp().DType);
        Assert.Equal(DType.BFloat16, half.Relu().DType);
        Assert.Equal(DType.Float32, x.Relu().DType);
        Assert.Equal(DType.Float32, (half + x).DType);
        Assert.Equal(DType.Float32, Tensor.Cat([half, x]).DType);
    }

    [Fact]
    public void Rules_of_the_gpu_are_others()
    {
        foreach (var name in new[] { "exp", "softmax", "log_softmax", "sum", "pow", "native_layer_norm", "_cumsum", "mse_loss" }) Assert.Equal(AutocastRule.Single, AutocastRules.Of(name, DeviceKind.Cuda));
        foreach (var name in new[] { "mm", "bmm", "_conv", "_attention" }) Assert.Equal(AutocastRule.Half, AutocastRules.Of(name, DeviceKind.Cuda));
        Assert.Equal(AutocastRule.Refused, AutocastRules.Of("binary_cross_entropy", DeviceKind.Cuda));
        Assert.Equal(AutocastRule.Single, AutocastRules.Of("binary_cross_entropy", DeviceKind.Cpu));
        Assert.Equal(AutocastRule.None, AutocastRules.Of("exp", DeviceKind.Cpu));
        Assert.Equal(AutocastRule.None, AutocastRules.Of("relu", DeviceKind.Cuda));
    }

    [Fact]
    public void Scopes_nest_and_end()
    {
        Assert.False(Autocast.IsOn(DeviceKind.Cpu));
        using (On)
        {
            Assert.Equal(DType.BFloat16, Autocast.DTypeOf(DeviceKind.Cpu));
            using (Autocast.Off(DeviceKind.Cpu))
            {
                Assert.False(Autocast.IsOn(DeviceKind.Cpu));
                Assert.Equal(DType.Float32, x.Mm(w).DType);
                using (Autocast.On(DeviceKind.Cpu, DType.Float16)) Assert.Equal(DType.Float16, x.Mm(w).DType);
            }
            using (Autocast.On(DeviceKind.Cuda)) Assert.Equal(DType.BFloat16, x.Mm(w).DType);
            Assert.Equal(DType.BFloat16, x.Mm(w).DType);
        }
        Assert.Equal(DType.Float32, x.Mm(w).DType);
        using (Autocast.On(DeviceKind.Cuda)) Assert.Equal(DType.Float32, x.Mm(w).DType);
        Assert.Throws<ArgumentException>(() => Autocast.On(DeviceKind.Cpu, DType.Float32));
    }

    [Fact]
    public void Doubles_and_integers_are_left_alone()
    {
        using var on = On;
        Assert.Equal(DType.Float64, x.To(DType.Float64).Mm(w.To(DType.Float64)).DType);
        Assert.Equal(DType.Int64, x.To(DType.Int64).Mm(w.To(DType.Int64)).DType);
    }

    [Fact]
    public void Gradients_come_back_in_the_parameters_dtype()
    {
        var p = w.Clone().WithGrad();
        Tensor loss;
        using (On) loss = x.Mm(p).Mm(p).MseLoss(Tensor.Zeros([4, 6]));
        loss.Backward();
        Assert.Equal(DType.Float32, p.Grad!.DType);
        var q = w.Clone().WithGrad();
        x.Mm(q).Mm(q).MseLoss(Tensor.Zeros([4, 6])).Backward();
        double[] low = p.Grad.ToArray<double>(), full = q.Grad!.ToArray<double>();
        var scale = full.Max(Math.Abs);
        for (var i = 0; i < low.Length; i++) Assert.Equal(full[i], low[i], 0.03 * scale);
        // within the scope, too, the backward pass casts nothing by itself
        p.Grad = null;
        using (On) x.Mm(p).Mm(p).MseLoss(Tensor.Zeros([4, 6])).Backward();
        Assert.Equal(low, p.Grad!.ToArray<double>());
    }

    [Fact]
    public void Casts_of_parameters_are_kept_until_they_change()
    {
        var p = w.Clone().WithGrad();
        using (On)
        {
            var first = Node(x.Mm(p));
            Assert.Same(first, Node(x.Mm(p)));
            using (Grad.No()) Assert.False(x.Mm(p).RequiresGrad);
            Assert.NotNull(Node(x.Mm(p)));
            using (Grad.No()) p.Mul_(2);
            Assert.Equal((x.To(DType.BFloat16).Mm(p.Detach().To(DType.BFloat16))).ToArray<float>(), x.Mm(p).ToArray<float>());
        }

        // what the product's parameter came from: one and the same cast
        static object? Node(Tensor y) => y.GradEdge().Node!.Edges.Select(static e => e.Node).LastOrDefault(static n => n is not null);
    }

    [Fact]
    public void Checkpoints_are_recomputed_as_they_ran()
    {
        var p = w.Clone().WithGrad();
        var dtypes = new List<DType>();
        Tensor loss;
        using (On)
        {
            loss = Checkpoint.Run(t =>
            {
                var y = t.Mm(p);
                dtypes.Add(y.DType);
                return y;
            }, x.Clone().WithGrad()).Sum();
        }
        loss.Backward();
        Assert.Equal([DType.BFloat16, DType.BFloat16], dtypes);
    }

    [Fact]
    public void A_network_trains_in_mixed_precision()
    {
        double full = Train(false), mixed = Train(true);
        Assert.True(mixed < 0.5 && full < 0.5, $"{full} and {mixed}");

        static double Train(bool cast)
        {
            using var seed = new Generator(3).Use();
            var net = new Sequential(new Conv2d(1, 8, 3, padding: 1), new BatchNorm2d(8), new ReLU(), new Flatten(), new Flambeau.Nn.Linear(8 * 36, 4));
            var (images, classes) = (Tensor.Randn([16, 1, 6, 6]), Tensor.RandInt(0, 4, [16]));
            var adam = new Adam(net.Parameters(), lr: 1e-2);
            Tensor? loss = null;
            for (var i = 0; i < 12; i++)
            {
                adam.ZeroGrad();
                using (cast ? Autocast.On(DeviceKind.Cpu) : Autocast.Off(DeviceKind.Cpu)) loss = net.Forward(images).CrossEntropy(classes);
                Assert.Equal(DType.Float32, loss.DType);
                loss.Backward();
                adam.Step();
            }
            Assert.All(net.Parameters(), static p => Assert.Equal(DType.Float32, p.DType));
            return loss!.Item<double>();
        }
    }
}
