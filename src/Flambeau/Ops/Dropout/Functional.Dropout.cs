using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// While training, sets each element to 0 with probability p and scales the others by 1 / (1 − p); else the input as it is. One pass forward, one backward.
    /// </summary>
    /// <exception cref="ArgumentException">p lies outside [0, 1].</exception>
    [Op("nn.functional.dropout(Tensor input, float p=0.5, bool training=True, bool inplace=False) -> Tensor")]
    public static Tensor Dropout(this Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
        Passes("dropout", input, p, training) ? input : Done(input, p == 1 ? Nothing(input) : input.NativeDropout(p, true).Output, inplace);

    /// <summary>As <see cref="Dropout"/>, a channel at a time: <c>[n, c, l]</c>, or <c>[c, l]</c> for one sample.</summary>
    /// <exception cref="ArgumentException">p lies outside [0, 1], or the shape is another.</exception>
    [Op("nn.functional.dropout1d(Tensor input, float p=0.5, bool training=True, bool inplace=False) -> Tensor")]
    public static Tensor Dropout1d(this Tensor input, double p = 0.5, bool training = true, bool inplace = false)
    {
        if (input.Rank is not (2 or 3)) throw new ArgumentException($"dropout1d: the input has shape {input.Shape}; expected [n, c, l] or [c, l]");
        return Features("dropout1d", input, p, training, inplace, batched: input.Rank == 3);
    }

    /// <summary>As <see cref="Dropout"/>, a channel at a time: <c>[n, c, h, w]</c>. Three axes are taken for <c>[n, c, l]</c>, as in PyTorch.</summary>
    /// <exception cref="ArgumentException">p lies outside [0, 1], or there are fewer than two axes.</exception>
    [Op("nn.functional.dropout2d(Tensor input, float p=0.5, bool training=True, bool inplace=False) -> Tensor")]
    public static Tensor Dropout2d(this Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
        Features("dropout2d", input, p, training, inplace, batched: true);

    /// <summary>As <see cref="Dropout"/>, a channel at a time: <c>[n, c, d, h, w]</c>, or <c>[c, d, h, w]</c> for one sample.</summary>
    /// <exception cref="ArgumentException">p lies outside [0, 1], or there are fewer than two axes.</exception>
    [Op("nn.functional.dropout3d(Tensor input, float p=0.5, bool training=True, bool inplace=False) -> Tensor")]
    public static Tensor Dropout3d(this Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
        Features("dropout3d", input, p, training, inplace, batched: input.Rank != 4);

    /// <summary>
    /// Dropout for selu networks: sets elements to selu's lower limit, then shifts and scales, which keeps mean and variance
    /// (Klambauer et al., "Self-normalizing neural networks", 2017).
    /// </summary>
    /// <exception cref="ArgumentException">p lies outside [0, 1].</exception>
    [Op("nn.functional.alpha_dropout(Tensor input, float p=0.5, bool training=False, bool inplace=False) -> Tensor")]
    public static Tensor AlphaDropout(this Tensor input, double p = 0.5, bool training = false, bool inplace = false) =>
        Alpha("alpha_dropout", input, input.Detach(), p, training, inplace);

    /// <summary>As <see cref="AlphaDropout"/>, a channel at a time.</summary>
    /// <exception cref="ArgumentException">p lies outside [0, 1], or there are fewer than two axes.</exception>
    [Op("nn.functional.feature_alpha_dropout(Tensor input, float p=0.5, bool training=False, bool inplace=False) -> Tensor")]
    public static Tensor FeatureAlphaDropout(this Tensor input, double p = 0.5, bool training = false, bool inplace = false) =>
        training ? Alpha("feature_alpha_dropout", input, Channels("feature_alpha_dropout", input, batched: true), p, training, inplace)
        : Alpha("feature_alpha_dropout", input, input.Detach(), p, training, inplace);

    static bool Passes(string op, Tensor input, double p, bool training)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentException($"{op}: the probability p is {p}; expected a number in [0, 1]");
        return !training || p == 0 || input.Numel == 0;
    }

    static Tensor Nothing(Tensor input) => input * input.NewZeros([]);

    static Tensor Done(Tensor input, Tensor result, bool inplace) => inplace ? input.Copy_(result) : result;

    /// <summary>One element a channel: a tensor that only lends its shape to the noise.</summary>
    static Tensor Channels(string op, Tensor input, bool batched)
    {
        if (input.Rank < 2) throw new ArgumentException($"{op}: the input has shape {input.Shape}; expected at least two axes, batch and channels. Use dropout for single elements");
        var y = input.Detach();
        for (var d = batched ? 2 : 1; d < input.Rank; d++) y = y.Slice(d, 0, 1);
        return y;
    }

    static Tensor Features(string op, Tensor input, double p, bool training, bool inplace, bool batched)
    {
        if (Passes(op, input, p, training)) return input;
        if (p == 1) return Done(input, Nothing(input), inplace);
        return Done(input, input * (Channels(op, input, batched).BernoulliLike(1 - p) * (1 / (1 - p))), inplace);
    }

    static Tensor Alpha(string op, Tensor input, Tensor like, double p, bool training, bool inplace)
    {
        const double limit = 1.7580993408473766; // selu's scale times alpha
        if (Passes(op, input, p, training)) return input;
        if (p == 1) return Done(input, Nothing(input), inplace);
        var a = 1 / Math.Sqrt((limit * limit * p + 1) * (1 - p));
        var keep = like.BernoulliLike(1 - p);
        return Done(input, input * (keep * a) + (keep * (limit * a) + limit * a * (p - 1)), inplace);
    }
}
