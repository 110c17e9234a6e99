using Flambeau.Ops;

namespace Flambeau.Tests.Ops;

/// <summary>Views, joins and indexing by name, in the call forms of PyTorch.</summary>
public sealed class ViewFormsTests
{
    static readonly Tensor six = Tensor.From<long>([0, 1, 2, 3, 4, 5], [2, 3]);

    static object?[] L(params object?[] items) => items;

    static Tensor I(params long[] values) => Tensor.From(values);

    public static TheoryData<string, object?[], long[], long[]> Cases => new()
    {
        { "repeat", [six, 1L, 2L], [2, 6], [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5] },
        { "tile", [I(1, 2), L(2L, 2L)], [2, 4], [1, 2, 1, 2, 1, 2, 1, 2] },
        { "repeat_interleave", [I(7, 8), 2L], [4], [7, 7, 8, 8] },
        { "repeat_interleave", [six, I(0, 2, 1), 1L], [2, 3], [1, 1, 2, 4, 4, 5] },
        { "repeat_interleave", [I(1, 0, 2)], [3], [0, 2, 2] },
        { "roll", [six, 1L, 1L], [2, 3], [2, 0, 1, 5, 3, 4] },
        { "roll", [six, -1L], [2, 3], [1, 2, 3, 4, 5, 0] },
        { "roll", [six, L(1L, 1L), L(0L, 1L)], [2, 3], [5, 3, 4, 2, 0, 1] },
        { "fliplr", [six], [2, 3], [2, 1, 0, 5, 4, 3] },
        { "squeeze", [six.Reshape([1, 2, 1, 3])], [2, 3], [0, 1, 2, 3, 4, 5] },
        { "squeeze", [six.Reshape([1, 2, 1, 3]), L(0L, 1L)], [2, 1, 3], [0, 1, 2, 3, 4, 5] },
        { "movedim", [six, 0L, 1L], [3, 2], [0, 3, 1, 4, 2, 5] },
        { "movedim", [six, L(0L), L(-1L)], [3, 2], [0, 3, 1, 4, 2, 5] },
        { "t", [six], [3, 2], [0, 3, 1, 4, 2, 5] },
        { "swapaxes", [six, 0L, 1L], [3, 2], [0, 3, 1, 4, 2, 5] },
        { "unflatten", [six, 1L, L(3L, 1L)], [2, 3, 1], [0, 1, 2, 3, 4, 5] },
        { "expand", [I(1, 2), 2L, 2L], [2, 2], [1, 2, 1, 2] },
        { "gather", [six, 1L, Tensor.From<long>([2, 0], [2, 1])], [2, 1], [2, 3] },
        { "take_along_dim", [six, Tensor.From<long>([2, 0], [1, 2]), 1L], [2, 2], [2, 0, 5, 3] },
        { "index_put", [six, L(I(1, 0), I(2, 0)), I(9, 8)], [2, 3], [8, 1, 2, 3, 4, 9] },
        { "index_put", [six, L(Tensor.From([true, false])), I(9), true], [2, 3], [9, 10, 11, 3, 4, 5] },
        { "index_copy", [six, 1L, I(2, 0), Tensor.From<long>([6, 7, 8, 9], [2, 2])], [2, 3], [7, 1, 6, 9, 4, 8] },
        { "index_fill", [six, 0L, I(1), 7L], [2, 3], [0, 1, 2, 7, 7, 7] },
        { "index_add", [six, 1L, I(0, 0), Tensor.Ones([2, 2], DType.Int64)], [2, 3], [2, 1, 2, 5, 4, 5] },
        { "masked_scatter", [six, Tensor.From([true, false, true]), I(9, 8, 7, 6)], [2, 3], [9, 1, 8, 7, 4, 6] },
        { "argwhere", [I(0, 3, 0, 4)], [2, 1], [1, 3] },
        { "nonzero_static", [I(0, 3)], [2, 1], [1, -1] },
        { "take", [six, I(-1, 1)], [2], [5, 1] },
        { "column_stack", [L(I(1, 2), I(3, 4))], [2, 2], [1, 3, 2, 4] },
        { "concat", [L(I(1, 2), I(3)), 0L], [3], [1, 2, 3] },
        { "cartesian_prod", [I(1, 2), I(3, 4)], [4, 2], [1, 3, 1, 4, 2, 3, 2, 4] },
        { "combinations", [I(1, 2, 3)], [3, 2], [1, 2, 1, 3, 2, 3] },
        { "constant_pad_nd", [I(1, 2), L(1L, -1L), 5L], [2], [5, 1] },
        { "arange", [5L], [5], [0, 1, 2, 3, 4] },
        { "arange", [5L, 0L, -2L], [3], [5, 3, 1] },
        { "as_strided", [six, L(2L, 2L), L(1L, 2L), 1L], [2, 2], [1, 3, 2, 4] },
        { "unravel_index", [I(4), L(2L, 3L)], [1], [1] },
        { "new_zeros", [six, 2L], [2], [0, 0] },
        { "fill", [six, 3L], [2, 3], [3, 3, 3, 3, 3, 3] },
        { "scatter", [six, 1L, Tensor.From<long>([1], [1, 1]), 9L], [2, 3], [0, 9, 2, 3, 4, 5] },
        { "nn.functional.channel_shuffle", [Tensor.Arange(4).Reshape([1, 4, 1]), 2L], [1, 4, 1], [0, 2, 1, 3] },
        { "nn.functional.pixel_shuffle", [Tensor.Arange(4).Reshape([4, 1, 1]), 2L], [1, 2, 2], [0, 1, 2, 3] },
        { "nn.functional.pad", [I(1, 2, 3).Reshape([1, 3]), L(2L, 1L), "reflect"], [1, 6], [3, 2, 1, 2, 3, 2] },
        { "to", [six, DType.Float64, true, true], [2, 3], [0, 1, 2, 3, 4, 5] },
        { "to", [six, "cpu", DType.Int32, false, true], [2, 3], [0, 1, 2, 3, 4, 5] },
        { "to", [six, Tensor.Zeros([1])], [2, 3], [0, 1, 2, 3, 4, 5] },
        { "kron", [I(1, 2), six], [2, 6], [0, 1, 2, 0, 2, 4, 3, 4, 5, 6, 8, 10] },
        { "atleast_3d", [six], [2, 3, 1], [0, 1, 2, 3, 4, 5] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives(string op, object?[] args, long[] shape, long[] values)
    {
        var named = op == "nonzero_static" ? new Dictionary<string, object?> { ["size"] = 2L } : null;
        var result = Registry.Call(op, args, named);
        var y = result as Tensor ?? ((Tensor[])result)[0];
        Assert.Equal(new Shape(shape), y.Shape);
        Assert.Equal(values, y.ToArray<long>());
    }

    [Fact]
    public void Embedding_bags()
    {
        var weight = Tensor.Arange(8, DType.Float32).Reshape([4, 2]).WithGrad();
        var index = I(0, 2, 2, 3);
        Tensor Bag(string mode, long? padding = null) => Functional.EmbeddingBag(index, weight, I(0, 3, 3), mode: mode, paddingIdx: padding);
        Assert.Equal([8f, 11f, 0f, 0f, 6f, 7f], Bag("sum").ToArray<float>());
        Assert.Equal([4f, 5f, 0f, 0f, 6f, 7f], Bag("max").ToArray<float>());
        Assert.Equal([0f, 1f, 0f, 0f, 6f, 7f], Bag("mean", padding: 2).ToArray<float>());
        Bag("sum").Sum().Backward();
        Assert.Equal([1f, 1f, 0f, 0f, 2f, 2f, 1f, 1f], weight.Grad!.ToArray<float>());
    }

    [Fact]
    public void Fold_undoes_unfold_where_blocks_dont_overlap()
    {
        var x = Tensor.Arange(24, DType.Float32).Reshape([1, 1, 4, 6]);
        Assert.Equal(x.ToArray<float>(), x.Unfold([2, 3], stride: [2, 3]).Fold([4, 6], [2, 3], stride: [2, 3]).ToArray<float>());
    }

    [Fact]
    public void In_place_forms_write_the_tensor()
    {
        var x = Tensor.Zeros([2, 3]);
        x.MaskedFill_(Tensor.From([true, false, true]), 2);
        x.IndexAdd_(1, I(1, 1), Tensor.Ones([2, 2]));
        x.Scatter_(0, Tensor.From<long>([1], [1, 1]), -1);
        x.Transpose_(0, 1);
        Assert.Equal([2f, -1f, 2f, 2f, 2f, 2f], x.ToArray<float>());
        Assert.Equal(new Shape([3, 2]), x.Shape);
        Assert.Equal(new Shape([1, 3, 2]), x.Unsqueeze_(0).Shape);
    }

    [Fact]
    public void In_place_shape_changes_keep_the_history()
    {
        var x = Tensor.Ones([1, 2]).WithGrad();
        var y = x * 3;
        y.Squeeze_();
        (y * Tensor.From([1f, 2f])).Sum().Backward();
        Assert.Equal([3f, 6f], x.Grad!.ToArray<float>());
    }
}
