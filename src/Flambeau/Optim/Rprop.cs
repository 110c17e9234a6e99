namespace Flambeau.Optim;

/// <summary>Steps by the sign of the gradient, longer while it stays and shorter when it turns (Riedmiller and Braun, 1993). For full batches.</summary>
public sealed class Rprop(IEnumerable<Tensor> parameters, double lr = 1e-2, double eta1 = 0.5, double eta2 = 1.2, double stepSize1 = 1e-6, double stepSize2 = 50, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("eta1", Check.Fraction(eta1, nameof(eta1))), ("eta2", Check.Positive(eta2, nameof(eta2))), ("step_size1", stepSize1), ("step_size2", stepSize2), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        var previous = state.Zeros("prev", parameter);
        var size = state.Get("step_size", () => Tensor.Full(parameter.Shape, group["lr"], parameter.DType));
        var turn = gradient * previous;
        var factor = Tensor.Where(turn > 0, Tensor.Full(turn.Shape, group["eta2"], turn.DType), Tensor.Where(turn < 0, Tensor.Full(turn.Shape, group["eta1"], turn.DType), Tensor.Ones(turn.Shape, turn.DType)));
        size.Mul_(factor).Clamp_(group["step_size1"], group["step_size2"]);
        var g = Tensor.Where(turn < 0, Tensor.Zeros(turn.Shape, turn.DType), gradient);
        parameter.AddCMul_(g.Sign(), size, -1);
        previous.Copy_(g);
    }
}
