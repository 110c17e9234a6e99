using Flambeau.Formats;
using Flambeau.Graphs;
using Flambeau.OnnxFormat;

namespace Flambeau.Tests.OnnxFormat;

public sealed class OnnxImportTests
{
    [Fact]
    public void Real_models_compute_what_they_did_where_they_come_from()
    {
        foreach (var path in OnnxData.Models())
        {
            var data = Safetensors.Load(Path.ChangeExtension(path, ".safetensors"));
            var model = Onnx.Load(path);
            var results = model.Run(data.Where(static d => d.Key.StartsWith("in.", StringComparison.Ordinal)).ToDictionary(static d => d.Key[3..], static d => d.Value));
            foreach (var (name, result) in results)
            {
                Assert.True(((Tensor)result!).Allclose(data["out." + name], 1e-4, 1e-4), $"{Path.GetFileName(path)}: {name}");
            }
            var text = model.Graph.ToString();
            var again = Graph.Parse(text, name => model.Graph.State.Single(s => s.Name == name).Tensor);
            Assert.Equal(text, again.ToString());
        }
    }

    static ModelProto Model(long opset, params NodeProto[] nodes)
    {
        var m = new ModelProto { IrVersion = 10, Graph = new() { Name = "g" } };
        m.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        m.Graph.Node.AddRange(nodes);
        return m;
    }

