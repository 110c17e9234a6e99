namespace Flambeau.Tests.Autograd;

/// <summary>Convolutions, pools, normalisations, resampling and linear maps.</summary>
public sealed class NnSamples : IOpSamples
{
    static readonly long[] one = [1], two = [2];

    /// <inheritdoc/>
    public IEnumerable<OpSample> Samples => [.. Convolutions, .. Pools, .. Norms, .. Others];

    static IEnumerable<OpSample> Convolutions =>
    [
        new("_conv", Draw.Real([2, 4, 5], -1, 1), Draw.Real([2, 2, 3], -1, 1, 2), Draw.Real([2], seed: 3), two, one, one, 2L, new long[] { 3 }),
        new("_conv", Draw.Real([1, 2, 4, 3], -1, 1), Draw.Real([2, 2, 2, 2], -1, 1, 2), null, new long[] { 1, 2 }, new long[] { 1, 0 }, new long[] { 2, 1 }, 1L, new long[] { 4, 1 }),
        new("_conv_input", Draw.Real([1, 2, 3, 2], -1, 1), Draw.Real([2, 1, 2, 2], -1, 1, 2), Draw.Real([1], seed: 3), new long[] { 2, 1 }, new long[] { 0, 1 }, new long[] { 1, 2 }, 1L, new long[] { 7, 2 }),
        new("_conv_input", Draw.Real([1, 4, 3], -1, 1), Draw.Real([4, 1, 2], -1, 1, 2), null, two, one, one, 2L, new long[] { 4 }),
        new("_conv_weight", Draw.Real([2, 2, 5], -1, 1), Draw.Real([2, 4, 3], -1, 1, 2), two, one, one, 2L, new long[] { 3 }),
    ];

    static IEnumerable<OpSample> Pools
    {
        get
        {
            var image = Draw.Real([1, 2, 4, 5], -1, 1);
            long[] k = [2, 3], s = [2, 1], p = [1, 1], d = [1, 1], small = [2, 3], full = [4, 5];
            var at = Draw.Int([1, 2, 2, 3], 20);
            return
            [
                new("_max_pool", image, k, s, p, new long[] { 1, 2 }, true),
                new("_max_pool_values", image, k, s, p, new long[] { 1, 2 }, true),
                new("_adaptive_max_pool", image, small),
                new("_fractional_max_pool", image, Draw.Real([1, 2, 2], 0.1, 0.9), new long[] { 2, 2 }, small) { Fixed = [1] },
                new("_plane_scatter", Draw.Real([1, 2, 2, 3]), at, full, true),
                new("_max_pool_adjoint", Draw.Real([1, 2, 2, 3]), at, full, k, s, p, d, false),
                new("_plane_gather", image, at, 2L),
                new("max_pool2d_with_indices_backward", Draw.Real([1, 2, 2, 3]), image, k, s, p, d, false, at),
                new("_avg_pool", image, k, s, p, true, false, null),
                new("_avg_pool", image, k, s, p, false, true, 5L),
                new("_avg_pool_adjoint", Draw.Real([1, 2, 3, 5]), full, k, s, p, true, false, null),
                new("_adaptive_avg_pool", image, small),
                new("_adaptive_avg_pool_adjoint", Draw.Real([1, 2, 2, 3]), full),
            ];
        }
    }

    static IEnumerable<OpSample> Norms
    {
        get
        {
            Tensor w = Draw.Real([3], seed: 2), b = Draw.Real([3], -1, 1, 3);
            return
            [
                new("native_layer_norm", Draw.Real([2, 2, 3], -1, 1), new long[] { 2, 3 }, Draw.Real([2, 3], seed: 2), Draw.Real([2, 3], seed: 3), 1e-3),
                new("native_layer_norm", Draw.Real([4, 3], -1, 1), new long[] { 3 }, null, null, 1e-3),
                new("_fused_rms_norm", Draw.Real([4, 3], -1, 1), new long[] { 3 }, w, 1e-3),
                new("_fused_rms_norm", Draw.Real([4, 3], -1, 1), new long[] { 3 }, null, null),
                new("_batch_norm_train", Draw.Real([2, 3, 2], -1, 1), w, b, 1e-3),
                new("_batch_norm_train", Draw.Real([1, 3, 4], -1, 1), null, b, 1e-3),
                new("_batch_norm_train", Draw.Real([4, 3], -1, 1), w, null, 1e-3),
                new("_channel_affine", Draw.Real([2, 3, 2], -1, 1), w, b),
                new("_channel_affine", Draw.Real([2, 3], -1, 1), w, null),
            ];
        }
    }

    static IEnumerable<OpSample> Others =>
    [
        new("nn.functional.linear", Draw.Real([2, 2, 3], -1, 1), Draw.Real([4, 3], -1, 1, 2), Draw.Real([4], seed: 3)),
        new("nn.functional.linear", Draw.Real([3], -1, 1), Draw.Real([4, 3], -1, 1, 2), null),
        new("nn.functional.linear", Draw.Real([2, 3], -1, 1), Draw.Real([3], -1, 1, 2), null),
        new("_nll_pick", Draw.Real([2, 3, 2], -1, 1), Draw.Int([2, 2], 3), Draw.Real([3]), 1L) { Fixed = [2] },
        new("_cross_entropy_rows", Draw.Real([3, 4], -1, 1), Draw.Int([3], 4), 1L),
        new("_nll_spread", Draw.Real([2, 2], -1, 1), Draw.Int([2, 2], 3), Draw.Real([3]), new long[] { 2, 3, 2 }, 1L) { Fixed = [2] },
        new("_ctc_nll", Draw.Real([5, 2, 4], -3, -0.5), Tensor.From<long>([1, 2, 3, 3], [2, 2]), new long[] { 5, 4 }, new long[] { 2, 2 }, 0L, false)
        {
            Before = static x => [x[0].LogSoftmax(-1)],
            NoSecond = "the gradient is a recursion of its own, which has no derivative, as in PyTorch",
        },
        new("_ctc_nll", Draw.Real([3, 2, 3], -3, -0.5), Tensor.From<long>([1, 2, 2, 2]), new long[] { 3, 2 }, new long[] { 2, 2 }, 0L, true)
        {
            Before = static x => [x[0].LogSoftmax(-1)],
            NoSecond = "as above; the second sequence is too short for its labels",
        },
        new("_resample", Draw.Real([2, 4, 3]), 1L, 7L, "linear", false, 1.7, false),
        new("_resample", Draw.Real([2, 5]), 1L, 2L, "cubic", false, null, true),
        new("_resample", Draw.Real([2, 5]), 1L, 7L, "nearest-exact", false, null, false),
        new("_resample_adjoint", Draw.Real([2, 7]), 1L, 4L, "cubic", true, null, false),
    ];
}
