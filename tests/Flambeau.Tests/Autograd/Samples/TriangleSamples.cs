namespace Flambeau.Tests.Autograd.Samples;

internal sealed class TriangleSamples : IOpSamples
{
    public IEnumerable<OpSample> Samples =>
    [
        new("diagonal", Draw.Real([2, 3, 4]), 1L, 2L, 0L),
        new("diagonal_backward", Draw.Real([2, 3]), new object?[] { 3L, 2L, 4L }, -1L, 2L, 0L),
        new("tril", Draw.Real([2, 3, 4]), 1L),
        new("triu", Draw.Complex([3, 3]), -1L),
    ];
}
