namespace Flambeau.Tests.Autograd.Samples;

/// <summary>Distinct values everywhere that an order decides, so that a small step never changes who wins.</summary>
internal sealed class ReduceSamples : IOpSamples
{
    static readonly object?[] last = [1L];
    static readonly object?[] none = [];

    static Tensor X(int seed = 1) => Draw.Real([2, 3], -1.1, 1.4, seed);

    static Tensor WithZeros => Tensor.From([0.5, 0.0, -1.2, 0.0, 0.7, 1.1], [2, 3]);

    public IEnumerable<OpSample> Samples =>
    [
        new("mean", X(), last, true),
        new("nansum", X(), last),
        new("prod", X()),
        new("prod", WithZeros, 1L) { NoSecond = "the quadratic form for zeros is checked by the cumulative product's own sample" },
        new("prod", X(), 0L, true),
        new("amax", X(), last),
        new("amin", X(), none, true),
        new("max", X(), 1L),
        new("min", X(), 0L, true),
        new("var", X(), last),
        new("var", Draw.Complex([2, 3]), last),
        new("std", X(), last) { Named = new() { ["correction"] = 0.5 } },
        new("_gather_along", X(), 1L, Draw.Int([2, 4], 3)),
        new("_scatter_along", X(), 1L, Draw.Int([2, 3], 4), 4L),
        new("linalg.vector_norm", X(), 2L, last),
        new("linalg.vector_norm", X(), 3.0, last),
        new("linalg.vector_norm", X(), 1.5),
        new("linalg.vector_norm", X(), 0.5, last),
        new("linalg.vector_norm", X(), -1.0, last),
        new("linalg.vector_norm", X(), 1L, last),
        new("linalg.vector_norm", X(), double.PositiveInfinity, last),
        new("linalg.vector_norm", Draw.Complex([2, 3]), 2L, last),
        new("logsumexp", X(), last),
        new("_cdist_forward", X(), Draw.Real([4, 3], -1.0, 1.7, 5), 2.0),
        new("_cdist_forward", X(), Draw.Real([4, 3], -1.0, 1.7, 5), 3.0),
        new("_cdist_forward", X(), Draw.Real([4, 3], -1.0, 1.7, 5), 1.0),
        new("_cumsum", X(), 1L),
        new("_cumsum", X(), 0L, true),
        new("_cumprod", X(), 1L),
        new("_cumprod", X(), 1L, true),
        new("_cumprod", WithZeros, 1L),
        new("_cumprod", WithZeros, 1L, true),
        new("_logcumsumexp", X(), 1L),
        new("_logcumsumexp", X(), 1L, true),
        new("cummax", X(), 1L),
        new("cummin", X(), 0L),
        new("softmax", X(), 1L),
        new("softmax", X(), 0L),
        new("log_softmax", X(), 1L),
        new("log_softmax", X(), 0L),
        new("_safe_softmax", X(), 1L),
        new("torch.ops.aten._safe_softmax.default", X(), 1L),
        new("_softmax_backward_data", X(), Draw.Real([2, 3], 0.1, 0.8), 1L),
        new("_log_softmax_backward_data", X(), Draw.Real([2, 3], -2, -0.1), 1L),
        new("sort", X(), 1L, true),
        new("topk", X(), 2L),
        new("kthvalue", X(), 2L),
        new("median", X(), 1L),
        new("median", X()),
        new("nanmedian", X(), 1L),
        new("nanmedian", X()),
        new("mode", X(), 1L),
    ];
}
