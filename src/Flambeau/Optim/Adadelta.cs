namespace Flambeau.Optim;

/// <summary>Steps in the units of past steps (Zeiler, 2012).</summary>
public sealed class Adadelta(IEnumerable<Tensor> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weightDecay = 0, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("rho", Check.Fraction(rho, nameof(rho))), ("eps", Check.Positive(eps, nameof(eps))),
        ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        double rho = group["rho"], eps = group["eps"];
        var g = group["weight_decay"] != 0 ? gradient.Add(parameter, group["weight_decay"]) : gradient;
        var squares = state.Zeros("square_avg", parameter);
        var steps = state.Zeros("acc_delta", parameter);
        squares.Mul_(rho).AddCMul_(g, g, 1 - rho);
        var delta = (steps + eps).Sqrt_() / (squares + eps).Sqrt_() * g;
        steps.Mul_(rho).AddCMul_(delta, delta, 1 - rho);
        parameter.Add_(delta, -group["lr"]);
    }
}
