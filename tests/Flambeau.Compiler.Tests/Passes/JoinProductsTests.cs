using Flambeau.Autograd;
using Flambeau.Capture;
using Flambeau.Compiler.Passes;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Tests.Passes;

/// <summary>Small products that become large ones give what they gave one by one.</summary>
public sealed class JoinProductsTests
{
    sealed record Joined(Graph Before, Graph After, PassLog Log)
    {
        internal int Count(string op) => After.Nodes.OfType<OpNode>().Count(n => n.Name == op);
    }

    /// <summary>Captures a program, joins its products, and compares results with the interpreter's of the graph as it was.</summary>
    static Joined Check(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> program, params Tensor[] inputs)
    {
        using var on = Grad.Yes();
        var graph = Trace.Of(x => [.. program(x)], inputs, null, new TraceOptions { Check = false, KeepsGradients = false, Locations = false }).Graph;
        var before = Simplifier.Run(graph, new() { KeepsGradients = false, Rounds = false, Verify = true });
        var log = new PassLog();
        var after = JoinProducts.Apply(before, log);
        Verifier.Verify(after);
        using var off = Grad.No();
        var expected = before.Run([.. inputs]);
        var got = after.Run([.. inputs]);
        for (var i = 0; i < expected.Length; i++)
        {
            var (e, g) = ((Tensor)expected[i]!, (Tensor)got[i]!);
            Assert.Equal(e.Shape, g.Shape);
            var worst = e.Numel == 0 ? 0 : (e - g).Abs().Max().Item<double>() / (1 + e.Abs().Max().Item<double>());
            Assert.True(worst < 1e-12, $"result {i} is off by {worst}\n{after}");
        }
        return new(before, after, log);
    }

    static Tensor Normal(params long[] shape) => Tensor.Randn(shape, dtype: DType.Float64);

    /// <summary>Cells of an LSTM over steps from <paramref name="first"/>, and the gradients of its parameters.</summary>
    static Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Recurrence(long axis, long first, long steps, long batch, long width, Tensor[] parameters) => x =>
    {
        Tensor h = Tensor.Zeros([batch, width], DType.Float64), c = h;
        for (var t = first; t < first + steps; t++)
        {
            var gates = (x[0].Select(axis, t).MatMul(parameters[0]) + h.MatMul(parameters[1]) + parameters[2]).Chunk(4, 1);
            c = gates[1].Sigmoid() * c + gates[0].Sigmoid() * gates[2].Tanh();
            h = gates[3].Sigmoid() * c.Tanh();
        }
        var loss = (h * h).Mean();
        return [loss.Detach(), h.Detach(), .. Grad.Of([loss], parameters)!];
    };

    [Theory]
    [InlineData(0, 0, 6, 6, 3, 8)]
    [InlineData(1, 0, 6, 6, 2, 8)]
    [InlineData(2, 0, 5, 5, 1, 8)]
    [InlineData(0, 2, 5, 8, 3, 8)]
    [InlineData(-3, 0, 4, 6, 1, 16)]
    public void A_recurrence(long axis, long first, long steps, long length, long batch, long width)
    {
        using var seed = new Generator(5).Use();
        long[] shape = (axis < 0 ? axis + 3 : axis) switch { 0 => [length, batch, width], 1 => [batch, length, width], _ => [batch, width, length] };
        Tensor[] parameters = [Normal(width, 4 * width).WithGrad(), Normal(width, 4 * width).WithGrad(), Normal(4 * width).WithGrad()];
        var joined = Check(Recurrence(axis, first, steps, batch, width, parameters), Normal(shape));
        // The state's product forward and back in each step; once each: the input's, both weights' gradients.
        Assert.Equal(2 * steps - 1 + 3, joined.Count("mm"));
        Assert.Equal(0, joined.Count("slice_backward"));
        Assert.Equal(1, joined.Log.Counts["products of the parts of a tensor"]);
        Assert.Equal(2, joined.Log.Counts["sum of products"]);
        Assert.Equal(1, joined.Log.Counts["sum of sums over rows"]);
    }

