using Flambeau.Autograd;
using Flambeau.Capture;
using Flambeau.Graphs;
using Flambeau.Nn;

namespace Flambeau.Tests.Graphs;

/// <summary>Traces do what the program does, on other inputs, sizes and parameter values; what a trace can't hold is reported.</summary>
public sealed partial class TraceTests
{
    [Module]
    sealed partial class ConvNet : Layer
    {
        readonly Conv2d conv1 = new(3, 8, 3, padding: 1, stride: 2);
        readonly BatchNorm2d norm = new(8);
        readonly Conv2d conv2 = new(8, 4, 3, stride: 2);
        readonly Linear head = new(4, 5);

        public override Tensor Forward(Tensor input)
        {
            var x = norm.Forward(conv1.Forward(input)).Relu();
            x = conv2.Forward(x).MaxPool2d([2, 2]);
            return head.Forward(x.Mean([2, 3])).LogSoftmax(-1);
        }
    }

    static void Close(Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        Assert.True((expected - actual).Abs().Max().Item<double>() <= tolerance);
    }

    static Tensor Out(Graph g, params object?[] inputs) => (Tensor)g.Run(inputs)[0]!;

    [Fact]
    public void A_network_traced_once_follows_its_parameters()
    {
        var net = new ConvNet();
        net.Eval();
        var x = Tensor.Rand([2, 3, 32, 32]);
        var g = Trace.Of(net, x).Graph;
        Assert.Equal(["conv1.weight", "conv1.bias"], g.State.Take(2).Select(static s => s.Name));
        Assert.All(g.State.Where(static s => s.Name.StartsWith("conv", StringComparison.Ordinal)), static s => Assert.Equal(StateKind.Parameter, s.Kind));
        using (Grad.No()) net.Parameters().First().Mul_(2);
        var y = Tensor.Rand([2, 3, 32, 32]);
        Close(net.Forward(y), Out(g, y));
        Assert.Contains(g.Nodes, static n => n.Where?.File == "TraceTests.cs");
        var again = Graph.Parse(g.ToString(), name => g.State.First(s => s.Name == name).Tensor);
        Assert.Equal(g.ToString(), again.ToString());
        Close(net.Forward(y), Out(again, y));
    }

    [Fact]
    public void Gradients_reach_parameters_through_a_trace()
    {
        var net = new ConvNet();
        net.Eval();
        var x = Tensor.Rand([2, 3, 16, 16]);
        var g = Trace.Of(net, x).Graph;
        net.Forward(x).Sin().Sum().Backward();
        var expected = net.Parameters().Select(static p => p.Grad!).ToArray();
        net.ZeroGrad();
        Out(g, x).Sin().Sum().Backward();
        foreach (var (e, p) in expected.Zip(net.Parameters())) Close(e, p.Grad!);
    }

    [Fact]
    public void Training_batch_norm_writes_its_statistics()
    {
        var (a, b) = (new BatchNorm1d(4), new BatchNorm1d(4));
        var x = Tensor.Randn([8, 4]);
        var g = Trace.Of(b, x).Graph;
        Assert.Contains(g.Writes, static w => w.State.Name == "running_mean");
        a.Forward(x);
        for (var step = 0; step < 3; step++)
        {
            x = Tensor.Randn([8, 4]) + step;
            Close(a.Forward(x), Out(g, x));
        }
        foreach (var (p, q) in a.NamedBuffers().Zip(b.NamedBuffers())) Close(p.Value, q.Value);
    }

    [Fact]
    public void Writes_in_place_through_views_become_values()
    {
        static Tensor Program(Tensor x)
        {
            var y = x.Clone();
            var row = y[1];
            var tail = y[.., 1..];
            row.Add_(10);
            tail.Mul_(2);
            y[0, 0] = row.Sum();
            var flat = y.Transpose(0, 1);
            flat[2].Fill_(7);
            var zeros = Tensor.Zeros([3]);
            zeros[1] = y[1, 1];
            return y + zeros + tail.Sum();
        }

        var g = Trace.Of(Program, Tensor.Randn([2, 3])).Graph;
        var x = Tensor.Randn([2, 3]);
        Close(Program(x), Out(g, x));
        Assert.Empty(g.Writes);
        var (p, q) = (x.Clone().WithGrad(), x.Clone().WithGrad());
        Program(p).Sin().Sum().Backward();
        Out(g, q).Sin().Sum().Backward();
        Close(p.Grad!, q.Grad!);
    }

