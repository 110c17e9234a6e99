using Flambeau.Ops;

namespace Flambeau;

/// <summary>
/// Steps of optimizers on one parameter, in place: one pass over memory for float32 and float64, the same formula in tensor ops for
/// other dtypes and while single ops are being watched. History must be off, or the parameter no leaf.
/// </summary>
public static class Optimize
{
    /// <summary>Stochastic gradient descent with momentum (Sutskever et al., 2013) in PyTorch's form.</summary>
    /// <param name="parameter">Changed in place; any shape.</param>
    /// <param name="gradient">Of the parameter's shape.</param>
    /// <param name="velocity">Of the parameter's shape, changed in place; null without momentum.</param>
    /// <param name="lr">Learning rate.</param>
    /// <param name="momentum">What the velocity is multiplied by.</param>
    /// <param name="dampening">The gradient's share in the velocity is 1 less this.</param>
    /// <param name="weightDecay">Times the parameter, added to the gradient.</param>
    /// <param name="nesterov">Look ahead along the velocity.</param>
    /// <param name="isFirst">The velocity holds zeros; it takes the whole gradient.</param>
    public static void Sgd_(Tensor parameter, Tensor gradient, Tensor? velocity, double lr, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false, bool isFirst = false)
    {
        var share = isFirst ? 1 : 1 - dampening;
        if (FusedUpdate.Fits(parameter, gradient, velocity))
        {
            if (velocity is null) FusedUpdate.Run(new PlainDescent(lr, weightDecay), parameter, gradient);
            else FusedUpdate.Run(new Momentum(lr, momentum, share, weightDecay, nesterov), parameter, gradient, velocity);
            return;
        }
        var g = weightDecay != 0 ? gradient.Add(parameter, weightDecay) : gradient;
        if (velocity is not null)
        {
            velocity.Mul_(momentum).Add_(g, share);
            g = nesterov ? g.Add(velocity, momentum) : velocity;
        }
        parameter.Add_(g, -lr);
    }

    /// <summary>Adam (Kingma and Ba, 2015), AdamW (Loshchilov and Hutter, 2019), and with a maximum AMSGrad (Reddi et al., 2018).</summary>
    /// <param name="parameter">Changed in place; any shape.</param>
    /// <param name="gradient">Of the parameter's shape.</param>
    /// <param name="mean">Running mean of gradients, changed in place.</param>
    /// <param name="square">Running mean of squared gradients, changed in place.</param>
    /// <param name="largest">Largest <paramref name="square"/> so far, changed in place; null but for AMSGrad.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="lr">Learning rate.</param>
    /// <param name="beta1">Decay of the mean.</param>
    /// <param name="beta2">Decay of the squares' mean.</param>
    /// <param name="eps">Added to the denominator.</param>
    /// <param name="weightDecay">Added to the gradient as a share of the parameter, or taken off the parameter if decoupled.</param>
    /// <param name="decoupled">Weight decay as in AdamW.</param>
    public static void Adam_(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, Tensor? largest, long step, double lr, double beta1, double beta2, double eps, double weightDecay = 0, bool decoupled = false)
    {
        var root = Math.Sqrt(1 - Math.Pow(beta2, step));
        var rate = lr / (1 - Math.Pow(beta1, step));
        if (largest is null && FusedUpdate.Fits(parameter, gradient, mean, square))
        {
            FusedUpdate.Run(new AdamUpdate(rate, beta1, beta2, 1 / root, eps, decoupled ? 0 : weightDecay, decoupled ? 1 - lr * weightDecay : 1), parameter, gradient, mean, square);
            return;
        }
        var g = gradient;
        if (weightDecay != 0 && decoupled) parameter.Mul_(1 - lr * weightDecay);
        else if (weightDecay != 0) g = g.Add(parameter, weightDecay);
        mean.Lerp_(g, 1 - beta1);
        square.Mul_(beta2).AddCMul_(g, g, 1 - beta2);
        largest?.Copy_(largest.Maximum(square));
        parameter.AddCDiv_(mean, ((largest ?? square).Sqrt() / root).Add_(eps), -rate);
    }
}
