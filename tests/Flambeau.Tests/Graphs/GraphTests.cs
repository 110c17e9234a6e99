using Flambeau.Graphs;

namespace Flambeau.Tests.Graphs;

/// <summary>Graphs as data: building, text, verification, and what running means.</summary>
public sealed class GraphTests
{
    /// <summary>x is halved until its sum is below one, at most n times; then doubled if flag is set.</summary>
    static Graph Halving()
    {
        var b = new GraphBuilder("halving") { Where = new("a \"quoted\" file.cs", 12) };
        var x = b.Input(new TensorType(DType.Float32, ["N", 3]), "x");
        var n = b.Input(GraphType.Int, "n");
        var flag = b.Input(GraphType.Bool, "flag");
        var half = b.AddState("layer.half", Tensor.FromScalar(0.5f), StateKind.Constant);
        Operand Big(Value v) => b.Call("prim.item_bool", b.Call("gt", b.Call("sum", v), 1.0));
        var first = Big(x);
        var p = b.BeginBlock([new Value(GraphType.Int, "i"), new Value(GraphType.Tensor, "y")]);
        var y = b.Call("mul", p[1], half.Value);
        var body = b.EndBlock(Big(y), y);
        var after = b.Loop(n, first, [x], body)[0];
        b.BeginBlock();
        var then = b.EndBlock(b.Call("mul", after, 2.0), 1);
        b.BeginBlock();
        var otherwise = b.EndBlock(after, 0);
        var r = b.If(flag, then, otherwise);
        return b.Finish(r[0], r[1], b.Call("cat", Operand.Of([x, r[0]]), 1));
    }

    [Theory]
    [InlineData(100, true, 1.5, 1)]
    [InlineData(2, false, 1.5, 0)]
    [InlineData(0, true, 12, 1)]
    public void Loops_and_branches_run(long n, bool flag, float sum, long code)
    {
        var x = Tensor.Ones([2, 3]);
        var y = Halving().Run(x, n, flag);
        Assert.Equal(sum, ((Tensor)y[0]!).Sum().Item<float>());
        Assert.Equal(code, y[1]);
        Assert.Equal(new Shape([2, 6]), ((Tensor)y[2]!).Shape);
    }

