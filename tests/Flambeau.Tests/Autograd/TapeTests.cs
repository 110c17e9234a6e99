using Flambeau.Autograd;

namespace Flambeau.Tests.Autograd;

public sealed class TapeTests
{
    [Fact]
    public void Gradient_of_a_polynomial()
    {
        var x = Tensor.From<double>([1, 2, 3]).WithGrad();
        (x * x * x + 2 * x).Sum().Backward();
        Assert.Equal([5, 14, 29], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Second_order()
    {
        var x = Tensor.From<double>([0.5, 1, 2]).WithGrad();
        var g = Grad.Of((x * x * x).Sum(), x, createGraph: true);
        var h = Grad.Of(g.Sum(), x);
        Assert.Equal([3, 6, 12], h.ToArray<double>());
    }

    [Fact]
    public void Hundred_thousand_nodes_do_not_overflow_the_stack()
    {
        var x = Tensor.FromScalar(1.0).WithGrad();
        var y = x;
        for (var i = 0; i < 100_000; i++) y = y + 1;
        y.Backward();
        Assert.Equal(1, x.Grad!.Item<double>());
    }

    [Fact]
    public void Write_to_a_view_reaches_the_history_of_its_base()
    {
        var x = Tensor.From<double>([1, 2, 3, 4]).WithGrad();
        var y = x * 2;
        var other = y[2..];
        y[..2].Mul_(10);
        (y.Sum() + other.Sum()).Backward();
        Assert.Equal([20, 20, 4, 4], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Writing_into_a_buffer_gives_it_a_history()
    {
        var x = Tensor.From<double>([1, 2]).WithGrad();
        var buffer = Tensor.Zeros([4], DType.Float64);
        buffer[1..3] = x * x;
        buffer.Sum().Backward();
        Assert.Equal([2, 4], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void In_place_misuse_is_detected()
    {
        var x = Tensor.From<double>([1, 2]).WithGrad();
        var y = x.Exp();
        var z = y * y;
        y.Add_(1);
        var e = Assert.Throws<InvalidOperationException>(() => z.Sum().Backward());
        Assert.Contains("mul", e.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => x.Add_(1));
    }

    [Fact]
    public void Leaf_gradients_do_not_share_memory()
    {
        var a = Tensor.Ones([3]).WithGrad();
        var b = Tensor.Ones([3]).WithGrad();
        (a + b).Sum().Backward();
        a.Grad!.Mul_(5);
        Assert.Equal([1, 1, 1], b.Grad!.ToArray<float>());
    }

    [Fact]
    public void Indexing_by_tensors_and_masks()
    {
        var x = Tensor.From<double>([0, 1, 2, 3, 4, 5], [2, 3]).WithGrad();
        var i = Tensor.From<long>([1, 0, 1]);
        x[i, 1].Sum().Backward();
        Assert.Equal([0, 1, 0, 0, 2, 0], x.Grad!.ToArray<double>());
        using var off = Grad.No();
        var y = x.Clone();
        y[y.IsNaN()] = 1;
        y[TensorIndex.Ellipsis, ^1] = -1;
        Assert.Equal([0, 1, -1, 3, 4, -1], y.ToArray<double>());
    }
}
