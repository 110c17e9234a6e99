namespace Flambeau.Optim;

/// <summary>Adam by the infinity norm (Kingma and Ba, 2015, section 7.1).</summary>
public sealed class Adamax(IEnumerable<Tensor> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("beta1", Check.Fraction(beta1, nameof(beta1))), ("beta2", Check.Fraction(beta2, nameof(beta2))),
        ("eps", Check.Positive(eps, nameof(eps))), ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        var g = group["weight_decay"] != 0 ? gradient.Add(parameter, group["weight_decay"]) : gradient;
        var m = state.Zeros("exp_avg", parameter);
        var top = state.Zeros("exp_inf", parameter);
        m.Lerp_(g, 1 - group["beta1"]);
        top.Copy_((top * group["beta2"]).Maximum(g.Abs() + group["eps"]));
        parameter.AddCDiv_(m, top, -group["lr"] / (1 - Math.Pow(group["beta1"], state.Step)));
    }
}
