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
        Tensor mean = state.Zeros("exp_avg", parameter), square = state.Zeros("exp_avg_sq", parameter);
        var largest = group.Is("amsgrad") ? state.Zeros("max_exp_avg_sq", parameter) : null;
        Optimize.Adam_(parameter, gradient, mean, square, largest, state.Step, group["lr"], group["beta1"], group["beta2"], group["eps"], group["weight_decay"], decoupled);
    }
}

/// <summary>Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019).</summary>
public sealed class AdamW(IEnumerable<Tensor> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2, bool amsgrad = false, bool maximize = false)
    : Adam(parameters, lr, beta1, beta2, eps, weightDecay, amsgrad, maximize, decoupled: true);
