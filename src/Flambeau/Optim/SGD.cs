namespace Flambeau.Optim;

/// <summary>Stochastic gradient descent with momentum (Sutskever et al., 2013) as PyTorch defines it: the velocity isn't scaled by the learning rate.</summary>
public sealed class SGD(IEnumerable<Tensor> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("momentum", Check.Positive(momentum, nameof(momentum))), ("dampening", dampening),
        ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("nesterov", nesterov ? 1 : 0), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        var momentum = group["momentum"];
        var isFirst = !state.Tensors.ContainsKey("momentum_buffer");
        var velocity = momentum == 0 ? null : state.Zeros("momentum_buffer", parameter);
        Optimize.Sgd_(parameter, gradient, velocity, group["lr"], momentum, group["dampening"], group["weight_decay"], group.Is("nesterov"), isFirst);
    }
}
