namespace Flambeau.Tests.Ops;

/// <summary>Indexing at sizes where threads and blocks take part, against plain loops.</summary>
public sealed class IndexTests
{
    [Theory]
    [InlineData(DType.UInt8)]
    [InlineData(DType.Int16)]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    [InlineData(DType.Complex128)]
    public void Transposed_copies(DType dtype)
    {
        foreach (var (rows, columns) in ((long, long)[])[(70, 133), (4, 1000), (129, 64)])
        {
            var x = Tensor.Arange(3 * rows * columns).Remainder(251).To(dtype).Reshape([3, rows, columns]);
            var y = x.Transpose(1, 2).Contiguous();
            var (from, to) = (x.ToArray<double>(), y.ToArray<double>());
            for (long b = 0; b < 3; b++)
            for (long i = 0; i < rows; i++)
            for (long j = 0; j < columns; j++) Assert.Equal(from[(b * rows + i) * columns + j], to[(b * columns + j) * rows + i]);
        }
    }

    [Fact]
    public void Rows_gathered_and_added_back()
    {
        var table = Tensor.Arange(500 * 130, DType.Float32).Reshape([500, 130]).WithGrad();
        var index = Tensor.Arange(3000).Mul(7919).Remainder(500);
        var rows = table.IndexSelect(0, index);
        var (at, got) = (index.ToArray<long>(), rows.Detach().ToArray<float>());
        for (var i = 0; i < 3000; i += 37) Assert.Equal(at[i] * 130 + 5, got[i * 130 + 5]);
        rows.Backward(Tensor.Ones(rows.Shape));
        var counts = at.GroupBy(static i => i).ToDictionary(static g => g.Key, static g => g.Count());
        var grad = table.Grad!.ToArray<float>();
        for (var i = 0; i < 500; i++) Assert.Equal(counts.GetValueOrDefault(i), grad[i * 130 + 129]);
    }

    [Fact]
    public void Gather_and_scatter_on_every_axis()
    {
        var x = Tensor.Arange(40 * 30 * 50).Reshape([40, 30, 50]);
        for (var d = 0; d < 3; d++)
        {
            var order = Tensor.Arange(x.Size(d)).Mul(7).Remainder(x.Size(d));
            var sizes = new long[] { 1, 1, 1 };
            sizes[d] = x.Size(d);
            var index = order.Reshape(sizes).Expand(x.Shape);
            var y = x.Gather(d, index);
            Assert.Equal(x.IndexSelect(d, order).ToArray<long>(), y.ToArray<long>());
            if (x.Size(d) % 7 != 0) Assert.Equal(x.ToArray<long>(), x.ZerosLike().Scatter(d, index, y).ToArray<long>());
        }
    }

    [Fact]
    public void Masks_write_and_read()
    {
        var x = Tensor.Arange(100000).Reshape([1000, 100]);
        var mask = x.Remainder(3).Eq(0);
        Assert.Equal(33334, x[mask].Numel);
        x[mask] = -1;
        Assert.Equal(33334, x.Eq(-1).Nonzero().Size(0));
        Assert.Equal(1L, x[0, 1].Item<long>());
    }

    [Fact]
    public void Overlapping_windows_add_up_their_gradients()
    {
        var x = Tensor.Arange(10, DType.Float32).WithGrad();
        x.Unfold(0, 3, 1).Sum().Backward();
        Assert.Equal([1f, 2f, 3f, 3f, 3f, 3f, 3f, 3f, 2f, 1f], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Bad_positions_are_named()
    {
        var x = Tensor.Zeros([3, 4]);
        Assert.Contains("index 7 is out of range for axis 1 of size 4", Assert.Throws<ArgumentOutOfRangeException>(() => x.Gather(1, Tensor.From<long>([7], [1, 1]))).Message, StringComparison.Ordinal);
        Assert.Contains("axis 0 of size 3", Assert.Throws<ArgumentOutOfRangeException>(() => x.IndexSelect(0, Tensor.From<long>([3]))).Message, StringComparison.Ordinal);
    }
}
