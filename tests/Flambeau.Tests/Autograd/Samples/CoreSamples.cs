namespace Flambeau.Tests.Autograd.Samples;

internal sealed class CoreSamples : IOpSamples
{
    static readonly object?[] positions = [null, Draw.Int([4], 3)];

    public IEnumerable<OpSample> Samples =>
    [
        new("_to_dtype", Draw.Real([2, 3]), DType.Float64),
        new("mm", Draw.Real([2, 3]), Draw.Real([3, 4], seed: 2)),
        new("bmm", Draw.Real([2, 2, 3]), Draw.Real([2, 3, 2], seed: 2)),
        new("expand", Draw.Real([2, 1]), new object?[] { 2L, 2L, 3L }),
        new("index", Draw.Real([2, 3]), positions),
        new("index_put", Draw.Real([2, 3]), new object?[] { null, Tensor.From<long>([2, 0]) }, Draw.Real([2, 2], seed: 2)),
        new("index_put", Draw.Real([2, 3]), positions, Draw.Real([2, 4], seed: 2), true),
        new("permute", Draw.Real([2, 3]), new object?[] { 1L, 0L }),
        new("reshape", Draw.Real([2, 3]), new object?[] { 3L, -1L }),
        new("slice_backward", Draw.Real([2, 1]), new object?[] { 2L, 3L }, 1L, 0L, 2L, 2L),
        new("view_as_complex", Draw.Real([3, 2])),
        new("view_as_real", Draw.Complex([2, 3])),
    ];
}
