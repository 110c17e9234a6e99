namespace Flambeau.Optim;

/// <summary>Adam with Nesterov momentum (Dozat, 2016).</summary>
public sealed class NAdam(IEnumerable<Tensor> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, double momentumDecay = 4e-3,
    bool decoupledWeightDecay = false, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("beta1", Check.Fraction(beta1, nameof(beta1))), ("beta2", Check.Fraction(beta2, nameof(beta2))), ("eps", Check.Positive(eps, nameof(eps))),
        ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("momentum_decay", Check.Positive(momentumDecay, nameof(momentumDecay))), ("decoupled_weight_decay", decoupledWeightDecay ? 1 : 0), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        double lr = group["lr"], b1 = group["beta1"], b2 = group["beta2"], decay = group["weight_decay"];
        var g = gradient;
        if (decay != 0)
        {
            if (group.Is("decoupled_weight_decay")) parameter.Mul_(1 - lr * decay);
            else g = g.Add(parameter, decay);
        }
        double Mu(double t) => b1 * (1 - 0.5 * Math.Pow(0.96, t * group["momentum_decay"]));
        double mu = Mu(state.Step), next = Mu(state.Step + 1), product = state.Number("mu_product", 1) * mu;
        state.Numbers["mu_product"] = product;
        var m = state.Zeros("exp_avg", parameter);
        var v = state.Zeros("exp_avg_sq", parameter);
        m.Lerp_(g, 1 - b1);
        v.Mul_(b2).AddCMul_(g, g, 1 - b2);
        var denominator = (v / (1 - Math.Pow(b2, state.Step))).Sqrt().Add_(group["eps"]);
        parameter.AddCDiv_(g, denominator, -lr * (1 - mu) / (1 - product));
        parameter.AddCDiv_(m, denominator, -lr * next / (1 - product * next));
    }
}