    [Fact]
    public void Gradients_flow_through_loops()
    {
        var x = Tensor.Ones([2, 3]).WithGrad();
        ((Tensor)Halving().Run(x, 2L, true)[0]!).Sum().Backward();
        Assert.Equal(Enumerable.Repeat(0.5f, 6), x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Text_reads_back_to_the_same_graph()
    {
        var g = Halving();
        var text = g.ToString();
        var again = Graph.Parse(text, _ => g.State[0].Tensor);
        Assert.Equal(text, again.ToString());
        Assert.Equal(1.5f, ((Tensor)again.Run(Tensor.Ones([2, 3]), 100L, true)[0]!).Sum().Item<float>());
        Assert.Equal(g.Nodes.Select(static n => n.Where), again.Nodes.Select(static n => n.Where));
    }

    [Fact]
    public void Every_constant_reads_back()
    {
        object?[] constants =
        [
            null, true, false, 0L, long.MinValue, long.MaxValue, 0.0, -0.0, 1.0, 1e300, 5e-324, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.1,
            "", "a\"\\\n\t\u0001é\ud83d\ude00", "%x", DType.BFloat16, new System.Numerics.Complex(1, -2.5), Array.Empty<object>(), new object?[] { 1L, new object?[] { null, 2.5 }, "x" },
        ];
        var b = new GraphBuilder("constants");
        var g = b.Finish([.. constants.Select(Operand.Of)]);
        var again = Graph.Parse(g.ToString(), static _ => throw new InvalidOperationException());
        Assert.Equal(g.Outputs, again.Outputs);
        Assert.True(double.IsNegative((double)again.Outputs[7].Constant!));
    }

    [Fact]
    public void Every_op_of_the_registry_reads_back_as_itself()
    {
        // Each row called with values of its argument types, in both forms: all arguments, and only those without a default.
        foreach (var entry in Flambeau.Ops.Registry.Entries)
        {
            if (entry.Name.EndsWith('_') && !entry.Name.EndsWith("__", StringComparison.Ordinal)) continue;
            foreach (var all in (bool[])[true, false])
            {
                var b = new GraphBuilder("one");
                var arguments = entry.Schema.Arguments.Select(a => a.HasDefault && !all ? Operand.Of(a.Default) : b.Input(GraphType.OfSchema(a.Type))).ToArray();
                var outputs = b.Add(entry, arguments);
                var g = b.Finish([.. outputs.Select(static o => (Operand)o)]);
                var again = Graph.Parse(g.ToString(), static _ => throw new InvalidOperationException());
                Assert.Same(entry, Assert.IsType<OpNode>(Assert.Single(again.Nodes)).Entry);
                Assert.Equal(g.ToString(), again.ToString());
            }
        }
    }

    [Theory]
    [InlineData("graph \"g\"(%x: Tensor) { return %y }", "%y is used before")]
    [InlineData("graph \"g\"(%x: Tensor, %x: int) { return %x }", "assigned twice")]
    [InlineData("graph \"g\"(%x: Tensor) { %0: Tensor = nosuch(%x) return %0 }", "nosuch")]
    [InlineData("graph \"g\"(%x: int) { %0: Tensor = matmul(%x, %x) return %0 ", "expected")]
    [InlineData("graph \"g\"(%x: str) { %0: Tensor = relu(%x) return %0 }", "fits no signature")]
    [InlineData("graph \"g\"(%x: Tensor) { %0: Tensor = add_(%x, %x) return %0 }", "in place")]
    [InlineData("graph \"g\"(%x: Tensor) { %0: Tensor = if %x { yield %x } else { yield %x } return %0 }", "expected bool")]
    [InlineData("graph \"g\"(%c: bool, %x: Tensor) { %0: int = if %c { yield %x } else { yield 1 } return %0 }", "a branch of an if gives")]
    [InlineData("graph \"g\"(%c: bool, %x: Tensor) { %0: Tensor = if %c { %1: Tensor = relu(%x) yield %1 } else { yield %1 } return %0 }", "outside the block")]
    [InlineData("graph \"g\"(%x: Tensor) { return %x } more", "more after")]
    [InlineData("graph \"g\"(%x: Tensor<float99>) { return %x }", "no dtype")]
    [InlineData("", "graph")]
    public void What_is_no_graph_is_refused_with_a_reason(string text, string reason)
    {
        var e = Assert.ThrowsAny<Exception>(() => Graph.Parse(text, static _ => Tensor.Zeros([1])));
        Assert.True(e is FormatException or GraphException, e.ToString());
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.Throws<FormatException>(static () => Graph.Parse("graph \"g\"() { return " + new string('[', 100_000), static _ => Tensor.Zeros([1])));
        Assert.Throws<FormatException>(static () => Graph.Parse("graph \"g\"(%x: " + new string('(', 100_000), static _ => Tensor.Zeros([1])));
    }

    [Fact]
    public void State_is_written_when_the_run_ends()
    {
        var b = new GraphBuilder("count");
        var steps = b.AddState("steps", Tensor.Zeros([]), StateKind.Buffer);
        var x = b.Input(GraphType.Tensor, "x");
        b.Write(steps, b.Call("add", steps.Value, 1.0));
        var g = b.Finish(b.Call("mul", x, steps.Value));
        g = Graph.Parse(g.ToString(), _ => steps.Tensor);
        Assert.Equal(0f, ((Tensor)g.Run(Tensor.Ones([]))[0]!).Item<float>());
        Assert.Equal(1f, ((Tensor)g.Run(Tensor.Ones([]))[0]!).Item<float>());
        Assert.Equal(2f, steps.Tensor.Item<float>());
    }

    [Fact]
    public void Nodes_of_primitives_hold_the_op()
    {
        var b = new GraphBuilder("leaky");
        var n = b.Call("leaky_relu", b.Input(GraphType.Tensor), 0.25).Definition;
        Assert.Equal(new Flambeau.Ops.LeakyRelu(0.25), Assert.IsType<OpNode>(n).Op);
    }
}
