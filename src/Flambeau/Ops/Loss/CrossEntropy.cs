using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// Minus the log-probability of each target class, weighted by class: <c>[N, C, …]</c> with classes <c>[N, …]</c>, or <c>[C]</c> with <c>[]</c>. The mean divides by the sum of the weights.
    /// Targets equal to <paramref name="ignoreIndex"/> don't count.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes or dtypes don't fit.</exception>
    [Op("nn.functional.nll_loss(Tensor input, Tensor target, Tensor? weight=None, *, int ignore_index=-100, str reduction='mean') -> Tensor")]
    public static Tensor NllLoss(this Tensor input, Tensor target, Tensor? weight = null, long ignoreIndex = -100, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("nll_loss", ref input, ref target, ref weight);
        var loss = input.NllPick(target, weight, ignoreIndex);
        return reduction == "mean" ? loss.Sum() / target.NllTotal(weight, ignoreIndex, input.DType) : LossRules.Reduce(loss, reduction, "nll_loss");
    }

    /// <summary>
    /// Cross entropy of the softmax of <paramref name="input"/> <c>[N, C, …]</c> (or <c>[C]</c>) and classes <c>[N, …]</c> (or <c>[]</c>), or class probabilities of the input's shape.
    /// <paramref name="labelSmoothing"/> moves that much of the target's weight to all classes evenly.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes or dtypes don't fit.</exception>
    [Op("nn.functional.cross_entropy(Tensor input, Tensor target, Tensor? weight=None, *, int ignore_index=-100, str reduction='mean', float label_smoothing=0.0) -> Tensor")]
    public static Tensor CrossEntropy(this Tensor input, Tensor target, Tensor? weight = null, long ignoreIndex = -100, string reduction = "mean", double labelSmoothing = 0)
    {
        if (labelSmoothing == 0 && weight is null && input.Rank == 2 && input.Size(1) > 0 && input.DType.IsFloat() && !target.DType.IsFloat())
        {
            // Scores of half types are read as they are; the result is of the dtype that the cast or the ops would give
            var (rows, _) = input.CrossEntropyRows(target, ignoreIndex);
            var dtype = Amp.Autocast.IsOn(input.Device.Kind) ? rows.DType : input.DType;
            return (reduction == "mean" ? rows.Sum() / target.NllTotal(null, ignoreIndex, rows.DType) : LossRules.Reduce(rows, reduction, "cross_entropy")).To(dtype);
        }
        using var cast = Amp.Autocast.Whole("cross_entropy", ref input, ref target, ref weight);
        if (input.Rank == 0) throw new ArgumentException("cross_entropy: input is a 0-d tensor; expected [N, C, …] or [C]");
        if (labelSmoothing is < 0 or > 1) throw new ArgumentException($"cross_entropy: label_smoothing is {labelSmoothing}; expected 0 to 1");
        var axis = Math.Min(1, input.Rank - 1);
        var classes = input.Size(axis);
        var log = input.LogSoftmax(axis);
        if (target.DType.IsFloat())
        {
            LossRules.SameShape(input, target, "cross_entropy");
            if (labelSmoothing > 0) target = target * (1 - labelSmoothing) + labelSmoothing / classes;
            var each = -(Weighted(log, weight, axis) * target).Sum([axis]);
            return reduction == "mean" ? each.Sum() / Math.Max(1, input.Numel / classes) : LossRules.Reduce(each, reduction, "cross_entropy");
        }
        var own = NllLoss(log, target, weight, ignoreIndex, reduction);
        if (labelSmoothing == 0) return own;
        var kept = target.Ne(ignoreIndex);
        var smooth = Tensor.Where(kept, -Weighted(log, weight, axis).Sum([axis]), 0);
        smooth = reduction == "mean" ? smooth.Sum() / target.NllTotal(weight, ignoreIndex, input.DType) : LossRules.Reduce(smooth, reduction, "cross_entropy");
        return own * (1 - labelSmoothing) + smooth * (labelSmoothing / classes);
    }

    static Tensor Weighted(Tensor log, Tensor? weight, int axis)
    {
        if (weight is null) return log;
        if (weight.Rank != 1 || weight.Size(0) != log.Size(axis)) throw new ArgumentException($"cross_entropy: weight has shape {weight.Shape}; expected one number for each of {log.Size(axis)} classes");
        var sizes = new long[log.Rank];
        Array.Fill(sizes, 1);
        sizes[axis] = weight.Size(0);
        return log * weight.Reshape(sizes);
    }
}
