namespace Flambeau.Nn;

/// <summary><c>ln(1 + e^(−target·input))</c>, targets 1 and −1.</summary>
public sealed partial class SoftMarginLoss(string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.SoftMarginLoss(target, reduction);
}

/// <summary>The distance itself for targets 1, what is missing to the margin for −1.</summary>
public sealed partial class HingeEmbeddingLoss(double margin = 1, string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.HingeEmbeddingLoss(target, margin, reduction);
}

/// <summary>Penalty when two scores are not in the order that the target, 1 or −1, asks for.</summary>
public sealed partial class MarginRankingLoss(double margin = 0, string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input1, Tensor input2, Tensor target) => input1.MarginRankingLoss(input2, target, margin, reduction);
}

/// <summary>1 − cosine for targets 1, cosine above the margin for −1.</summary>
public sealed partial class CosineEmbeddingLoss(double margin = 0, string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input1, Tensor input2, Tensor target) => input1.CosineEmbeddingLoss(input2, target, margin, reduction);
}

/// <summary>Hinge loss of several right classes; targets are class numbers, ended by −1.</summary>
public sealed partial class MultiLabelMarginLoss(string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.MultilabelMarginLoss(target, reduction);
}

/// <summary>The anchor should be closer to the positive than to the negative by the margin (Balntas et al., 2016).</summary>
public sealed partial class TripletMarginLoss(double margin = 1, double p = 2, double eps = 1e-6, bool swap = false, string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) => anchor.TripletMarginLoss(positive, negative, margin, p, eps, swap, reduction);
}

/// <summary><see cref="TripletMarginLoss"/> with any distance; the Euclidean one by default.</summary>
public sealed partial class TripletMarginWithDistanceLoss(Func<Tensor, Tensor, Tensor>? distanceFunction = null, double margin = 1, bool swap = false, string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) => anchor.TripletMarginWithDistanceLoss(positive, negative, distanceFunction, margin, swap, reduction);
}
