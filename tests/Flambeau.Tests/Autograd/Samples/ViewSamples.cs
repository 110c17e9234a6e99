namespace Flambeau.Tests.Autograd.Samples;

internal sealed class ViewSamples : IOpSamples
{
    public IEnumerable<OpSample> Samples =>
    [
        // The gradient of the tensor itself is PyTorch's, which isn't the derivative: only the source's is tested.
        new("as_strided_scatter", Draw.Real([3, 4]), Draw.Real([2, 2], seed: 2), new object?[] { 2L, 2L }, new object?[] { 4L, 2L }, 1L) { Fixed = [0] },
        new("_strided_move", Draw.Real([3, 4]), new object?[] { 3L, 4L }, new object?[] { 4L, 1L }, 1L, new object?[] { 2L, 3L }, new object?[] { 5L, 2L }, 2L),
        new("_strided_move", Draw.Real([3, 2]), new object?[] { 3L, 2L }, new object?[] { 1L, 1L }, 0L, new object?[] { 4L }, new object?[] { 1L }, 0L),
        new("_strided_write", Draw.Real([3, 4]), Draw.Real([2, 2], seed: 2), new object?[] { 2L, 2L }, new object?[] { 4L, 2L }, 1L),
        new("as_strided", Draw.Real([3, 4]), new object?[] { 3L, 2L }, new object?[] { 2L, 2L }, 1L),
        new("_to_device", Draw.Real([2, 3]), "cpu", "cpu"),
        new("constant_pad_nd", Draw.Real([2, 3]), new object?[] { 1L, -1L, 0L, 2L }, 0.5),
        new("flip", Draw.Real([2, 3]), new object?[] { 1L }),
        new("fill", Draw.Real([2, 3]), Draw.Real([], seed: 2)),
        new("im2col", Draw.Real([1, 2, 4, 5]), new object?[] { 2L, 3L }, new object?[] { 1L, 1L }, new object?[] { 1L, 0L }, new object?[] { 2L, 1L }),
        new("col2im", Draw.Real([1, 8, 6]), new object?[] { 3L, 4L }, new object?[] { 2L, 2L }, new object?[] { 1L }, new object?[] { 0L }, new object?[] { 1L }),
    ];
}
