namespace Flambeau.Nn;

/// <summary>Cross entropy of probabilities and targets in [0, 1].</summary>
[Module]
public sealed partial class BCELoss(Tensor? weight = null, string reduction = "mean") : Module
{
    [Buffer] readonly Tensor? weight = weight;

    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.BinaryCrossEntropy(target, this.weight, reduction);
}

/// <summary>Cross entropy of sigmoid(input) and targets in [0, 1], stable for large logits.</summary>
[Module]
public sealed partial class BCEWithLogitsLoss(Tensor? weight = null, string reduction = "mean", Tensor? posWeight = null) : Module
{
    [Buffer] readonly Tensor? weight = weight;
    [Buffer] readonly Tensor? posWeight = posWeight;

    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.BinaryCrossEntropyWithLogits(target, this.weight, reduction, this.posWeight);
}

/// <summary>Negative log-likelihood of class numbers, from log-probabilities [N, C, …].</summary>
[Module]
public sealed partial class NLLLoss(Tensor? weight = null, long ignoreIndex = -100, string reduction = "mean") : Module
{
    [Buffer] readonly Tensor? weight = weight;

    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.NllLoss(target, this.weight, ignoreIndex, reduction);
}

/// <summary>Cross entropy of logits [N, C, …] and class numbers, or probabilities of the input's shape.</summary>
[Module]
public sealed partial class CrossEntropyLoss(Tensor? weight = null, long ignoreIndex = -100, string reduction = "mean", double labelSmoothing = 0) : Module
{
    [Buffer] readonly Tensor? weight = weight;

    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.CrossEntropy(target, this.weight, ignoreIndex, reduction, labelSmoothing);
}

/// <summary>Hinge loss of one right class (Crammer and Singer, 2001).</summary>
[Module]
public sealed partial class MultiMarginLoss(long p = 1, double margin = 1, Tensor? weight = null, string reduction = "mean") : Module
{
    [Buffer] readonly Tensor? weight = weight;

    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.MultiMarginLoss(target, p, margin, this.weight, reduction);
}

/// <summary>Mean over classes of the cross entropy of sigmoid(input) and targets 0 or 1.</summary>
[Module]
public sealed partial class MultiLabelSoftMarginLoss(Tensor? weight = null, string reduction = "mean") : Module
{
    [Buffer] readonly Tensor? weight = weight;

    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.MultilabelSoftMarginLoss(target, this.weight, reduction);
}
