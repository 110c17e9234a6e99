using Flambeau.Capture;
using Flambeau.Graphs;
using Flambeau.OnnxFormat;

namespace Flambeau.OnnxTests;

public sealed class ExportTests
{
    /// <summary>Eager, ONNX Runtime and our own import agree, and a second export of the import is the same as a third.</summary>
    internal static ModelProto Check(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, Tensor[] inputs, Module? module = null, double tolerance = 1e-4, OnnxExportOptions? options = null)
    {
        using var off = Autograd.Grad.No();
        var expected = function(inputs);
        var graph = Trace.Of(function, inputs, module, new TraceOptions { Dynamic = options?.Dynamic ?? [], KeepsGradients = false }).Graph;
        var model = Onnx.ToModel(graph, options);
        Onnx.Check(model);
        Same(expected, Peer.Run(model, inputs), tolerance, "ONNX Runtime");
        var again = Onnx.Load(model);
        Same(expected, again.Run(inputs).Cast<Tensor>().ToArray(), tolerance, "import");
        var second = Onnx.ToModel(again.Graph, options, inputs);
        Same(expected, Peer.Run(second, inputs), tolerance, "second export");
        var third = Onnx.ToModel(Onnx.Load(second).Graph, options, inputs);
        Assert.Equal(second.Graph!.Node.Select(static n => n.ToString()), third.Graph!.Node.Select(static n => n.ToString()));
        return model;
    }

