using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Each row over the last axes brought to mean 0 and variance 1, then scaled and shifted elementwise; with it the means and the reciprocal deviations.
/// Ba, Kiros and Hinton, "Layer Normalization", arXiv:1607.06450.
/// </summary>
[Op("native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)")]
public readonly partial record struct NativeLayerNorm(long[] NormalizedShape, double Eps)
{
    internal (Tensor, Tensor, Tensor) Forward(Tensor input, Tensor? weight, Tensor? bias)
    {
        RowNormRunner.Check("layer_norm", input, NormalizedShape, weight, bias);
        var (y, mean, rstd) = RowNormRunner.Forward(input, NormalizedShape.Length, weight, bias, Eps, centered: true);
        return (y, mean!, rstd);
    }

    internal (Tensor?, Tensor?, Tensor?) Vjp(Tensor input, Tensor? weight, Tensor? bias, Tensor y1, Tensor y2, Tensor? dy0, Tensor? dy1, Tensor? dy2, Needs needs)
    {
        if (dy0 is not null && dy1 is null && dy2 is null && !Autograd.Grad.Enabled)
            return dy0.LayerNormBackward(input, weight, y1, y2, NormalizedShape.Length, needs[0], weight is not null && needs[1], bias is not null && needs[2]).Nulls(needs[0], weight is not null && needs[1], bias is not null && needs[2]);
        var (axes, eps) = (NormalizedShape.Length, Eps);
        var r = Recompute.Vjp(xs => RowNormRunner.Composite(xs[0]!, axes, xs[1], xs[2], eps, centered: true), [input, weight, bias], [dy0, dy1, dy2]);
        return (r[0], r[1], r[2]);
    }
}

/// <summary>Gradients of <see cref="NativeLayerNorm"/> in one pass; those not asked for come empty. Differentiated again, the gradient is taken through elementary ops instead.</summary>
[Op("_layer_norm_backward(Tensor grad_output, Tensor input, Tensor? weight, Tensor mean, Tensor rstd, int axes, bool needs_input, bool needs_weight, bool needs_bias) -> (Tensor, Tensor, Tensor)")]
public readonly partial record struct LayerNormBackward(long Axes, bool NeedsInput, bool NeedsWeight, bool NeedsBias)
{
    internal (Tensor, Tensor, Tensor) Forward(Tensor gradOutput, Tensor input, Tensor? weight, Tensor mean, Tensor rstd) =>
        RowNormRunner.Backward(gradOutput, input, (int)Axes, weight, mean, rstd, NeedsInput, NeedsWeight, NeedsBias);
}

/// <summary>
/// Each row over the last axes divided by its root mean square, then scaled elementwise; with it the reciprocal root mean squares.
/// Zhang and Sennrich, "Root Mean Square Layer Normalization", arXiv:1910.07467.
/// </summary>
[Op("_fused_rms_norm(Tensor input, int[] normalized_shape, Tensor? weight, float? eps) -> (Tensor, Tensor)")]
public readonly partial record struct FusedRmsNorm(long[] NormalizedShape, double? Eps)
{
    double Epsilon(DType dtype) => Eps ?? RowNormRunner.MachineEpsilon(dtype);

    internal (Tensor, Tensor) Forward(Tensor input, Tensor? weight)
    {
        RowNormRunner.Check("rms_norm", input, NormalizedShape, weight, null);
        var (y, _, rstd) = RowNormRunner.Forward(input, NormalizedShape.Length, weight, null, Epsilon(input.DType), centered: false);
        return (y, rstd);
    }

    internal (Tensor?, Tensor?) Vjp(Tensor input, Tensor? weight, Tensor y1, Tensor? dy0, Tensor? dy1, Needs needs)
    {
        if (dy0 is not null && dy1 is null && !Autograd.Grad.Enabled)
        {
            var w = weight is not null && needs[1];
            var g = dy0.RmsNormBackward(input, weight, y1, NormalizedShape.Length, needs[0], w);
            return (needs[0] ? g.Item1 : null, w ? g.Item2 : null);
        }
        var (axes, eps) = (NormalizedShape.Length, Epsilon(input.DType));
        var r = Recompute.Vjp(xs => RowNormRunner.Composite(xs[0]!, axes, xs[1], null, eps, centered: false), [input, weight], [dy0, dy1]);
        return (r[0], r[1]);
    }
}

/// <summary>Gradients of <see cref="FusedRmsNorm"/> in one pass; those not asked for come empty.</summary>
[Op("_rms_norm_backward(Tensor grad_output, Tensor input, Tensor? weight, Tensor rstd, int axes, bool needs_input, bool needs_weight) -> (Tensor, Tensor)")]
public readonly partial record struct RmsNormBackward(long Axes, bool NeedsInput, bool NeedsWeight)
{
    internal (Tensor, Tensor) Forward(Tensor gradOutput, Tensor input, Tensor? weight, Tensor rstd)
    {
        var (dx, dw, _) = RowNormRunner.Backward(gradOutput, input, (int)Axes, weight, null, rstd, NeedsInput, NeedsWeight, false);
        return (dx, dw);
    }
}

internal static class NeededOnly
{
    internal static (Tensor?, Tensor?, Tensor?) Nulls(this (Tensor, Tensor, Tensor) g, bool a, bool b, bool c) => (a ? g.Item1 : null, b ? g.Item2 : null, c ? g.Item3 : null);
}
