namespace Flambeau.Tests.Tensors;

public sealed class MemoryTests
{
    [Fact]
    public void A_scope_gives_memory_back_when_it_ends()
    {
        Tensor kept, lost;
        using (var scope = new TensorScope())
        {
            kept = scope.Keep(Tensor.Ones([100_000]));
            lost = Tensor.Ones([100_000]);
        }
        Assert.Equal(100_000, kept.Sum().Item<double>());
        Assert.Throws<ObjectDisposedException>(() => lost.Sum());
    }

    [Fact]
    public void Absurd_sizes_are_refused()
    {
        Assert.ThrowsAny<Exception>(() => Tensor.Empty([1L << 40, 1L << 40]));
        Assert.Throws<OutOfMemoryException>(() => Tensor.Empty([1L << 50]));
        Assert.Throws<ArgumentException>(() => Tensor.Empty([-1]));
    }
}
