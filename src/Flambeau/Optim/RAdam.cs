namespace Flambeau.Optim;

/// <summary>Adam with the variance of the adaptive rate rectified (Liu et al., 2020).</summary>
public sealed class RAdam(IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool decoupledWeightDecay = false, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("beta1", Check.Fraction(beta1, nameof(beta1))), ("beta2", Check.Fraction(beta2, nameof(beta2))), ("eps", Check.Positive(eps, nameof(eps))),
        ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("decoupled_weight_decay", decoupledWeightDecay ? 1 : 0), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        double lr = group["lr"], b1 = group["beta1"], b2 = group["beta2"], decay = group["weight_decay"], t = state.Step;
        var g = gradient;
        if (decay != 0)
        {
            if (group.Is("decoupled_weight_decay")) parameter.Mul_(1 - lr * decay);
            else g = g.Add(parameter, decay);
        }
        var m = state.Zeros("exp_avg", parameter);
        var v = state.Zeros("exp_avg_sq", parameter);
        m.Lerp_(g, 1 - b1);
        v.Mul_(b2).AddCMul_(g, g, 1 - b2);
        double c1 = 1 - Math.Pow(b1, t), c2 = 1 - Math.Pow(b2, t), limit = 2 / (1 - b2) - 1, rho = limit - 2 * t * Math.Pow(b2, t) / c2;
        if (rho <= 5)
        {
            parameter.Add_(m, -lr / c1);
            return;
        }
        var rectified = Math.Sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho));
        parameter.AddCDiv_(m, v.Sqrt().Add_(group["eps"]), -lr * rectified * Math.Sqrt(c2) / c1);
    }
}
