using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Squared differences; input and target broadcast. <paramref name="reduction"/>: none, mean or sum; a weighted mean divides by the sum of the weights.</summary>
    [Op("nn.functional.mse_loss(Tensor input, Tensor target, *, str reduction='mean', Tensor? weight=None) -> Tensor")]
    public static Tensor MseLoss(this Tensor input, Tensor target, string reduction = "mean", Tensor? weight = null)
    {
        using var cast = Amp.Autocast.Whole("mse_loss", ref input, ref target);
        var d = input - target;
        return LossRules.ReduceWeighted(d * d, weight, reduction, "mse_loss");
    }

    /// <summary>Absolute differences; input and target broadcast.</summary>
    [Op("nn.functional.l1_loss(Tensor input, Tensor target, *, str reduction='mean', Tensor? weight=None) -> Tensor")]
    public static Tensor L1Loss(this Tensor input, Tensor target, string reduction = "mean", Tensor? weight = null)
    {
        using var cast = Amp.Autocast.Whole("l1_loss", ref input, ref target);
        return LossRules.ReduceWeighted((input - target).Abs(), weight, reduction, "l1_loss");
    }

    /// <summary>Absolute differences less beta / 2, and below <paramref name="beta"/> halved squares over beta.</summary>
    [Op("nn.functional.smooth_l1_loss(Tensor input, Tensor target, *, str reduction='mean', float beta=1.0) -> Tensor")]
    public static Tensor SmoothL1Loss(this Tensor input, Tensor target, string reduction = "mean", double beta = 1)
    {
        using var cast = Amp.Autocast.Whole("smooth_l1_loss", ref input, ref target);
        if (beta < 0) throw new ArgumentException($"smooth_l1_loss: beta is {beta}; expected at least 0");
        if (beta == 0) return L1Loss(input, target, reduction);
        var d = input - target;
        var size = d.Abs();
        return LossRules.Reduce(Tensor.Where(size < beta, d * d * (0.5 / beta), size - 0.5 * beta), reduction, "smooth_l1_loss");
    }

    /// <summary>Halved squares up to <paramref name="delta"/>, then straight lines that continue them. Huber, "Robust Estimation of a Location Parameter", 1964.</summary>
    [Op("nn.functional.huber_loss(Tensor input, Tensor target, *, str reduction='mean', float delta=1.0, Tensor? weight=None) -> Tensor")]
    public static Tensor HuberLoss(this Tensor input, Tensor target, string reduction = "mean", double delta = 1, Tensor? weight = null)
    {
        using var cast = Amp.Autocast.Whole("huber_loss", ref input, ref target);
        if (delta <= 0) throw new ArgumentException($"huber_loss: delta is {delta}; expected a positive number");
        var d = input - target;
        var size = d.Abs();
        var loss = Tensor.Where(size <= delta, d * d * 0.5, (size - 0.5 * delta) * delta);
        return LossRules.Reduce(weight is null ? loss : loss * weight, reduction, "huber_loss");
    }

    /// <summary>Negative log-likelihood of Poisson counts: <c>exp(input) − target · input</c>, or <c>input − target · log(input + eps)</c>; with <paramref name="full"/> Stirling's term for targets above 1.</summary>
    [Op("nn.functional.poisson_nll_loss(Tensor input, Tensor target, bool log_input=True, bool full=False, *, float eps=1e-08, str reduction='mean') -> Tensor")]
    public static Tensor PoissonNllLoss(this Tensor input, Tensor target, bool logInput = true, bool full = false, double eps = 1e-8, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("poisson_nll_loss", ref input, ref target);
        var loss = logInput ? input.Exp() - target * input : input - target * (input + eps).Log();
        if (full)
        {
            var stirling = target * target.Log() - target + (target * (2 * Math.PI)).Log() * 0.5;
            loss += Tensor.Where(target > 1, stirling, 0);
        }
        return LossRules.Reduce(loss, reduction, "poisson_nll_loss");
    }

    /// <summary>Negative log-likelihood of normal values with mean <paramref name="input"/> and variance <paramref name="var"/>, which is held above <paramref name="eps"/> without touching its gradient.</summary>
    /// <exception cref="ArgumentException">The variance doesn't fit the input, or is negative.</exception>
    [Op("nn.functional.gaussian_nll_loss(Tensor input, Tensor target, Tensor var, bool full=False, float eps=1e-06, str reduction='mean') -> Tensor")]
    public static Tensor GaussianNllLoss(this Tensor input, Tensor target, Tensor var, bool full = false, double eps = 1e-6, string reduction = "mean")
    {
        if (var.IsWrapped) var = Tensor.FromScalar(var.ToScalar(), input.DType).Expand(input.Shape);
        if (var.Shape != input.Shape)
        {
            if (var.Rank == input.Rank - 1 && Shape.Broadcast(var.Unsqueeze(-1).Shape, input.Shape) == input.Shape && new Shape([.. input.Shape.AsSpan()[..^1]]) == var.Shape) var = var.Unsqueeze(-1);
            else if (Shape.Broadcast(var.Shape, input.Shape) != input.Shape || var.Rank != input.Rank || var.Shape[^1] != 1)
                throw new ArgumentException($"gaussian_nll_loss: var has shape {var.Shape}; expected that of the input {input.Shape}, or it with the last axis missing or 1");
        }
        var plain = var.Detach();
        if ((plain < 0).Any().Item<bool>()) throw new ArgumentException("gaussian_nll_loss: var has negative entries; a variance is at least 0");
        var v = var + (plain.ClampMin((Scalar)eps) - plain);
        var d = input - target;
        var loss = (v.Log() + d * d / v) * 0.5;
        if (full) loss += 0.5 * Math.Log(2 * Math.PI);
        return LossRules.Reduce(loss, reduction, "gaussian_nll_loss");
    }

    /// <summary>Kullback-Leibler divergence, pointwise, of <paramref name="target"/> from <paramref name="input"/>, which holds log-probabilities (as does the target with <paramref name="logTarget"/>). Also reduces by batchmean.</summary>
    [Op("nn.functional.kl_div(Tensor input, Tensor target, *, str reduction='mean', bool log_target=False) -> Tensor")]
    public static Tensor KlDiv(this Tensor input, Tensor target, string reduction = "mean", bool logTarget = false)
    {
        using var cast = Amp.Autocast.Whole("kl_div", ref input, ref target);
        var loss = logTarget ? target.Exp() * (target - input) : target.XLogY(target) - target * input;
        return reduction == "batchmean" ? input.Rank == 0 ? loss.Sum() : loss.Sum() / input.Size(0) : LossRules.Reduce(loss, reduction, "kl_div");
    }
}
