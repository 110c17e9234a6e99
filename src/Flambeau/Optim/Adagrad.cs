namespace Flambeau.Optim;

/// <summary>Steps scaled by the sum of squared gradients (Duchi et al., 2011).</summary>
public sealed class Adagrad(IEnumerable<Tensor> parameters, double lr = 1e-2, double lrDecay = 0, double weightDecay = 0, double initialAccumulatorValue = 0, double eps = 1e-10, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("lr_decay", Check.Positive(lrDecay, nameof(lrDecay))), ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))),
        ("initial_accumulator_value", Check.Positive(initialAccumulatorValue, nameof(initialAccumulatorValue))), ("eps", Check.Positive(eps, nameof(eps))), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        var g = group["weight_decay"] != 0 ? gradient.Add(parameter, group["weight_decay"]) : gradient;
        var sum = state.Get("sum", () => parameter.FullLike(group["initial_accumulator_value"]));
        sum.AddCMul_(g, g, 1);
        parameter.AddCDiv_(g, sum.Sqrt().Add_(group["eps"]), -group["lr"] / (1 + (state.Step - 1) * group["lr_decay"]));
    }
}
