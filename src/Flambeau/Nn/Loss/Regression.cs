namespace Flambeau.Nn;

/// <summary>Mean absolute error.</summary>
public sealed partial class L1Loss(string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.L1Loss(target, reduction);
}

/// <summary>Mean squared error.</summary>
public sealed partial class MSELoss(string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.MseLoss(target, reduction);
}

/// <summary>Squared error below beta, absolute above (Girshick, arXiv 1504.08083).</summary>
public sealed partial class SmoothL1Loss(string reduction = "mean", double beta = 1) : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.SmoothL1Loss(target, reduction, beta);
}

/// <summary>Squared error below delta, absolute error scaled by delta above (Huber, 1964).</summary>
public sealed partial class HuberLoss(string reduction = "mean", double delta = 1) : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.HuberLoss(target, reduction, delta);
}

/// <summary>Kullback-Leibler divergence of targets from log-probabilities; "batchmean" divides by the batch size.</summary>
public sealed partial class KLDivLoss(string reduction = "mean", bool logTarget = false) : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.KlDiv(target, reduction, logTarget);
}

/// <summary>Negative log-likelihood of counts under Poisson distributions.</summary>
public sealed partial class PoissonNLLLoss(bool logInput = true, bool full = false, double eps = 1e-8, string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target) => input.PoissonNllLoss(target, logInput, full, eps, reduction);
}

/// <summary>Negative log-likelihood under normal distributions with mean <c>input</c> and variance <c>var</c>.</summary>
public sealed partial class GaussianNLLLoss(bool full = false, double eps = 1e-6, string reduction = "mean") : Module
{
    /// <summary>Computes the loss.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor target, Tensor var) => input.GaussianNllLoss(target, var, full, eps, reduction);
}
