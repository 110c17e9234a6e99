namespace Flambeau.Optim;

/// <summary>Steps scaled by a running mean of squared gradients (Hinton, lecture 6e, 2012); centred as Graves, 2013.</summary>
public sealed class RMSprop(IEnumerable<Tensor> parameters, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("momentum", Check.Positive(momentum, nameof(momentum))), ("alpha", Check.Positive(alpha, nameof(alpha))), ("eps", Check.Positive(eps, nameof(eps))),
        ("centered", centered ? 1 : 0), ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        var alpha = group["alpha"];
        var g = group["weight_decay"] != 0 ? gradient.Add(parameter, group["weight_decay"]) : gradient;
        var squares = state.Zeros("square_avg", parameter);
        squares.Mul_(alpha).AddCMul_(g, g, 1 - alpha);
        var variance = squares;
        if (group.Is("centered"))
        {
            var mean = state.Zeros("grad_avg", parameter);
            mean.Lerp_(g, 1 - alpha);
            variance = squares.AddCMul(mean, mean, -1);
        }
        var scale = variance.Sqrt().Add_(group["eps"]);
        if (group["momentum"] == 0)
        {
            parameter.AddCDiv_(g, scale, -group["lr"]);
            return;
        }
        var buffer = state.Zeros("momentum_buffer", parameter);
        buffer.Mul_(group["momentum"]).AddCDiv_(g, scale, 1);
        parameter.Add_(buffer, -group["lr"]);
    }
}
