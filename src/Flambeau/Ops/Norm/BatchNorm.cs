using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Each channel (axis 1) brought to mean 0 and variance 1 over all other axes, then scaled and shifted; with it the means, reciprocal deviations and (biased) variances.
/// Ioffe and Szegedy, "Batch Normalization", arXiv:1502.03167.
/// </summary>
[Op("_batch_norm_train(Tensor input, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor, Tensor)")]
public readonly partial record struct BatchNormTrain(double Eps)
{
    internal (Tensor, Tensor, Tensor, Tensor) Forward(Tensor input, Tensor? weight, Tensor? bias) => ChannelNormRunner.Forward(input, weight, bias, Eps);

    internal (Tensor?, Tensor?, Tensor?) Vjp(Tensor input, Tensor? weight, Tensor? bias, Tensor y1, Tensor y2, Tensor? dy0, Tensor? dy1, Tensor? dy2, Tensor? dy3, Needs needs)
    {
        bool w = weight is not null && needs[1], b = bias is not null && needs[2];
        if (dy0 is not null && dy1 is null && dy2 is null && dy3 is null && !Autograd.Grad.Enabled)
            return dy0.BatchNormBackward(input, weight, y1, y2, w, b).Nulls(needs[0], w, b);
        var eps = Eps;
        var r = Recompute.Vjp(xs => ChannelNormRunner.Composite(xs[0]!, xs[1], xs[2], eps), [input, weight, bias], [dy0, dy1, dy2, dy3]);
        return (r[0], r[1], r[2]);
    }
}

/// <summary>Gradients of <see cref="BatchNormTrain"/> in two passes; those of weight and bias come empty if not asked for.</summary>
[Op("_batch_norm_backward(Tensor grad_output, Tensor input, Tensor? weight, Tensor mean, Tensor invstd, bool needs_weight, bool needs_bias) -> (Tensor, Tensor, Tensor)")]
public readonly partial record struct BatchNormBackward(bool NeedsWeight, bool NeedsBias)
{
    internal (Tensor, Tensor, Tensor) Forward(Tensor gradOutput, Tensor input, Tensor? weight, Tensor mean, Tensor invstd) =>
        ChannelNormRunner.Backward(gradOutput, input, weight, mean, invstd, NeedsWeight, NeedsBias);
}

/// <summary><c>input · scale[c] + shift[c]</c> with one number a channel (axis 1).</summary>
[Op("_channel_affine(Tensor input, Tensor scale, Tensor? shift) -> Tensor")]
public readonly partial record struct ChannelAffine
{
    internal Tensor Forward(Tensor input, Tensor scale, Tensor? shift) => ChannelNormRunner.Affine(input, scale, shift);

    internal Tensor VjpInput(Tensor scale, Tensor dy) => dy.ChannelAffine(scale, null);

    internal Tensor VjpScale(Tensor input, Tensor dy) => ConvGeometry.SumPerChannel(dy * input);

    internal Tensor VjpShift(Tensor dy) => ConvGeometry.SumPerChannel(dy);
}
