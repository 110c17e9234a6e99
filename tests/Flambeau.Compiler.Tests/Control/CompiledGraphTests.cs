using Flambeau.Autograd;
using Flambeau.Compiler.Control;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Tests.Control;

/// <summary>Graphs with branches and loops that depend on data: compiled in stretches, they give what the interpreter gives, gradients too.</summary>
public class CompiledGraphTests
{
    // A recurrence that stops by itself: the number of turns and the branch depend on elements.
    const string Text = """
        graph "recurrence"(%x: Tensor, %steps: int) {
          state %w: Tensor<float32, [4, 4]> = parameter "w"
          %s0: Tensor = mul(%x, 0)
          %h: Tensor, %n: int = loop(%steps, True, %s0, 0) do (%i: int, %c: Tensor, %k: int) {
            %0: Tensor = matmul(%c, %w)
            %1: Tensor = add(%0, %x)
            %2: Tensor = tanh(%1)
            %3: Tensor = abs(%2)
            %4: Tensor = sum(%3)
            %5: Tensor = lt(%4, 5.5)
            %6: bool = prim.item_bool(%5)
            %7: Tensor = if %6 {
              %8: Tensor = mul(%2, 1.5)
              %9: Tensor = sigmoid(%8)
              %10: Tensor = mul(%9, %w)
              yield %10
            } else {
              %11: int = prim.size(%x, 0)
              %12: Tensor = mul(%2, %11)
              %13: Tensor = sub(%12, %w)
              yield %13
            }
            %14: int = prim.add_int(%k, 1)
            %15: Tensor = sum(%7)
            %16: Tensor = lt(%15, 30.0)
            %17: bool = prim.item_bool(%16)
            yield %17, %7, %14
          }
          %out: Tensor = mul(%h, 2.0)
          %res: Tensor = exp(%out)
          return %h, %n, %res
        }
        """;

    static (Graph Graph, Tensor W) Make()
    {
        var w = Tensor.Randn([4, 4]).WithGrad();
        return (Graph.Parse(Text, _ => w), w);
    }

