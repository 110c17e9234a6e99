namespace Flambeau.Optim;

/// <summary>Adaptive steps with a factored second moment: rows and columns in place of the whole (Shazeer and Stern, 2018).</summary>
/// <remarks>An <c>eps1</c> of 0 stands for the dtype's machine epsilon.</remarks>
public sealed class Adafactor(IEnumerable<Tensor> parameters, double lr = 1e-2, double beta2Decay = -0.8, double eps1 = 0, double eps2 = 1e-3, double d = 1, double weightDecay = 0, bool maximize = false)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("beta2_decay", beta2Decay), ("eps1", Check.Positive(eps1, nameof(eps1))), ("eps2", Check.Positive(eps2, nameof(eps2))), ("d", d),
        ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("maximize", maximize ? 1 : 0))
{
    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        var eps = group["eps1"] != 0 ? group["eps1"] : parameter.DType == DType.Float64 ? Math.BitIncrement(1.0) - 1 : MathF.BitIncrement(1f) - 1;
        double t = state.Step, fresh = Math.Pow(t, group["beta2_decay"]), rho = Math.Min(group["lr"], 1 / Math.Sqrt(t));
        var alpha = Math.Max(group["eps2"], RootMeanSquare(parameter)) * rho;
        if (group["weight_decay"] != 0) parameter.Mul_(1 - group["lr"] * group["weight_decay"]);
        var squares = gradient * gradient;
        Tensor variance;
        if (gradient.Rank > 1)
        {
            var rows = squares.Sum([-1], keepdim: true) / gradient.Size(-1);
            var columns = squares.Sum([-2], keepdim: true) / gradient.Size(-2);
            var row = state.Zeros("row_var", rows);
            var column = state.Zeros("col_var", columns);
            row.Lerp_(rows, fresh);
            column.Lerp_(columns, fresh);
            variance = row * column / (row.Sum([-2], keepdim: true) / row.Size(-2)).ClampMin(eps);
        }
        else
        {
            variance = state.Zeros("variance", gradient);
            variance.Lerp_(squares, fresh);
        }
        var update = gradient / variance.ClampMin(eps * eps).Sqrt();
        parameter.Add_(update, -alpha / Math.Max(1, RootMeanSquare(update) / group["d"]));
    }

    static double RootMeanSquare(Tensor x) => Math.Sqrt((x * x).Sum().Item<double>() / Math.Max(1, x.Numel));
}
