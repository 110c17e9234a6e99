namespace Flambeau.Optim;

/// <summary>Averaged stochastic gradient descent (Polyak and Juditsky, 1992). The average is the state <c>ax</c>.</summary>
public sealed class ASGD(IEnumerable<Tensor> parameters, double lr = 1e-2, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weightDecay = 0, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("lambd", lambd), ("alpha", alpha), ("t0", t0), ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        double lr = group["lr"], lambd = group["lambd"], eta = state.Number("eta", lr), mu = state.Number("mu", 1);
        var g = group["weight_decay"] != 0 ? gradient.Add(parameter, group["weight_decay"]) : gradient;
        var average = state.Zeros("ax", parameter);
        parameter.Mul_(1 - lambd * eta).Add_(g, -eta);
        if (mu == 1) average.Copy_(parameter);
        else average.Add_(parameter - average, mu);
        state.Numbers["eta"] = lr / Math.Pow(1 + lambd * lr * state.Step, group["alpha"]);
        state.Numbers["mu"] = 1 / Math.Max(1, state.Step - group["t0"]);
    }
}
