using Flambeau.Autograd;
using Flambeau.Compiler.Plan;
using Flambeau.Compiler.Tests.Loops;
using Flambeau.Nn;
using Flambeau.Optim;

namespace Flambeau.Compiler.Tests.Run;

public class CompiledFunctionTests
{
    static Tensor Rand(params long[] shape) => Tensor.Randn(shape);

    static void Same(Func<Tensor, Tensor> f, params Tensor[] inputs)
    {
        foreach (var fuse in new[] { true, false })
        {
            var compiled = f.Compile(options: new() { Strict = true, Fuse = fuse });
            foreach (var x in inputs)
            {
                using var off = Grad.No();
                var expected = f(x);
                for (var i = 0; i < 3; i++)
                {
                    var y = compiled.Forward(x);
                    Regions.Close(expected, y, 64, $"run {i} of shape {x.Shape}", floor: 1);
                }
            }
            Assert.Equal(0, compiled.Statistics.EagerRuns);
            Assert.Equal(inputs.Length, compiled.Statistics.Versions);
        }
    }

    [Fact]
    public void ChainsOfPointwiseOps() => Same(static x => ((x * 2 + 1).Sigmoid() * x).Tanh().Relu() - x.Abs(), Rand(5), Rand(300, 70), Rand(0, 3), Rand(1000));

    [Fact]
    public void ViewsAndBroadcasts() => Same(static x =>
    {
        var t = x.Transpose(0, 1) * 2;
        var u = t.Reshape(-1) + 1;
        return (u.Reshape(t.Shape) * x[0].Unsqueeze(1)).Transpose(0, 1) + x.Sum([0], keepdim: true).Relu();
    }, Rand(4, 6), Rand(33, 65));

    [Fact]
    public void ComparisonsAndConversions() => Same(static x =>
    {
        var m = x.Gt(0).LogicalAnd(x.Lt(1));
        var n = x.Round().To(DType.Int64);
        return x.Where(m, -x) + n * 2 + m.To(DType.Float32) + x.To(DType.BFloat16).To(DType.Float32) * 1e-9;
    }, Rand(77), Rand(8, 8));

    [Fact]
    public void SoftmaxAndMatrices() => Same(static x => (x.MatMul(x.Transpose(0, 1)) * 0.1).Softmax(1).MatMul(x).LayerNorm([x.Shape[1]]) + x, Rand(9, 16), Rand(64, 48));

    [Fact]
    public void SumsOfLongRowsAreExact()
    {
        // Added one after another, 65,536 numbers in a lane lose three digits.
        var x = Tensor.Full([2, 1 << 20], 0.1f);
        var compiled = ((Func<Tensor, Tensor>)(static x => (x * 1.5 + x).Sum([1]) + (x * 3).Mean([1]))).Compile(options: new() { Strict = true });
        for (var run = 0; run < 2; run++)
        {
            foreach (var y in compiled.Forward(x).ToArray<float>()) Assert.Equal((1 << 20) * 2.5 * 0.1f + 0.3f, y, 0.05);
        }
    }

    [Fact]
    public void RowsAreReducedWithinARegion()
    {
        Func<Tensor, Tensor> norm = static x =>
        {
            var d = x * 2 - (x * 2).Mean([-1], keepdim: true);
            var y = d / ((d * d).Mean([-1], keepdim: true) + 1e-5).Sqrt();
            return y * y.Abs().Amax([-1], keepdim: true) + (x.Exp().Sum([-1])).Log().Unsqueeze(-1);
        };
        Same(norm, Rand(16, 5), Rand(3, 40, 33), Rand(9, 256), Rand(9, 1), Rand(2, 10000), Rand(0, 4));
        var compiled = norm.Compile(options: new() { Strict = true });
        compiled.Forward(Rand(32, 48));
        Assert.True(compiled.Statistics.Steps <= 3, $"{compiled.Statistics}");
        Same(static x => (x.Transpose(0, 1) * x.Transpose(0, 1).Sum([0], keepdim: true)).Relu(), Rand(20, 30));
        Same(static x => (x * 2).Sum([1]) + (x * 2), Rand(12, 12));
        Same(static x => x.Sigmoid().Sum([1, 2]) * x.Square().Amin([2, 1]), Rand(12, 5, 7));
    }

    [Fact]
    public void ListsOfTensors() => Same(static x => Tensor.Cat([.. x.Chunk(3, 1).Reverse().Select(static c => c * 2)], 1) - Tensor.Stack([x, x + 1]).Mean([0]), Rand(4, 9));

    [Fact]
    public void AModelForInference()
    {
        var model = new Sequential(new Conv2d(3, 8, 3, padding: 1), new BatchNorm2d(8), new ReLU(), new MaxPool2d(2), new Conv2d(8, 4, 3), new ReLU(), new Flatten(), new Linear(4 * 6 * 6, 10));
        model.Eval();
        var compiled = model.Compile(new CompileOptions { Strict = true });
        var x = Rand(2, 3, 16, 16);
        using var off = Grad.No();
        for (var i = 0; i < 3; i++)
        {
            Regions.Close(model.Forward(x), compiled.Forward(x), 64, "model", floor: 1);
            x = Rand(2, 3, 16, 16);
        }
        foreach (var p in model.Parameters()) p.Mul_(1.5);
        Regions.Close(model.Forward(x), compiled.Forward(x), 64, "changed parameters", floor: 4);
        Assert.True(compiled.Plan!.Bytes > 0);
    }

