namespace Flambeau.Tests.Autograd.Samples;

internal sealed class IndexSamples : IOpSamples
{
    static readonly Tensor index = Tensor.From<long>([0, 2, 2, 1, 0, 1], [2, 3]);

    static OpSample Reduce(string how, bool includeSelf) =>
        new("scatter_reduce", Draw.Real([3, 3]), 0L, index, Draw.Real([3, 3], seed: 2), how) { Named = { ["include_self"] = includeSelf } };

    public IEnumerable<OpSample> Samples =>
    [
        new("gather", Draw.Real([3, 4]), 0L, index),
        new("scatter", Draw.Real([3, 4]), 1L, Tensor.From<long>([0, 2, 1, 0], [2, 2]), Draw.Real([2, 2], seed: 2)),
        new("scatter_add", Draw.Real([3, 4]), 0L, index, Draw.Real([3, 3], seed: 2)),
        Reduce("sum", true), Reduce("prod", true), Reduce("mean", true), Reduce("amax", true), Reduce("amin", true),
        Reduce("sum", false), Reduce("prod", false), Reduce("mean", false), Reduce("amax", false), Reduce("amin", false),
        new("masked_fill", Draw.Real([2, 3]), Tensor.From([true, false, true]), Draw.Real([], seed: 2)),
        new("index", Draw.Real([3, 2]), new object?[] { Tensor.From([true, false, true]) }),
        new("embedding", Draw.Real([4, 3]), index),
        new("_unsafe_index", Draw.Real([3, 2]), new object?[] { index }),
        new("_unsafe_index_put", Draw.Real([3, 2]), new object?[] { Tensor.From<long>([2, 0]) }, Draw.Real([2, 2], seed: 2)),
        new("embedding_dense_backward", Draw.Real([2, 3, 2]), index, 4L, 1L, true),
    ];
}
