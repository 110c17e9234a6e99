using Flambeau.Formats;

namespace Flambeau.Tests.Ops;

/// <summary>Memory shared with others.</summary>
public sealed class MemoryTests
{
    [Fact]
    public void An_array_is_seen_without_copying()
    {
        float[] a = [1, 2, 3, 4];
        var t = Tensor.FromMemory(a, [2, 2]);
        a[3] = 9;
        Assert.Equal(9f, t[1, 1].Item<float>());
        t.Add_(1);
        Assert.Equal([2f, 3f, 4f, 10f], a);
        Assert.Throws<ArgumentException>(() => Tensor.FromMemory(a, [3]));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(100)]
    public void DLPack_gives_and_takes_the_same_memory(long n)
    {
        var x = Tensor.Arange(n * n, DType.Float32).Reshape([n, n]);
        var view = x.Transpose(0, 1).Slice(0, 1, 3);
        var y = DLPack.Import(DLPack.Export(view));
        Assert.Equal(view.Shape, y.Shape);
        Assert.Equal(view.Strides, y.Strides);
        Assert.Equal(view.ToArray<float>(), y.ToArray<float>());
        y.Fill_(-1);
        Assert.Equal(-1f, x[0, 1].Item<float>());
    }

    [Fact]
    public void DLPack_memory_outlives_the_exporter()
    {
        static Tensor Pass() => DLPack.Import(DLPack.Export(Tensor.Full([200, 200], 3)));
        var y = Pass();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _ = Tensor.Zeros([200, 200]);
        }
        Assert.All(y.ToArray<long>(), static v => Assert.Equal(3, v));
    }

    [Fact]
    public void DLPack_refuses_gradients() => Assert.Throws<ArgumentException>(() => DLPack.Export(Tensor.Ones([2]).WithGrad()));
}
