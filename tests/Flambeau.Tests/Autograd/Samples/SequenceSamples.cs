namespace Flambeau.Tests.Autograd;

/// <summary>Recurrent layers and attention.</summary>
public sealed class SequenceSamples : IOpSamples
{
    static Tensor R(Shape shape, int seed) => Draw.Real(shape, -0.9, 1, seed);

    /// <inheritdoc/>
    public IEnumerable<OpSample> Samples =>
    [
        new("_lstm_layer", R([3, 2, 12], 1), R([2, 3], 2), R([2, 3], 3), R([12, 3], 4), false, true),
        new("_lstm_layer", R([2, 1, 20], 1), R([1, 5], 2), R([1, 5], 3), R([20, 5], 4), true, true),
        new("_lstm_layer", R([1, 2, 8], 1), R([2, 2], 2), R([2, 2], 3), R([8, 2], 4), false, true),
        new("_lstm_layer", R([2, 2, 8], 1), R([2, 2], 2), R([2, 2], 3), R([8, 2], 4), false, false),
        new("_gru_layer", R([3, 2, 9], 1), R([2, 3], 2), R([9, 3], 3), R([9], 4), false, true),
        new("_gru_layer", R([2, 1, 15], 1), R([1, 5], 2), R([15, 5], 3), null, true, true),
        new("_gru_layer", R([1, 2, 6], 1), R([2, 2], 2), R([6, 2], 3), R([6], 4), false, true),
        new("_gru_layer", R([2, 2, 6], 1), R([2, 2], 2), R([6, 2], 3), R([6], 4), true, false),
        new("_rnn_layer", R([3, 2, 3], 1), R([2, 3], 2), R([3, 3], 3), false, false),
        new("_rnn_layer", R([3, 2, 5], 1), R([2, 5], 2), R([5, 5], 3), true, true),
        new("_rnn_layer", R([1, 2, 3], 1), R([2, 3], 2), R([3, 3], 3), false, true),
        new("_attention", R([1, 2, 3, 2], 1), R([1, 2, 4, 2], 2), R([1, 2, 4, 3], 3), null, false, 0.7, true),
        new("_attention", R([2, 1, 4, 3], 1), R([2, 1, 4, 3], 2), R([2, 1, 4, 2], 3), null, true, 0.7, true),
        new("_attention", R([1, 2, 3, 2], 1), R([1, 2, 4, 2], 2), R([1, 2, 4, 1], 3), R([3, 4], 4).Expand([1, 2, 3, 4]), false, 0.7, true) { Fixed = [3] },
    ];
}