    internal static ValueInfoProto Info(string name, ElementType type, params object[] dims)
    {
        var shape = new TensorShapeProto();
        foreach (var d in dims) shape.Dim.Add(d is string s ? new DimensionProto { DimParam = s } : new DimensionProto { DimValue = Convert.ToInt64(d, System.Globalization.CultureInfo.InvariantCulture) });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = shape } } };
    }

    internal static NodeProto Node(string op, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var n = new NodeProto { OpType = op };
        n.Input.AddRange(inputs);
        n.Output.AddRange(outputs);
        n.Attribute.AddRange(attributes);
        return n;
    }

    static AttributeProto Ints(string name, params long[] values)
    {
        var a = new AttributeProto { Name = name, Type = AttributeType.Ints };
        a.Ints.AddRange(values);
        return a;
    }

    [Fact]
    public void A_shape_computed_from_sizes_reaches_reshape_as_numbers()
    {
        var m = Model(18,
            Node("Shape", ["x"], ["s"]),
            Node("Gather", ["s", "zero"], ["n"]),
            Node("Unsqueeze", ["n", "axis"], ["n1"]),
            Node("Mul", ["n1", "two"], ["m"]),
            Node("Concat", ["m", "rest"], ["t"], new AttributeProto { Name = "axis", Type = AttributeType.Int, I = 0 }),
            Node("Reshape", ["x", "t"], ["y"]));
        m.Graph!.Input.Add(Info("x", ElementType.Float, "n", 6));
        m.Graph.Output.Add(Info("y", ElementType.Float, "m", 3));
        m.Graph.Initializer.Add(TensorCodec.Write(Tensor.FromScalar(0L), "zero"));
        m.Graph.Initializer.Add(TensorCodec.Write(Tensor.From([0L]), "axis"));
        m.Graph.Initializer.Add(TensorCodec.Write(Tensor.From([2L]), "two"));
        m.Graph.Initializer.Add(TensorCodec.Write(Tensor.From([-1L]), "rest"));
        var model = Onnx.Load(m);
        Assert.Equal(["prim.size", "prim.mul_int", "reshape"], model.Graph.Nodes.OfType<OpNode>().Select(static n => n.Name));
        foreach (var n in new long[] { 1, 4 })
        {
            var y = (Tensor)model.Run(Tensor.Ones([n, 6]))[0]!;
            Assert.Equal<Shape>([2 * n, 3], y.Shape);
        }
    }

    [Fact]
    public void Branches_and_loops_run()
    {
        var then = new GraphProto { Name = "then" };
        then.Node.Add(Node("Neg", ["x"], ["a"]));
        then.Output.Add(Info("a", ElementType.Float, 2));
        var otherwise = new GraphProto { Name = "else" };
        otherwise.Node.Add(Node("Add", ["x", "x"], ["b"]));
        otherwise.Output.Add(Info("b", ElementType.Float, 2));
        var m = Model(18, Node("If", ["c"], ["y"],
            new AttributeProto { Name = "then_branch", Type = AttributeType.Graph, G = then },
            new AttributeProto { Name = "else_branch", Type = AttributeType.Graph, G = otherwise }));
        m.Graph!.Input.Add(Info("c", ElementType.Bool));
        m.Graph.Input.Add(Info("x", ElementType.Float, 2));
        m.Graph.Output.Add(Info("y", ElementType.Float, 2));
        var model = Onnx.Load(m);
        Assert.Equal([-1f, -2], ((Tensor)model.Run(Tensor.FromScalar(true), Tensor.From([1f, 2]))[0]!).ToArray<float>());
        Assert.Equal([2f, 4], ((Tensor)model.Run(Tensor.FromScalar(false), Tensor.From([1f, 2]))[0]!).ToArray<float>());
    }

    [Fact]
    public void Errors_name_operator_opset_and_node()
    {
        var node = Node("Frobnicate", ["x"], ["y"]);
        node.Name = "n7";
        var m = Model(18, node);
        m.Graph!.Input.Add(Info("x", ElementType.Float, 2));
        m.Graph.Output.Add(Info("y", ElementType.Float, 2));
        var e = Assert.Throws<OnnxException>(() => Onnx.Load(m));
        Assert.Contains("'n7', Frobnicate of opset 18", e.Message, StringComparison.Ordinal);
        m.Graph.Node[0] = Node("Relu", ["z"], ["y"]);
        Assert.Contains("'z', which no node before it gives", Assert.Throws<OnnxException>(() => Onnx.Load(m)).Message, StringComparison.Ordinal);
        m.Graph.Node[0] = Node("Unsqueeze", ["x", "axes"], ["y"]);
        m.Graph.Input.Add(Info("axes", ElementType.Int64, 1));
        var unknown = Assert.Throws<OnnxException>(() => Onnx.Load(m));
        Assert.Equal("axes", unknown.Input);
        Assert.Equal<Shape>([1, 2], ((Tensor)Onnx.Load(m, new Dictionary<string, Tensor> { ["axes"] = Tensor.From([0L]) }).Run(Tensor.Ones([2]))[0]!).Shape);
    }

    [Fact]
    public void Functions_of_the_model_are_inlined()
    {
        var m = Model(18, new NodeProto { OpType = "Twice", Domain = "mine", Input = { "x" }, Output = { "y" }, Attribute = { new AttributeProto { Name = "by", Type = AttributeType.Int, I = 1 } } });
        m.OpsetImport.Add(new OperatorSetIdProto { Domain = "mine", Version = 1 });
        var f = new FunctionProto { Name = "Twice", Domain = "mine" };
        f.Input.Add("a");
        f.Output.Add("b");
        f.Attribute.Add("by");
        f.OpsetImport.Add(new OperatorSetIdProto { Version = 18 });
        f.Node.Add(Node("Softmax", ["a"], ["s"], new AttributeProto { Name = "axis", Type = AttributeType.Int, RefAttrName = "by" }));
        f.Node.Add(Node("Add", ["s", "s"], ["b"]));
        m.Functions.Add(f);
        m.Graph!.Input.Add(Info("x", ElementType.Float, 1, 2));
        m.Graph.Output.Add(Info("y", ElementType.Float, 1, 2));
        Assert.Equal([1f, 1], ((Tensor)Onnx.Load(m).Run(Tensor.Ones([1, 2]))[0]!).ToArray<float>());
        f.Node.Add(new NodeProto { OpType = "Twice", Domain = "mine", Input = { "b" }, Output = { "c" } });
        Assert.Throws<OnnxException>(() => Onnx.Load(m));
    }

    [Fact]
    public void Damaged_models_give_the_documented_exception()
    {
        var m = Model(18, Node("Conv", ["x", "w"], ["c"], Ints("pads", 1, 1, 1, 1)), Node("Shape", ["c"], ["s"]), Node("Reshape", ["c", "s"], ["r"]), Node("Transpose", ["r"], ["y"], Ints("perm", 0, 2, 3, 1)));
        m.Graph!.Input.Add(Info("x", ElementType.Float, 1, 2, 4, 4));
        m.Graph.Output.Add(Info("y", ElementType.Float, 1, 4, 4, 3));
        m.Graph.Initializer.Add(TensorCodec.Write(Tensor.Ones([3, 2, 3, 3]), "w"));
        var bytes = Google.Protobuf.MessageExtensions.ToByteArray(m);
        Assert.Equal<Shape>([1, 4, 4, 3], ((Tensor)Onnx.Load(OnnxFile.Read(bytes)).Run(Tensor.Ones([1, 2, 4, 4]))[0]!).Shape);
        var random = new Random(2);
        for (var round = 0; round < 3000; round++)
        {
            var copy = (byte[])bytes.Clone();
            for (var k = random.Next(1, 4); k > 0; k--) copy[random.Next(copy.Length)] = (byte)random.Next(256);
            try
            {
                Onnx.Load(OnnxFile.Read(copy));
            }
            catch (OnnxException)
            {
            }
        }
    }
}
