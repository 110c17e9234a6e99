using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// Connectionist temporal classification: minus the log-likelihood of label sequences <paramref name="targets"/> (<c>[N, S]</c>, or all joined) given <c>[T, N, C]</c> (or <c>[T, C]</c>)
    /// log-probabilities. The mean divides each loss by its target's length first. As in PyTorch the log-probabilities are taken to come from a log-softmax, and the gradient is the one that is right
    /// together with it; as there, it has no second derivative. Graves et al., ICML 2006.
    /// </summary>
    /// <param name="logProbs">Normalised log-probabilities.</param>
    /// <param name="targets">Class numbers other than <paramref name="blank"/>.</param>
    /// <param name="inputLengths">Time steps of each sequence.</param>
    /// <param name="targetLengths">Labels of each sequence.</param>
    /// <param name="blank">Class of the blank.</param>
    /// <param name="reduction">none, mean or sum.</param>
    /// <param name="zeroInfinity">Sequences too short for their labels give 0, not infinity.</param>
    /// <exception cref="ArgumentException">Shapes or lengths don't fit.</exception>
    [Op("nn.functional.ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, str reduction='mean', bool zero_infinity=False) -> Tensor")]
    public static Tensor CtcLoss(this Tensor logProbs, Tensor targets, long[] inputLengths, long[] targetLengths, long blank = 0, string reduction = "mean", bool zeroInfinity = false)
    {
        if (logProbs.Rank == 2)
        {
            var y = CtcLoss(logProbs.Unsqueeze(1), targets.Rank == 1 ? targets.Unsqueeze(0) : targets, inputLengths, targetLengths, blank, reduction, zeroInfinity);
            return reduction == "none" ? y.Reshape([]) : y;
        }
        Check(logProbs, targets, inputLengths, targetLengths, blank);
        var loss = logProbs.CtcNll(targets, inputLengths, targetLengths, blank, zeroInfinity);
        if (reduction != "mean") return LossRules.Reduce(loss, reduction, "ctc_loss");
        using var here = Tensor.Beside(loss);
        return (loss / Tensor.From(Array.ConvertAll(targetLengths, static n => Math.Max(1, n))).To(loss.DType)).Mean();
    }

    /// <inheritdoc cref="CtcLoss(Tensor, Tensor, long[], long[], long, string, bool)"/>
    /// <param name="logProbs">Normalised log-probabilities.</param>
    /// <param name="targets">Class numbers other than <paramref name="blank"/>.</param>
    /// <param name="inputLengths">Time steps of each sequence: integers <c>[N]</c>, or one without axes.</param>
    /// <param name="targetLengths">Labels of each sequence, likewise.</param>
    /// <param name="blank">Class of the blank.</param>
    /// <param name="reduction">none, mean or sum.</param>
    /// <param name="zeroInfinity">Sequences too short for their labels give 0, not infinity.</param>
    [Op("nn.functional.ctc_loss(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, str reduction='mean', bool zero_infinity=False) -> Tensor")]
    public static Tensor CtcLoss(this Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths, long blank = 0, string reduction = "mean", bool zeroInfinity = false) =>
        CtcLoss(logProbs, targets, Lengths(inputLengths, "input_lengths"), Lengths(targetLengths, "target_lengths"), blank, reduction, zeroInfinity);

    static long[] Lengths(Tensor lengths, string name) => lengths.Rank <= 1 && lengths.DType.IsIntegral() && lengths.DType != DType.Bool
        ? lengths.To(DType.Int64).ToArray<long>()
        : throw new ArgumentException($"ctc_loss: {name} is {lengths.DType.Name()} of shape {lengths.Shape}; expected integers, one for each sequence; lengths.To(DType.Int64) makes them");

    static void Check(Tensor logProbs, Tensor targets, long[] inputLengths, long[] targetLengths, long blank)
    {
        if (logProbs.Rank != 3 || !logProbs.DType.IsFloat() || targets.Rank is not (1 or 2))
            throw new ArgumentException($"ctc_loss: log_probs is {logProbs.DType.Name()} of shape {logProbs.Shape}, targets have shape {targets.Shape}; expected floating-point [T, N, C] and [N, S] or [sum of lengths]");
        var n = logProbs.Size(1);
        if (inputLengths.Length != n || targetLengths.Length != n) throw new ArgumentException($"ctc_loss: {inputLengths.Length} input lengths and {targetLengths.Length} target lengths were given for {n} sequences");
        if (inputLengths.Any(t => t < 0 || t > logProbs.Size(0))) throw new ArgumentException($"ctc_loss: an input length is outside 0 to {logProbs.Size(0)}");
        if (targetLengths.Any(static t => t < 0) || (targets.Rank == 2 ? targets.Size(0) != n || targetLengths.Any(t => t > targets.Size(1)) : targetLengths.Sum() > targets.Numel))
            throw new ArgumentException($"ctc_loss: the target lengths don't fit targets of shape {targets.Shape}");
        if (blank < 0 || blank >= logProbs.Size(2)) throw new ArgumentException($"ctc_loss: blank is {blank}; expected a class of {logProbs.Size(2)}");
        var labels = Ops.CtcNll.Labels(targets);
        var op = new CtcNll(inputLengths, targetLengths, blank, false);
        for (long i = 0; i < n; i++)
        {
            foreach (var c in op.Of(labels, targets, i))
            {
                if (c < 0 || c >= logProbs.Size(2)) throw new ArgumentException($"ctc_loss: target {c} of sequence {i} is no class of {logProbs.Size(2)}");
            }
        }
    }
}
