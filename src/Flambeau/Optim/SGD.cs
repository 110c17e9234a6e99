using Flambeau.Ops;

namespace Flambeau.Optim;

/// <summary>Stochastic gradient descent with momentum (Sutskever et al., 2013) as PyTorch defines it: the velocity isn't scaled by the learning rate.</summary>
public sealed class SGD(IEnumerable<Tensor> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("momentum", Check.Positive(momentum, nameof(momentum))), ("dampening", dampening),
        ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("nesterov", nesterov ? 1 : 0), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        double lr = group["lr"], momentum = group["momentum"], decay = group["weight_decay"];
        var first = momentum != 0 && !state.Tensors.ContainsKey("momentum_buffer");
        var velocity = momentum == 0 ? null : first ? state.Zeros("momentum_buffer", parameter) : state.Tensors["momentum_buffer"];
        if (FusedUpdate.Fits(parameter, gradient, velocity))
        {
            if (velocity is null) FusedUpdate.Run(new PlainDescent(lr, decay), parameter, gradient);
            else FusedUpdate.Run(new Momentum(lr, momentum, first ? 1 : 1 - group["dampening"], decay, group.Is("nesterov")), parameter, gradient, velocity);
            return;
        }
        var g = gradient;
        if (decay != 0) g = g.Add(parameter, decay);
        if (velocity is not null)
        {
            if (first) velocity.Copy_(g);
            else velocity.Mul_(momentum).Add_(g, 1 - group["dampening"]);
            g = group.Is("nesterov") ? g.Add(velocity, momentum) : velocity;
        }
        parameter.Add_(g, -lr);
    }
}
