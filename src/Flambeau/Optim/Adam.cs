using Flambeau.Ops;

namespace Flambeau.Optim;

/// <summary>Adam (Kingma and Ba, 2015); with <c>amsgrad</c> that of Reddi et al., 2018. Weight decay is added to the gradient.</summary>
public class Adam : Optimizer
{
    readonly bool decoupled;

    public Adam(IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool amsgrad = false, bool maximize = false)
        : this(parameters, lr, beta1, beta2, eps, weightDecay, amsgrad, maximize, decoupled: false) { }

    private protected Adam(IEnumerable<Tensor> parameters, double lr, double beta1, double beta2, double eps, double weightDecay, bool amsgrad, bool maximize, bool decoupled)
        : base(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("beta1", Check.Fraction(beta1, nameof(beta1))), ("beta2", Check.Fraction(beta2, nameof(beta2))),
            ("eps", Check.Positive(eps, nameof(eps))), ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("amsgrad", amsgrad ? 1 : 0), ("maximize", maximize ? 1 : 0)) =>
        this.decoupled = decoupled;

    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        double lr = group["lr"], b1 = group["beta1"], b2 = group["beta2"], decay = group["weight_decay"];
        var m = state.Zeros("exp_avg", parameter);
        var v = state.Zeros("exp_avg_sq", parameter);
        var scale = Math.Sqrt(1 - Math.Pow(b2, state.Step));
        var step = lr / (1 - Math.Pow(b1, state.Step));
        if (!group.Is("amsgrad") && FusedUpdate.Fits(parameter, gradient, m, v))
        {
            FusedUpdate.Run(new AdamUpdate(step, b1, b2, 1 / scale, group["eps"], decoupled ? 0 : decay, decoupled ? 1 - lr * decay : 1), parameter, gradient, m, v);
            return;
        }
        var g = gradient;
        if (decay != 0)
        {
            if (decoupled) parameter.Mul_(1 - lr * decay);
            else g = g.Add(parameter, decay);
        }
        m.Lerp_(g, 1 - b1);
        v.Mul_(b2).AddCMul_(g, g, 1 - b2);
        var top = v;
        if (group.Is("amsgrad"))
        {
            top = state.Zeros("max_exp_avg_sq", parameter);
            top.Copy_(top.Maximum(v));
        }
        var denominator = (top.Sqrt() / scale).Add_(group["eps"]);
        parameter.AddCDiv_(m, denominator, -step);
    }
}

/// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019).</summary>
public sealed class AdamW(IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2, bool amsgrad = false, bool maximize = false)
    : Adam(parameters, lr, beta1, beta2, eps, weightDecay, amsgrad, maximize, decoupled: true);
