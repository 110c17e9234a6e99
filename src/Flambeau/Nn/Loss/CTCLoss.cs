namespace Flambeau.Nn;

/// <summary>Connectionist temporal classification: negative log-likelihood of label sequences under log-probabilities <c>[T, N, C]</c>, summed over all alignments (Graves et al., 2006). No second derivative, as in PyTorch.</summary>
public sealed partial class CTCLoss(long blank = 0, string reduction = "mean", bool zeroInfinity = false) : Module
{
    /// <summary>Computes the loss of targets <c>[N, S]</c>, or one after the other.</summary>
    [Script]
    public Tensor Forward(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths) =>
        logProbs.CtcLoss(targets, inputLengths, targetLengths, blank, reduction, zeroInfinity);

    /// <inheritdoc cref="Forward(Tensor, Tensor, Tensor, Tensor)"/>
    [Script]
    public Tensor Forward(Tensor logProbs, Tensor targets, long[] inputLengths, long[] targetLengths) =>
        logProbs.CtcLoss(targets, inputLengths, targetLengths, blank, reduction, zeroInfinity);
}