    internal static void Same(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual, double tolerance, string who)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(expected[i].Shape == actual[i].Shape && expected[i].DType == actual[i].DType, $"{who}: result {i} is {actual[i].DType} {actual[i].Shape}, expected {expected[i].DType} {expected[i].Shape}");
            Assert.True(actual[i].Allclose(expected[i], tolerance, tolerance, true), $"{who}: result {i} differs by {(actual[i].To(DType.Float64) - expected[i].To(DType.Float64)).Abs().Max().Item<double>()}");
        }
    }

    static ModelProto Check(Layer layer, Tensor input, OnnxExportOptions? options = null) => Check(x => [layer.Forward(x[0])], [input], layer, options: options);

    [Fact]
    public void LeNet() => Check(Networks.Trained(Networks.LeNet()), Tensor.Randn([2, 1, 28, 28]));

    [Fact]
    public void ResNet18()
    {
        var m = Check(Networks.Trained(Networks.ResNet18()), Tensor.Randn([1, 3, 64, 64]));
        Assert.Equal(20, m.Graph!.Node.Count(static n => n.OpType == "BatchNormalization"));
        Assert.Equal(0, m.Graph.Node.Count(static n => n.OpType == "Sqrt"));
        Assert.Contains(m.Graph.Initializer, static i => i.Name == "4.conv1.weight");
    }

    [Fact]
    public void MobileNetV3() => Check(Networks.Trained(Networks.MobileNetV3()), Tensor.Randn([1, 3, 64, 64]));

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(2, true, false)]
    public void Lstm(int layers, bool bidirectional, bool batchFirst)
    {
        var lstm = new LSTM(6, 5, layers, batchFirst: batchFirst, bidirectional: bidirectional);
        var m = Check(x => { var (y, (h, c)) = lstm.Forward(x[0]); return [y, h, c]; }, [Tensor.Randn([3, 4, 6])], lstm);
        Assert.Equal(layers * (bidirectional ? 2 : 1), m.Graph!.Node.Count(static n => n.OpType == "LSTM"));
    }

    [Fact]
    public void Gru()
    {
        var gru = new GRU(6, 5, 2, bidirectional: true);
        Check(x => { var (y, h) = gru.Forward(x[0]); return [y, h]; }, [Tensor.Randn([3, 4, 6])], gru);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(23)]
    public void Transformer_encoder(int opset)
    {
        var encoder = new TransformerEncoder(new TransformerEncoderLayer(16, 4, 32, batchFirst: true, activation: x => x.Gelu()), 2);
        encoder.Eval();
        Check(encoder, Tensor.Randn([2, 5, 16]), new() { Opset = opset });
    }

    [Theory]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(16)]
    public void Older_operator_sets_get_other_forms(int opset)
    {
        Check(static x => [x[0].Hardswish(), x[0].Sort(1).Values, x[0] + x[0].Size(1), x[0].Var([1]), x[0].LogSoftmax(1), x[0].Pad([1, 2])], [Tensor.Randn([3, 5])], options: new() { Opset = opset });
        var triangle = Trace.Of(static x => x.Tril(), Tensor.Ones([3, 3])).Graph;
        if (opset >= 14) Assert.NotNull(Onnx.ToModel(triangle, new() { Opset = opset }));
        else Assert.Contains("Trilu as it is used here needs opset 14; 13 was asked for", Assert.Throws<OnnxException>(() => Onnx.ToModel(triangle, new() { Opset = opset })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_may_be_dynamic()
    {
        var net = Networks.Trained(new Sequential(new Conv2d(3, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new AdaptiveAvgPool2d(1), new Flatten(), new Linear(4, 3)));
        var options = new OnnxExportOptions { Dynamic = [new(0, 0, "batch"), new(0, 2, "height")], InputNames = ["image"], OutputNames = ["scores"] };
        var model = Check(net, Tensor.Randn([2, 3, 8, 8]), options);
        Assert.Equal("batch", model.Graph!.Input[0].Type!.TensorType!.Shape!.Dim[0].DimParam);
        using var off = Autograd.Grad.No();
        var x = Tensor.Randn([5, 3, 12, 8]);
        Same([net.Forward(x)], Peer.Run(model, x), 1e-4, "ONNX Runtime at another size");
        Same([net.Forward(x)], [(Tensor)Onnx.Load(model).Run(x)[0]!], 1e-4, "import at another size");
    }

    [Fact]
    public void A_transformer_may_have_dynamic_batch_and_length()
    {
        var encoder = new TransformerEncoder(new TransformerEncoderLayer(16, 4, 32, batchFirst: true), 1);
        encoder.Eval();
        var model = Check(encoder, Tensor.Randn([2, 5, 16]), new() { Dynamic = [new(0, 0, "batch"), new(0, 1, "length")] });
        using var off = Autograd.Grad.No();
        var x = Tensor.Randn([3, 9, 16]);
        Same([encoder.Forward(x)], Peer.Run(model, x), 1e-4, "ONNX Runtime at another size");
        Same([encoder.Forward(x)], [(Tensor)Onnx.Load(model).Run(x)[0]!], 1e-4, "import at another size");
    }

    [Fact]
    public void Models_that_are_put_together_wrongly_are_refused()
    {
        ModelProto Model() => Onnx.ToModel(Trace.Of(static x => x.Relu().Sum(), Tensor.Ones([2])).Graph);
        void Refused(Action<ModelProto> spoil, string why)
        {
            var m = Model();
            Onnx.Check(m);
            spoil(m);
            Assert.Contains(why, Assert.Throws<OnnxException>(() => Onnx.Check(m)).Message, StringComparison.Ordinal);
        }
        Refused(static m => m.Graph!.Node[1].Input[0] = "nothing", "'nothing', which nothing before it makes");
        Refused(static m => m.Graph!.Node[0].Output[0] = m.Graph.Input[0].Name, "made twice");
        Refused(static m => m.Graph!.Node[1].Attribute[0].Type = AttributeType.Graph, "says it is Graph");
        Refused(static m => m.Graph!.Node[0].Domain = "mine", "domain 'mine'");
        Refused(static m => m.OpsetImport.Clear(), "opset_import");
        Refused(static m => m.Graph!.Output[0].Name = "other", "made by nothing");
    }

    [Fact]
    public void Large_weights_go_to_a_file_beside_the_model()
    {
        var folder = Directory.CreateTempSubdirectory("onnx").FullName;
        try
        {
            var net = Networks.Trained(Networks.LeNet());
            var path = Path.Combine(folder, "lenet.onnx");
            var x = Tensor.Randn([1, 1, 28, 28]);
            using var off = Autograd.Grad.No();
            Onnx.Export(net, x, path, new() { ExternalDataFrom = 1024, Metadata = new Dictionary<string, string> { ["by"] = "test" } });
            Assert.True(new FileInfo(path + ".data").Length > new FileInfo(path).Length);
            Same([net.Forward(x)], Peer.Run(path, x), 1e-4, "ONNX Runtime");
            var again = Onnx.Load(path);
            Same([net.Forward(x)], [(Tensor)again.Run(x)[0]!], 1e-4, "import");
            Assert.Equal("test", again.Proto.MetadataProps[0].Value);
            GC.KeepAlive(again);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void What_ONNX_lacks_is_refused_with_the_line()
    {
        var graph = Trace.Of(static x => x.Lgamma(), Tensor.Ones([2])).Graph;
        var e = Assert.Throws<OnnxException>(() => Onnx.ToModel(graph));
        Assert.Contains("op 'lgamma' at ExportTests.cs:", e.Message, StringComparison.Ordinal);
        var norm = new BatchNorm1d(3);
        var trains = Trace.Of(norm, Tensor.Randn([4, 3])).Graph;
        Assert.Contains("Eval()", Assert.Throws<OnnxException>(() => Onnx.ToModel(trains)).Message, StringComparison.Ordinal);
        Assert.Contains("13 to 23", Assert.Throws<OnnxException>(() => Onnx.ToModel(graph, new() { Opset = 9 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Imported_models_are_exported_again()
    {
        var shared = Environment.GetEnvironmentVariable("FLAMBEAU_SHARED");
        var folder = Path.Combine(shared ?? "", "conformance", "onnx", "models");
        Assert.SkipWhen(!Directory.Exists(folder), "FLAMBEAU_SHARED doesn't name a folder with conformance/onnx");
        foreach (var path in Directory.GetFiles(folder, "*.onnx").Order(StringComparer.Ordinal))
        {
            var data = Formats.Safetensors.Load(Path.ChangeExtension(path, ".safetensors"));
            var model = Onnx.Load(path);
            Tensor[] inputs = [.. model.Inputs.Select(i => data["in." + i.Name])];
            var again = Onnx.ToModel(model.Graph, new() { InputNames = [.. model.Inputs.Select(static i => i.Name)], OutputNames = [.. model.Outputs.Select(static o => o.Name)] }, inputs);
            var results = Peer.Run(again, inputs);
            Same([.. model.Outputs.Select(o => data["out." + o.Name])], results, 1e-4, Path.GetFileName(path));
        }
    }
}
