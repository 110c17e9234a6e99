using Flambeau.Capture;
using Flambeau.Graphs;
using Flambeau.OnnxFormat;

namespace Flambeau.OnnxTests;

public sealed class CompareTests
{
    static Graph LeNet(out Tensor x)
    {
        var net = Networks.Trained(Networks.LeNet());
        x = Tensor.Randn([1, 1, 28, 28]);
        return Trace.Of(net, x, new TraceOptions { KeepsGradients = false }).Graph;
    }

    [Fact]
    public void Both_sides_agree_on_an_exported_graph()
    {
        var graph = LeNet(out var x);
        var c = Onnx.Compare(graph, [x], OnnxSession.RunOnce);
        Assert.True(c.Same, c.ToString());
    }

    [Fact]
    public void The_first_node_that_differs_is_found()
    {
        var graph = LeNet(out var x);
        // A side that computes one node wrongly: its third convolution-like map has another bias.
        IReadOnlyList<Tensor> Wrong(ModelProto model, IReadOnlyList<Tensor> inputs)
        {
            var copy = model.Clone();
            var gemm = copy.Graph!.Node.First(static n => n.OpType == "Gemm");
            var bias = copy.Graph.Initializer.First(i => i.Name == gemm.Input[2]);
            bias.RawData = TensorCodec.Write(TensorCodec.Read(bias) + 1).RawData;
            return OnnxSession.RunOnce(copy, inputs);
        }
        var c = Onnx.Compare(graph, [x], Wrong);
        Assert.False(c.Same);
        Assert.Equal("nn.functional.linear", Assert.IsType<OpNode>(c.Node).Name);
        Assert.Equal(graph.Nodes.First(static n => n is OpNode { Name: "nn.functional.linear" }), c.Node);
        Assert.Equal("Gemm", c.OnnxNode!.OpType);
        Assert.Contains("at most by 1", c.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Imported_models_agree()
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("FLAMBEAU_SHARED") ?? "", "conformance", "onnx", "models");
        Assert.SkipWhen(!Directory.Exists(folder), "FLAMBEAU_SHARED doesn't name a folder with conformance/onnx");
        foreach (var path in Directory.GetFiles(folder, "*.onnx").Order(StringComparer.Ordinal))
        {
            var data = Formats.Safetensors.Load(Path.ChangeExtension(path, ".safetensors"));
            var model = Onnx.Load(path);
            var c = Onnx.Compare(model, [.. model.Inputs.Select(i => data["in." + i.Name])], OnnxSession.RunOnce);
            Assert.True(c.Same, $"{Path.GetFileName(path)}: {c}");
        }
    }
}
