namespace Flambeau.Tests.Ops;

/// <summary>Text as PyTorch 2.11 prints it.</summary>
public sealed class PrintingTests
{
    [Fact]
    public void Prints_as_PyTorch_does()
    {
        Assert.Equal("tensor([1., 2., 3.])", Tensor.From([1f, 2f, 3f]).ToString());
        Assert.Equal("tensor([[1.5000, 2.0000],\n        [3.0000, 4.0000]], dtype=torch.float64)", Tensor.From([1.5, 2, 3, 4], [2, 2]).ToString());
        Assert.Equal("tensor([1.0000e+00, 1.0000e-05])", Tensor.From([1f, 1e-5f]).ToString());
        Assert.Equal("tensor([ True, False])", Tensor.From([true, false]).ToString());
        Assert.Equal("tensor([  1, -20])", Tensor.From<long>([1, -20]).ToString());
        Assert.Equal("tensor(2.5000)", Tensor.FromScalar(2.5).ToString());
        Assert.Equal("tensor([nan, inf, 1.])", Tensor.From([float.NaN, float.PositiveInfinity, 1f]).ToString());
        Assert.Equal("tensor([1.+2.j, 3.-4.j], dtype=torch.complex128)", Tensor.From([new System.Numerics.Complex(1, 2), new(3, -4)]).ToString());
    }

    [Fact]
    public void Says_what_an_empty_tensor_is() => Assert.Equal("tensor([], size=(2, 0))", Tensor.Zeros([2, 0]).ToString());

    [Fact]
    public void Shortens_large_tensors() =>
        Assert.Equal("tensor([   0,    1,    2,  ..., 1997, 1998, 1999])", Tensor.Arange(2000).ToString());

    [Fact]
    public void Shortens_every_axis()
    {
        var s = Tensor.Zeros([40, 40]).ToString();
        Assert.Equal("tensor([[0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.],\n        ...,\n        "
            + "[0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.]])", s);
    }

    [Fact]
    public void Tells_of_gradients()
    {
        var x = Tensor.From([1f, 2f]).WithGrad();
        Assert.Equal("tensor([1., 2.], requires_grad=True)", x.ToString());
        Assert.Equal("tensor([2., 4.], grad_fn=<MulBackward0>)", (x * 2).ToString());
    }

    [Fact]
    public void Wraps_long_rows() => Assert.Contains(",\n        ", Tensor.Arange(100).ToString(), StringComparison.Ordinal);
}