    [Fact]
    public void Slices_that_overlap_or_leave_gaps_stay_sums()
    {
        using var seed = new Generator(5).Use();
        var x = Normal(4, 9);
        var joined = Check(static x =>
        {
            var p = x[0].Detach().WithGrad();
            var y = p.Slice(1, 0, 4).Sin().Sum() + p.Slice(1, 3, 9).Cos().Sum() + p.Slice(0, 0, 3).Exp().Sum();
            return [Grad.Of([y], [p])[0]!];
        }, x);
        Assert.Equal(3, joined.Count("slice_backward"));
        Assert.Empty(joined.Log.Counts);
    }

    [Fact]
    public void Slices_may_make_up_a_tensor_twice_along_different_axes()
    {
        using var seed = new Generator(5).Use();
        var joined = Check(static x =>
        {
            var p = x[0].Detach().WithGrad();
            Tensor[] parts = [.. p.Chunk(3, 1), .. p.Chunk(2, 0), .. p.Chunk(3, 1), p.Slice(1, 2, 5)];
            var y = parts.Select(static (t, i) => (t * (i + 1)).Sin().Sum()).Aggregate(static (a, b) => a + b);
            return [Grad.Of([y], [p])[0]!];
        }, Normal(4, 9));
        Assert.Equal(3, joined.Log.Counts["sum of slices' gradients"]);
        Assert.Equal(1, joined.Count("slice_backward"));
    }

    [Fact]
    public void Other_terms_may_be_of_fewer_elements()
    {
        using var seed = new Generator(5).Use();
        Tensor bias = Normal(12), row = Normal(1, 12);
        Tensor[] columns = [.. Enumerable.Range(0, 5).Select(static _ => Normal(10, 1))];
        var joined = Check(x =>
        {
            var y = x[0].T + bias;
            for (var t = 0; t < 5; t++) y = y + columns[t].MatMul(x[1].Select(0, t).Reshape(1, 12)) + (t == 2 ? bias : row);
            return [y];
        }, Normal(12, 10), Normal(5, 12));
        Assert.Equal(1, joined.Log.Counts["sum of products"]);
    }

    [Fact]
    public void What_the_caller_gets_or_is_missing_in_between_isn_t_joined()
    {
        using var seed = new Generator(5).Use();
        var w = Normal(8, 8);
        Assert.Empty(Check(x => [.. Enumerable.Range(0, 6).Select(t => x[0].Select(0, t).MatMul(w))], Normal(6, 2, 8)).Log.Counts);
        Assert.Empty(Check(x => [((Tensor[])[.. ((int[])[0, 1, 3, 4]).Select(t => x[0].Select(0, t).MatMul(w).Sin())]).Aggregate(static (a, b) => a * b)], Normal(6, 2, 8)).Log.Counts);
        // A product of much depth costs more to copy than to add.
        Assert.Empty(Check(x => [((Tensor[])[.. Enumerable.Range(0, 6).Select(t => x[0].Select(0, t).T.MatMul(x[1].Select(0, t)))]).Aggregate(static (a, b) => a + b)], Normal(6, 50, 8), Normal(6, 50, 8)).Log.Counts);
    }

    [Fact]
    public void Of_no_rows()
    {
        using var seed = new Generator(5).Use();
        Tensor[] parameters = [Normal(8, 32).WithGrad(), Normal(8, 32).WithGrad(), Normal(32).WithGrad()];
        Check(x =>
        {
            var sums = Enumerable.Range(0, 5).Select(t => x[0].Select(0, t).MatMul(parameters[0]).Sin()).Aggregate(static (a, b) => a + b);
            return [sums.Detach(), .. Grad.Of([sums.Sum()], [parameters[0]])!];
        }, Normal(5, 0, 8));
    }
}
