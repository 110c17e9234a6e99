using Flambeau.Autograd;

namespace Flambeau.Tests.Autograd;

/// <summary>Gradients of parts of a tensor, which are joined rather than summed.</summary>
public sealed class PartsTests
{
    static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(expected.ToArray<double>().Zip(actual.ToArray<double>()), static p => Assert.Equal(p.First, p.Second, 1e-13));
    }

    static Tensor Draw(params long[] sizes) => Tensor.Randn(sizes, new Generator(7), DType.Float64);

    /// <summary>The gradient by parts, and with a graph, where slices give full tensors that are summed.</summary>
    static void Same(Func<Tensor, Tensor> f, params long[] sizes)
    {
        Tensor x = Draw(sizes).WithGrad(), y = x * 1;
        var expected = Grad.Of(f(y), x, createGraph: true).Detach();
        y = x * 1;
        Close(expected, Grad.Of(f(y), x));
        // a leaf's parts, twice
        f(x).Backward();
        f(x).Backward();
        Close(expected * 2, x.Grad!);
        Assert.True(x.Grad!.IsContiguous);
    }

    static Tensor Each(IEnumerable<Tensor> parts) => parts.Select(static (p, i) => (p.Sin() * (i + 2)).Sum()).Aggregate(static (a, b) => a + b);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Pieces_of_an_axis(int dim)
    {
        Same(x => Each(x.Split(2, dim)), 6, 5, 4);
        Same(x => Each(x.Chunk(3, dim)), 6, 5, 4);
        Same(x => Each(x.Split([x.Size(dim) - 1, 1], dim)), 6, 5, 4);
        Same(x => Each(x.Unbind(dim)), 6, 5, 4);
        Same(x => Each(Enumerable.Range(0, (int)x.Size(dim)).Select(i => x.Select(dim, i))), 6, 5, 4);
    }

    [Fact]
    public void Unused_pieces_are_zero()
    {
        Same(static x => Each([x.Split(2, 1)[1]]), 3, 8);
        Same(static x => Each([x.Split(2, 1)[0], x.Split(2, 1)[3]]), 3, 8);
        Same(static x => Each([x.Narrow(1, 2, 3), x.Select(1, 7)]), 3, 8);
        Same(static x => Each([x[2], x[-1]]), 5, 3);
    }

    [Fact]
    public void Pieces_that_overlap_or_are_of_several_axes_add_up()
    {
        Same(static x => Each([x.Narrow(0, 0, 4), x.Narrow(0, 2, 4), x.Narrow(0, 1, 1)]), 6, 3);
        Same(static x => Each(Enumerable.Range(0, 5).Select(i => x.Narrow(0, i, 4))), 8, 3);
        Same(static x => Each([x.Narrow(0, 0, 2), x.Narrow(1, 1, 2), x[3]]), 6, 3);
        Same(static x => Each([x, x.Narrow(1, 1, 2), x.Narrow(1, 1, 2)]), 6, 3);
        Same(static x => Each([x.Narrow(1, 1, 2), x.Cos(), x.Narrow(1, 0, 1), x.Slice(1, 0, null, 2)]), 6, 3);
        Same(static x => Each([x.Narrow(1, 1, 0), x.Narrow(0, 0, 2)]), 6, 3);
    }

    [Fact]
    public void Pieces_of_pieces()
    {
        Same(static x => Each(x.Split(4, 1)[1].Chunk(2, 0)), 4, 8);
        Same(static x => Each(x.Chunk(2, 1).SelectMany(static p => p.Unbind(0))), 4, 8);
    }

    [Fact]
    public void A_piece_written_in_place_gives_no_gradient_to_what_it_was()
    {
        var x = Draw(4, 6).WithGrad();
        var y = x * 1;
        var parts = y.Split(2, 1);
        var before = parts[2].Sum();
        parts[0].Mul_(10);
        (y.Sum() + parts[1].Sum() + before).Backward();
        Assert.Equal([10, 10, 2, 2, 2, 2], x.Grad![0].ToArray<double>());
    }

    [Fact]
    public void Second_derivatives_through_pieces()
    {
        var x = Draw(3, 4);
        Assert.Null(GradCheck.CheckSecond(static v => [Each(v[0].Split(2, 1))], [x.WithGrad()]));
        var w = x.Detach().WithGrad();
        var g = Grad.Of(Each(w.Split(2, 1)), w, createGraph: true);
        var h = Grad.Of(g.Sum(), w);
        var factor = Tensor.From<double>([2, 2, 3, 3]);
        Close(-w.Detach().Sin() * factor, h);
    }

    [Fact]
    public void Hooks_see_the_gradients_of_pieces_and_of_the_whole()
    {
        var x = Draw(2, 4).WithGrad();
        var y = x * 1;
        var parts = y.Split(2, 1);
        var seen = new List<Tensor>();
        parts[1].RegisterHook(g => g * 2);
        y.RegisterHook(g =>
        {
            seen.Add(g);
            return null;
        });
        var ones = Grad.Of([parts[0].Sum() + parts[1].Sum()], [x, parts[0]], [null], retainGraph: true);
        Assert.Equal([1, 1, 2, 2], ones[0]![0].ToArray<double>());
        Assert.Equal([1, 1], ones[1]![0].ToArray<double>());
        Assert.Equal([1, 1, 2, 2], Assert.Single(seen)[0].ToArray<double>());
    }
}