    [Fact]
    public void Branches_and_loops_on_data_with_gradients()
    {
        using var seed = new Generator(11).Use();
        var (graph, w) = Make();
        var compiled = new CompiledGraph(graph, new() { Name = "recurrence" }, 0);
        var turns = new HashSet<long>();
        for (var run = 0; run < 12; run++)
        {
            var x = Tensor.Randn([4, 4]) * (run % 4);
            var (a, b) = (x.Clone().WithGrad(), x.Clone().WithGrad());
            var expected = graph.Run(a, 6L);
            ((Tensor)expected[0]!).Sum().Backward();
            var wanted = w.Grad!;
            w.Grad = null;
            var actual = compiled.Run(b, 6L);
            ((Tensor)actual[0]!).Sum().Backward();
            turns.Add((long)actual[1]!);
            Assert.Equal(expected[1], actual[1]);
            Assert.True(((Tensor)expected[0]!).Allclose((Tensor)actual[0]!, 1e-4, 1e-5));
            Assert.True(((Tensor)expected[2]!).Allclose((Tensor)actual[2]!, 1e-3, 1e-5));
            Assert.True(a.Grad!.Allclose(b.Grad!, 1e-3, 1e-4), $"{a.Grad} {b.Grad}");
            Assert.True(wanted.Allclose(w.Grad!, 1e-3, 1e-4));
            w.Grad = null;
        }
        Assert.True(turns.Count > 1, "every input took the same number of turns");
        Assert.Equal(0, compiled.Statistics.EagerRuns);
        Assert.Contains("compiled.1", compiled.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_sizes_are_compiled_once_they_come_back()
    {
        using var off = Grad.No();
        var graph = Graph.Parse("""
            graph "grow"(%x: Tensor, %steps: int) {
              %y: Tensor = loop(%steps, True, %x) do (%i: int, %c: Tensor) {
                %0: Tensor = tanh(%c)
                %1: Tensor = mul(%0, 2.0)
                %2: Tensor = cat([%c, %1])
                yield True, %2
              }
              return %y
            }
            """, static _ => throw new InvalidOperationException());
        var compiled = new CompiledGraph(graph);
        var x = Tensor.From([0.25f]);
        for (var run = 0; run < 3; run++)
        {
            Assert.Equal(((Tensor)graph.Run(x, 5L)[0]!).ToArray<float>(), ((Tensor)compiled.Run(x, 5L)[0]!).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
        }
        Assert.Equal((5, 5L), (compiled.Statistics.Versions, compiled.Statistics.EagerRuns));
    }

    [Fact]
    public void Errors_and_sizes_that_depend_on_elements_stay_what_they_are()
    {
        var graph = Graph.Parse("""
            graph "odd"(%x: Tensor) {
              %0: Tensor = relu(%x)
              %1: Tensor = mul(%0, 2.0)
              %2: Tensor = masked_select(%1, %m)
              %3: Tensor = add(%2, 1)
              %4: Tensor = exp(%3)
              return %4
            }
            """.Replace("%m", "%g", StringComparison.Ordinal).Replace("%2: Tensor =", "%g: Tensor = gt(%x, 0)\n  %2: Tensor =", StringComparison.Ordinal), static _ => throw new InvalidOperationException());
        var compiled = new CompiledGraph(graph, null, 0);
        foreach (var x in new[] { Tensor.From([1f, -1, 2]), Tensor.From([1f, 1, 2]), Tensor.From([-1f, -1, -2]), Tensor.From([1f, -1, 2]) })
            Assert.Equal(((Tensor)graph.Run(x)[0]!).ToArray<float>(), ((Tensor)compiled.Run(x)[0]!).ToArray<float>());
        var bad = Graph.Parse("""
            graph "bad"(%x: Tensor, %y: Tensor) {
              %0: Tensor = relu(%x)
              %1: Tensor = matmul(%0, %y)
              return %1
            }
            """, static _ => throw new InvalidOperationException());
        var message = Assert.ThrowsAny<Exception>(() => bad.Run(Tensor.Ones([2, 3]), Tensor.Ones([2, 3]))).Message;
        Assert.Equal(message, Assert.ThrowsAny<Exception>(() => new CompiledGraph(bad, null, 0).Run(Tensor.Ones([2, 3]), Tensor.Ones([2, 3]))).Message);
    }

    [Fact]
    public void Whole_programs_refuse_sizes_that_depend_on_elements()
    {
        var lines = new List<string>();
        var compiled = ((Func<Tensor, Tensor>)(static x => x[x.Gt(0)] * 2)).Compile(options: new() { Log = lines.Add });
        Assert.Equal([2f, 4], compiled.Forward(Tensor.From([1f, -1, 2])).ToArray<float>());
        Assert.Equal([2f, 2, 4], compiled.Forward(Tensor.From([1f, 1, 2])).ToArray<float>());
        Assert.Contains(lines, static l => l.Contains("depends on a tensor's elements", StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_wrap_in_regions_as_they_do_in_tensors()
    {
        var bytes = ((Func<Tensor, Tensor>)(static x => (x + 1).Ge(-1))).Compile(options: new() { Strict = true });
        var x = Tensor.From(new byte[] { 1, 254, 255 });
        for (var run = 0; run < 2; run++) Assert.Equal((x + 1).Ge(-1).ToArray<bool>(), bytes.Forward(x).ToArray<bool>());
        var large = ((Func<Tensor, Tensor>)(static x => x * 9007199254740993L + 1)).Compile(options: new() { Strict = true });
        for (var run = 0; run < 2; run++) Assert.Equal([9007199254740994L], large.Forward(Tensor.From([1L])).ToArray<long>());
    }
}