    [Theory]
    [InlineData(32, 64, 3, 1, 14)]
    [InlineData(64, 32, 3, 1, 7)]
    [InlineData(48, 40, 3, 1, 33)]
    [InlineData(16, 24, 3, 2, 14)]
    [InlineData(16, 8, 1, 1, 9)]
    [InlineData(3, 8, 7, 2, 30)]
    public void WeightsOfConvolutionsAreKeptPackedUntilTheyChange(long from, long to, long kernel, long stride, long size)
    {
        var model = new Conv2d(from, to, kernel, stride, kernel / 2);
        var compiled = model.Compile(new CompileOptions { Strict = true });
        using var off = Grad.No();
        for (var i = 0; i < 6; i++)
        {
            var x = Rand(2, from, size, size);
            var exact = x.To(DType.Float64).Conv2d(model.Weight.To(DType.Float64), model.Bias!.To(DType.Float64), [stride, stride], [kernel / 2, kernel / 2]);
            // Minimal filtering rounds some ten times more than a direct sum.
            Assert.InRange((compiled.Forward(x).To(DType.Float64) - exact).Abs().Max().Item<double>(), 0, 1e-5 * exact.Abs().Max().Item<double>());
            if (i % 2 == 1) model.Weight.Mul_(-1.25);
        }
        Assert.Equal(1, compiled.Statistics.Versions);
    }

    [Fact]
    public void AnotherShapeModeOrDTypeIsAnotherVersion()
    {
        var lines = new List<string>();
        var model = new Sequential(new Linear(4, 4), new Dropout(0.5));
        var compiled = model.Compile(new CompileOptions { Log = lines.Add, Name = "net" });
        compiled.Forward(Rand(2, 4));
        compiled.Forward(Rand(3, 4));
        compiled.Forward(Rand(3, 4));
        model.Eval();
        compiled.Forward(Rand(3, 4));
        model.To(DType.Float64);
        compiled.Forward(Rand(3, 4).To(DType.Float64));
        Assert.Equal(4, compiled.Statistics.Versions);
        Assert.Equal(1, compiled.Statistics.Runs);
        Assert.Equal(["the first call", "input 0 has shape [3, 4] instead of [2, 4]", "the module is in inference mode now", "input 0 is float64 instead of float32"],
            lines.Select(static l => l[(l.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]).ToArray());
    }

    [Fact]
    public void WhatCannotBeCapturedRunsEagerlyOrIsRefused()
    {
        Func<Tensor, Tensor> f = static x => x.Sum().Item<float>() > 0 ? x + 1 : x - 1;
        var lines = new List<string>();
        var compiled = f.Compile(options: new() { Log = lines.Add });
        Assert.Equal(2, compiled.Forward(Tensor.Ones([1])).Item<float>());
        Assert.Equal(-2, compiled.Forward(-Tensor.Ones([1])).Item<float>());
        Assert.Equal(1, compiled.Statistics.EagerRuns);
        Assert.Contains(lines, static l => l.Contains("runs eagerly", StringComparison.Ordinal));
        Assert.Throws<CompileException>(() => f.Compile(options: new() { Strict = true }).Forward(Tensor.Ones([1])));
    }

    [Fact]
    public void TrainingStepsLearnAsEagerOnesDo()
    {
        static Sequential Make()
        {
            Generator.Current.State = new(3, 0);
            return new(new Conv2d(1, 4, 3), new BatchNorm2d(4), new ReLU(), new Flatten(), new Linear(4 * 36, 16), new GELU(), new Linear(16, 3));
        }
        var (a, b) = (Make(), Make());
        var x = Rand(6, 1, 8, 8);
        var y = Tensor.From([0L, 1, 2, 0, 1, 2]);
        var (sa, sb) = (new SGD(a.Parameters(), lr: 0.05, momentum: 0.9), new SGD(b.Parameters(), lr: 0.05, momentum: 0.9));
        var step = sb.Compile((u, v) => b.Forward(u).CrossEntropy(v), b, new() { Strict = true });
        for (var i = 0; i < 8; i++)
        {
            sa.ZeroGrad();
            var loss = a.Forward(x).CrossEntropy(y);
            loss.Backward();
            sa.Step();
            Assert.Equal(loss.Item<float>(), step.Run(x, y).Item<float>(), 1e-4f);
        }
        foreach (var (p, q) in a.NamedBuffers().Zip(b.NamedBuffers())) Regions.Close(p.Value, q.Value, 1e4, p.Key, floor: 1);
        Assert.Equal(7, step.Function.Statistics.Runs);
    }
}
