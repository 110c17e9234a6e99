using Flambeau.Autograd;
using Flambeau.Compiler;
using Flambeau.Compiler.Run;
using Flambeau.Compiler.Tests.Run;
using Flambeau.Nn;
using Flambeau.Optim;

namespace Flambeau.Cuda.Tests;

/// <summary>Compiled programs on the GPU give what eager ones and the interpreter give.</summary>
[Collection("kernels")]
public sealed class CompiledTests
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

    static void Same(Tensor expected, Tensor actual, double tolerance = 2e-5)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        double[] e = expected.ToArray<double>(), a = actual.ToArray<double>();
        for (var i = 0; i < e.Length; i++) Assert.True(Math.Abs(e[i] - a[i]) <= tolerance * (1 + Math.Abs(e[i])), $"element {i}: {a[i]}, expected {e[i]}");
    }

    /// <summary>A copy elsewhere that lies in memory as the tensor does.</summary>
    static Tensor Move(Tensor x, Device device) =>
        x.Numel == 0 ? x.To(device) : x.AsStrided([x.Layout.Extent()], [1], x.Offset).To(device).AsStrided(x.Shape, x.Strides.ToArray(), 0);

    [Fact]
    public void Random_graphs_are_interpreted()
    {
        var gpu = Gpu;
        using var off = Grad.No();
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("FLAMBEAU_SEEDS"), out var n) ? n : 60;
        var regions = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            var (graph, inputs) = RandomPrograms.Make(seed);
            var expected = graph.Run([.. inputs]);
            Tensor[] there = [.. inputs.Select(x => Move(x, gpu))];
            var code = Executable.Compile(graph, there, options: new());
            regions += code.Units.Count(static u => u is RegionUnit);
            // Step by step, recorded, replayed.
            for (var run = 0; run < 3; run++)
            {
                var actual = code.Run(there);
                for (var k = 0; k < expected.Length; k++) RandomPrograms.Compare(seed, graph, (Tensor)expected[k]!, Move((Tensor)actual[k]!, Device.Cpu));
            }
        }
        Assert.True(regions > 0);
    }

    [Theory]
    [InlineData(3, 40)]
    [InlineData(70, 1000)]
    [InlineData(9, 8192)]
    [InlineData(4000, 24)]
    public void Rows_are_normalised_in_one_kernel(long rows, long columns)
    {
        var gpu = Gpu;
        Func<Tensor, Tensor> norm = static x =>
        {
            var d = x - x.Mean([1], keepdim: true);
            return d / (d.Square().Mean([1], keepdim: true) + 1e-5).Sqrt() * 2 + x.Amax([1], keepdim: true);
        };
        var x = Draw(1, rows, columns);
        var code = norm.Compile();
        for (var i = 0; i < 3; i++) Same(norm(x + i), code.Run((x + i).To(gpu))[0], 1e-4);
        Assert.Equal(1, code.Statistics.Regions);
        Assert.Equal(1, code.Statistics.Steps);
    }

    [Fact]
    public void Replays_see_new_inputs_and_parameters_and_leave_old_results_alone()
    {
        var gpu = Gpu;
        var log = new List<string>();
        var w = Draw(2, 6, 6).To(gpu);
        Func<Tensor, Tensor> f = x => (x.MatMul(w) + 1).Tanh() * x;
        var code = f.Compile(options: new() { Log = log.Add });
        var results = new List<(Tensor Expected, Tensor Actual)>();
        for (var i = 0; i < 6; i++)
        {
            var x = Draw(10 + i, 4, 6).To(gpu);
            if (i == 4) w.Mul_(2);
            results.Add((f(x).To(Device.Cpu), code.Run(x)[0]));
        }
        foreach (var (expected, actual) in results) Same(expected, actual);
        Assert.True(code.Statistics.Replays >= 3, string.Join('\n', log));
        Assert.Contains(log, static l => l.Contains("is recorded", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_recording_kernels_are_launched_one_by_one()
    {
        var gpu = Gpu;
        Func<Tensor, Tensor> f = static x => (x * 3).Tanh().MatMul(x);
        var code = f.Compile(options: new() { Record = false });
        for (var i = 0; i < 4; i++)
        {
            var x = Draw(i, 5, 5);
            Same(f(x), code.Run(x.To(gpu))[0]);
        }
        Assert.Equal(0, code.Statistics.Replays);
    }

    [Fact]
    public void What_draws_random_numbers_is_not_recorded_and_the_log_says_so()
    {
        var gpu = Gpu;
        var log = new List<string>();
        Func<Tensor, Tensor> f = static x => Functional.Dropout(x, 0.5, training: true) * 2;
        var code = f.Compile(options: new() { Log = log.Add });
        var x = Tensor.Ones([1000]).To(gpu);
        var sums = Enumerable.Range(0, 5).Select(_ => string.Concat(code.Run(x)[0].ToArray<float>().Select(static v => v > 0 ? '1' : '0'))).ToArray();
        Assert.Equal(5, sums.Distinct().Count());
        Assert.Equal(0, code.Statistics.Replays);
        Assert.Contains(log, static l => l.Contains("isn't recorded", StringComparison.Ordinal));
    }

    [Fact]
    public void One_program_for_both_devices_and_views_of_inputs()
    {
        var gpu = Gpu;
        Func<Tensor, Tensor, Tensor> f = static (x, y) => x.Permute(1, 0) * 2 + y.Narrow(0, 1, 3);
        var code = f.Compile();
        for (var i = 0; i < 4; i++)
        {
            Tensor x = Draw(i, 4, 5, 3)[1], y = Draw(i + 50, 6, 5);
            Same(f(x, y), code.Run(x, y)[0]);
            Same(f(x, y), code.Run(x.To(gpu), y.To(gpu))[0]);
        }
        Assert.Equal(2, code.Statistics.Versions);
    }

    [Fact]
    public void Gradients_of_a_recurrent_cell()
    {
        var gpu = Gpu;
        var (here, there) = (Cells.Draw(7, 8, Device.Cpu), Cells.Draw(7, 8, gpu));
        Func<Tensor, Tensor> f = there.Run;
        var code = f.Compile(options: new() { Gradients = true, Strict = true });
        for (var i = 0; i < 4; i++)
        {
            var x = Draw(i, 5, 3, 7);
            foreach (var p in here.Parameters.Concat(there.Parameters)) p.Grad = null;
            var e = here.Run(x);
            e.Square().Sum().Backward();
            var y = code.Run(x.To(gpu))[0];
            y.Square().Sum().Backward();
            Same(e.Detach(), y.Detach());
            foreach (var (p, q) in here.Parameters.Zip(there.Parameters)) Same(p.Grad!, q.Grad!, 1e-4);
        }
        Assert.True(code.Statistics.Replays > 0);
    }

    [Fact]
    public void A_training_step_follows_the_hosts()
    {
        var gpu = Gpu;
        double[] here = Train(Device.Cpu, out _), there = Train(gpu, out var replays);
        for (var i = 0; i < here.Length; i++) Assert.Equal(here[i], there[i], 1e-3);
        Assert.True(replays > 0);

        static double[] Train(Device device, out long replays)
        {
            using var seed = new Generator(3).Use();
            var layers = new Sequential(new Conv2d(1, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Flatten(), new Nn.Linear(4 * 6 * 6, 10));
            layers.To(device);
            var adam = new Adam(layers.Parameters(), lr: 1e-2);
            var step = adam.Compile((x, t) => layers.Forward(x).CrossEntropy(t), layers, new() { Strict = true });
            var losses = new double[6];
            for (var i = 0; i < losses.Length; i++)
            {
                var (x, t) = (Draw(i, 16, 1, 12, 12).To(device), Tensor.RandInt(0, 10, [16], new Generator(i)).To(device));
                losses[i] = step.Run(x, t).Item<double>();
            }
            replays = step.Function.Statistics.Replays;
            return losses;
        }
    }

    [Fact]
    public void A_network_in_evaluation_mode_follows_its_parameters()
    {
        var gpu = Gpu;
        using var seed = new Generator(4).Use();
        var net = new Sequential(new Conv2d(2, 6, 3), new BatchNorm2d(6), new ReLU(), new Conv2d(6, 4, 3), new BatchNorm2d(4), new Flatten());
        net.Eval();
        net.To(gpu);
        var code = net.Compile();
        using var off = Grad.No();
        for (var i = 0; i < 5; i++)
        {
            if (i == 3) foreach (var p in net.Parameters()) p.Mul_(1.25);
            var x = Draw(i, 2, 2, 9, 9).To(gpu);
            Same(net.Forward(x).To(Device.Cpu), code.Run(x)[0], 1e-4);
        }
        Assert.True(code.Statistics.Replays > 0);
    }

    [Fact]
    public void What_follows_a_convolution_is_part_of_it()
    {
        var gpu = Gpu;
        using var off = Grad.No();
        Conv2d first = new(3, 3, 3, padding: 1), second = new(3, 3, 3, padding: 1, bias: false);
        var norm = new BatchNorm2d(3);
        norm.Eval();
        foreach (var m in new Layer[] { first, second, norm }) m.To(gpu);
        Func<Tensor, Tensor> block = x => (norm.Forward(second.Forward(first.Forward(x).Relu())) + x).Relu() * 2;
        var code = block.Compile(norm);
        for (var i = 0; i < 4; i++)
        {
            var x = Draw(i, 2, 3, 7, 7).To(gpu);
            Same(block(x).To(Device.Cpu), code.Run(x)[0], 1e-4);
        }
        Assert.Equal(3, code.Statistics.Steps);
        Assert.Equal(1, code.Statistics.Regions);
    }
}
