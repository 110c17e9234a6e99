namespace Flambeau.Optim;

/// <summary>Steps by the sign of the gradient, longer while it stays and shorter when it turns (Riedmiller and Braun, 1993). For full batches.</summary>
public sealed class Rprop(IEnumerable<Tensor> parameters, double lr = 1e-2, double eta1 = 0.5, double eta2 = 1.2, double stepSize1 = 1e-6, double stepSize2 = 50, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("eta1", Check.Fraction(eta1, nameof(eta1))), ("eta2", Check.Positive(eta2, nameof(eta2))), ("step_size1", stepSize1), ("step_size2", stepSize2), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        var previous = state.Zeros("prev", parameter);
        var size = state.Get("step_size", () => parameter.FullLike(group["lr"]));
        var turn = gradient * previous;
        var factor = Tensor.Where(turn > 0, turn.FullLike(group["eta2"]), Tensor.Where(turn < 0, turn.FullLike(group["eta1"]), turn.OnesLike()));
        size.Mul_(factor).Clamp_(group["step_size1"], group["step_size2"]);
        var g = Tensor.Where(turn < 0, turn.ZerosLike(), gradient);
        parameter.AddCMul_(g.Sign(), size, -1);
        previous.Copy_(g);
    }
}