    [Fact]
    public void A_whole_training_step_is_one_graph()
    {
        static Sequential Make()
        {
            Generator.Current.ManualSeed(3);
            return new(new Linear(5, 7), new Tanh(), new Linear(7, 2));
        }

        static Tensor Step(Sequential net, Tensor x, Tensor t)
        {
            net.ZeroGrad();
            var loss = (net.Forward(x) - t).Square().Mean();
            loss.Backward();
            using var off = Grad.No();
            foreach (var p in net.Parameters()) p.Sub_(p.Grad! * 0.1);
            return loss.Detach();
        }

        var (eager, traced) = (Make(), Make());
        var (x, t) = (Tensor.Randn([4, 5]), Tensor.Randn([4, 2]));
        Step(eager, x, t);
        var g = Trace.Of(i => [Step(traced, i[0], i[1])], [x, t], traced, new() { KeepsGradients = false, Check = false }).Graph;
        Assert.Equal(4, g.Writes.Count);
        for (var i = 0; i < 5; i++)
        {
            using var off = Grad.No();
            Tensor loss;
            using (Grad.Yes()) loss = Step(eager, x, t);
            Close(loss, Out(g, x, t));
        }
        foreach (var (p, q) in eager.Parameters().Zip(traced.Parameters())) Close(p, q);
    }

    [Fact]
    public void A_branch_on_a_value_is_reported_at_its_line()
    {
        static Tensor Program(Tensor x) => x[0].Item<float>() > 0 ? x + 1 : x - 1;
        var r = Trace.Of(Program, Tensor.Ones([3]));
        var note = Assert.Single(r.Notes);
        Assert.Equal("TraceTests.cs", note.Where?.File);
        var e = Assert.Throws<TraceException>(() => Trace.Of(Program, Tensor.From<float>([1, -1, -2, -3, -4, -5, -6, -7])));
        Assert.Equal("TraceTests.cs", e.Where?.File);
        Assert.Contains("first step that differs", e.Message, StringComparison.Ordinal);
        Assert.Contains("C# looks at the value", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_made_of_values_is_noticed()
    {
        static Tensor Program(Tensor x) => x + Tensor.From(x.ToArray<float>());
        Assert.Throws<TraceException>(() => Trace.Of(Program, Tensor.Rand([5])));
    }

    [Fact]
    public void Random_numbers_are_drawn_anew()
    {
        var g = Trace.Of(static x => x.Dropout(0.5, true), Tensor.Ones([1000])).Graph;
        var x = Tensor.Ones([1000]);
        Assert.False(Out(g, x).Equal(Out(g, x)));
        Generator.Current.ManualSeed(5);
        var a = x.Dropout(0.5, true);
        Generator.Current.ManualSeed(5);
        Close(a, Out(g, x));
    }

    [Fact]
    public void No_gradient_passes_what_was_detached()
    {
        static Tensor Program(Tensor x)
        {
            Tensor c;
            using (Grad.No()) c = x * 3;
            return x * c + x.Detach().Exp();
        }

        var g = Trace.Of(Program, Tensor.Rand([4])).Graph;
        var (p, q) = (Tensor.Arange(4.0).WithGrad(), Tensor.Arange(4.0).WithGrad());
        Program(p).Sum().Backward();
        Out(g, q).Sum().Backward();
        Close(p.Grad!, q.Grad!);
    }

    [Fact]
    public void Named_sizes_may_change()
    {
        var net = new ConvNet();
        net.Eval();
        var g = Trace.Of(net, Tensor.Rand([2, 3, 32, 32]), new() { Dynamic = [new(0, 0, "N"), new(0, 2, "H"), new(0, -1, "W")] }).Graph;
        Assert.Equal("Tensor<float32, [N, 3, H, W]>", g.Inputs[0].Type.ToString());
        foreach (var size in (long[][])[[1, 3, 20, 41], [5, 3, 64, 33], [3, 3, 17, 17]])
        {
            var x = Tensor.Rand(size);
            Close(net.Forward(x), Out(g, x));
        }
    }

    [Fact]
    public void Sequences_of_any_length_through_attention_and_lstm()
    {
        var encoder = new TransformerEncoderLayer(16, 4, dimFeedforward: 32, batchFirst: true);
        encoder.Eval();
        var lstm = new LSTM(16, 8, batchFirst: true);
        Tensor Program(Tensor x)
        {
            var (y, _) = lstm.Forward(encoder.Forward(x));
            return y.Reshape(-1, 8).MatMul(Tensor.Ones([8, 3])) / x.Size(1);
        }

        var g = Trace.Of(Program, Tensor.Rand([2, 5, 16]), options: new() { Dynamic = [new(0, 0, "N"), new(0, 1, "T")] }).Graph;
        foreach (var size in (long[][])[[1, 1, 16], [3, 11, 16], [4, 2, 16]])
        {
            var x = Tensor.Rand(size);
            Close(Program(x), Out(g, x));
        }
    }

    [Fact]
    public void A_loop_over_a_dynamic_axis_is_reported()
    {
        static Tensor Program(Tensor x)
        {
            var y = x[0];
            for (var i = 1; i < x.Size(0); i++) y = y * x[i];
            return y;
        }

        var e = Assert.Throws<TraceException>(() => Trace.Of(Program, Tensor.Rand([3, 2]), options: new() { Dynamic = [new(0, 0, "T")] }));
        Assert.Contains("does different things", e.Message, StringComparison.Ordinal);
        Assert.Equal("TraceTests.cs", e.Where?.File);
    }
}
