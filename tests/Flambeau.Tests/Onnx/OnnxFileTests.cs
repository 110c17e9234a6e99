using Flambeau.OnnxFormat;
using Google.Protobuf;

namespace Flambeau.Tests.OnnxFormat;

public sealed class OnnxFileTests
{
    [Fact]
    public void Real_models_are_written_as_they_were_read()
    {
        foreach (var path in OnnxData.Models())
        {
            var m = OnnxFile.Read(path);
            var written = m.ToByteArray();
            Assert.Equal(m.CalculateSize(), written.Length);
            var again = OnnxFile.Read(written);
            Assert.Equal(m, again);
            Assert.Equal(m.Graph!.Node.Select(static n => n.ToString()), again.Graph!.Node.Select(static n => n.ToString()));
        }
    }

    static ModelProto Small()
    {
        var m = new ModelProto { IrVersion = 10, ProducerName = "test", Graph = new() { Name = "g" } };
        m.OpsetImport.Add(new OperatorSetIdProto { Version = 21 });
        m.MetadataProps.Add(new StringStringEntryProto { Key = "k", Value = "v" });
        var type = new TypeProto { TensorType = new() { ElemType = ElementType.Float, Shape = new() } };
        type.TensorType.Shape.Dim.Add(new DimensionProto { DimValue = 0 });
        type.TensorType.Shape.Dim.Add(new DimensionProto { DimParam = "n" });
        type.TensorType.Shape.Dim.Add(new DimensionProto());
        m.Graph.Input.Add(new ValueInfoProto { Name = "x", Type = type });
        m.Graph.Initializer.Add(TensorCodec.Write(Tensor.From([1f, -2, 3]), "w"));
        var node = new NodeProto { OpType = "If", Name = "n" };
        node.Input.Add("x");
        node.Output.Add("");
        node.Attribute.Add(new AttributeProto { Name = "i", Type = AttributeType.Int, I = 0 });
        node.Attribute.Add(new AttributeProto { Name = "f", Type = AttributeType.Float, F = 0 });
        node.Attribute.Add(new AttributeProto { Name = "s", Type = AttributeType.String, S = ByteString.CopyFromUtf8("é") });
        var ints = new AttributeProto { Name = "ints", Type = AttributeType.Ints };
        ints.Ints.AddRange([-1, long.MaxValue, 0]);
        ints.Floats.Add(1.5f);
        node.Attribute.Add(ints);
        node.Attribute.Add(new AttributeProto { Name = "g", Type = AttributeType.Graph, G = new() { Name = "inner" } });
        m.Graph.Node.Add(node);
        return m;
    }

    [Fact]
    public void All_fields_survive()
    {
        var m = Small();
        var again = OnnxFile.Read(m.ToByteArray());
        Assert.Equal(m, again);
        var dims = again.Graph!.Input[0].Type!.TensorType!.Shape!.Dim;
        Assert.Equal((0L, null), (dims[0].DimValue, dims[0].DimParam));
        Assert.Equal((null, "n"), (dims[1].DimValue, dims[1].DimParam));
        Assert.Equal((null, null), (dims[2].DimValue, dims[2].DimParam));
        Assert.Equal(0, again.Graph.Node[0].Attribute[0].I);
        Assert.Equal([-1, long.MaxValue, 0], again.Graph.Node[0].Attribute[3].Ints);
        Assert.Equal(m.Clone(), m);
    }

    [Fact]
    public void Fields_of_later_versions_are_kept()
    {
        byte[] bytes = [.. Small().ToByteArray(), 0xF2, 0x3F, 3, (byte)'a', (byte)'b', (byte)'c'];
        Assert.Equal(bytes, OnnxFile.Read(bytes).ToByteArray());
    }

    [Fact]
    public void Cut_files_are_refused_with_the_place()
    {
        var bytes = Small().ToByteArray();
        for (var n = 0; n < bytes.Length; n++)
        {
            try
            {
                OnnxFile.Read(bytes.AsMemory(0, n));
            }
            catch (OnnxException e)
            {
                Assert.Contains("model", e.Message, StringComparison.Ordinal);
            }
        }
        var graph = Assert.Throws<OnnxException>(() => OnnxFile.Read(bytes.AsMemory(0, bytes.Length / 2)));
        Assert.Contains("model.graph", graph.Message, StringComparison.Ordinal);
        Assert.Contains("byte", graph.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_never_do_worse_than_the_documented_exception()
    {
        var random = new Random(1);
        var original = Small().ToByteArray();
        var read = 0;
        for (var round = 0; round < 4000; round++)
        {
            var bytes = (byte[])original.Clone();
            for (var k = random.Next(1, 6); k > 0; k--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                var m = OnnxFile.Read(bytes);
                foreach (var t in m.Graph?.Initializer ?? []) TensorCodec.Read(t);
                read++;
            }
            catch (OnnxException)
            {
            }
        }
        Assert.InRange(read, 1, 3999);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var g = new GraphProto();
        for (var i = 0; i < 120; i++)
        {
            var n = new NodeProto { OpType = "If" };
            n.Attribute.Add(new AttributeProto { Name = "then_branch", Type = AttributeType.Graph, G = g });
            g = new();
            g.Node.Add(n);
        }
        var e = Assert.Throws<OnnxException>(() => OnnxFile.Read(new ModelProto { Graph = g }.ToByteArray()));
        Assert.Contains("graph.node[0]", e.Message, StringComparison.Ordinal);
    }
}

/// <summary>The reference data, where it is.</summary>
internal static class OnnxData
{
    internal static string Folder
    {
        get
        {
            var shared = Environment.GetEnvironmentVariable("FLAMBEAU_SHARED");
            Assert.SkipWhen(shared is null || !Directory.Exists(Path.Combine(shared, "conformance", "onnx")), "FLAMBEAU_SHARED doesn't name a folder with conformance/onnx");
            return Path.Combine(shared!, "conformance", "onnx");
        }
    }

    internal static string[] Models() => [.. Directory.GetFiles(Path.Combine(Folder, "models"), "*.onnx").Order(StringComparer.Ordinal)];
}
