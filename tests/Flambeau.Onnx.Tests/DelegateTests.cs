using Flambeau.Capture;
using Flambeau.Graphs;

namespace Flambeau.OnnxTests;

public sealed class DelegateTests
{
    [Fact]
    public void A_graph_that_ONNX_can_hold_runs_as_one_part()
    {
        var net = Networks.Trained(Networks.MobileNetV3());
        var x = Tensor.Randn([1, 3, 64, 64]);
        using var off = Autograd.Grad.No();
        var graph = Trace.Of(net, x, new TraceOptions { KeepsGradients = false }).Graph;
        using var run = OnnxRuntimeDelegate.Delegate(graph, threads: 1);
        var part = Assert.Single(run.Parts);
        Assert.Equal("ONNX Runtime", part.Delegate);
        Assert.Equal(run.Nodes.All, run.Nodes.Delegated);
        ExportTests.Same([net.Forward(x)], [(Tensor)run.Run(x)[0]!], 1e-4, "delegate");
    }

    [Fact]
    public void What_ONNX_lacks_runs_here()
    {
        static Tensor F(Tensor x) => ((x * 2 + 1).Lgamma() + x.Relu()).Sigmoid().Lgamma();
        var x = Tensor.Rand([3, 4]) + 0.5;
        var graph = Trace.Of(F, x, null, new TraceOptions { KeepsGradients = false }).Graph;
        using var run = OnnxRuntimeDelegate.Delegate(graph, threads: 1);
        Assert.Equal(["ONNX Runtime", null, "ONNX Runtime", null], run.Parts.Select(static p => p.Delegate));
        Assert.Contains("2: ", run.ToString(), StringComparison.Ordinal);
        ExportTests.Same([F(x)], [(Tensor)run.Run(x)[0]!], 1e-4, "delegate");
    }

    sealed class Picky : IGraphDelegate
    {
        public string Name => "picky";
        public bool Supports(Node node) => true;
        public IDelegatedPart Compile(Graph part) => throw new NotSupportedException("not today");
    }

    [Fact]
    public void A_part_that_is_refused_runs_here_and_says_why()
    {
        var graph = Trace.Of(static x => x.Relu() + 1, Tensor.Ones([2])).Graph;
        using var run = new DelegatedGraph(graph, new Picky());
        Assert.Equal("not today", Assert.Single(run.Parts).Reason);
        Assert.Equal([2f, 2], ((Tensor)run.Run(Tensor.Ones([2]))[0]!).ToArray<float>());
        Assert.Throws<ArgumentException>(() => run.Run());
    }
}
