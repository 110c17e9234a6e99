namespace Flambeau.Optim;

/// <summary>Momentum made orthogonal by Newton–Schulz iterations (Jordan et al., 2024). For matrices only.</summary>
public sealed class Muon : Optimizer
{
    const double A = 3.4445, B = -4.7750, C = 2.0315;

    /// <exception cref="ArgumentException">A parameter isn't a matrix.</exception>
    public Muon(IEnumerable<Tensor> parameters, double lr = 1e-3, double weightDecay = 0.1, double momentum = 0.95, bool nesterov = true, double eps = 1e-7, long nsSteps = 5, bool matchRmsAdamw = false)
        : base(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("weight_decay", Check.Positive(weightDecay, nameof(weightDecay))), ("momentum", Check.Positive(momentum, nameof(momentum))),
            ("nesterov", nesterov ? 1 : 0), ("eps", eps), ("ns_steps", nsSteps), ("match_rms_adamw", matchRmsAdamw ? 1 : 0))
    {
        foreach (var p in Groups[0].Parameters)
        {
            if (p.Rank != 2) throw new ArgumentException($"Muon optimises matrices; a parameter has shape {p.Shape}. Give other parameters to another optimizer");
        }
    }

    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state)
    {
        var momentum = group["momentum"];
        var buffer = state.Zeros("momentum_buffer", parameter);
        buffer.Lerp_(gradient, 1 - momentum);
        var update = Orthogonalize(group.Is("nesterov") ? gradient.Lerp(buffer, momentum) : buffer, group["eps"], (int)group["ns_steps"]).To(parameter.DType);
        double rows = parameter.Size(0), columns = parameter.Size(1);
        var ratio = group.Is("match_rms_adamw") ? 0.2 * Math.Sqrt(Math.Max(rows, columns)) : Math.Sqrt(Math.Max(1, rows / columns));
        parameter.Mul_(1 - group["lr"] * group["weight_decay"]).Add_(update, -group["lr"] * ratio);
    }

    /// <summary>Every product is rounded to bfloat16, as the method prescribes.</summary>
    static Tensor Orthogonalize(Tensor g, double eps, int steps)
    {
        var turned = g.Size(0) > g.Size(1);
        var x = Round(turned ? g.Permute([1, 0]) : g);
        var norm = Round((x * x).Sum().Sqrt()).ClampMin(eps);
        x = Round(x / norm);
        for (var i = 0; i < steps; i++)
        {
            var gram = Round(x.Mm(x.Permute([1, 0])));
            var polynomial = Round(gram * B + gram.Mm(gram) * C);
            x = Round(x * A + polynomial.Mm(x));
        }
        return turned ? x.Permute([1, 0]) : x;
    }

    static Tensor Round(Tensor x) => x.To(DType.BFloat16).To(DType.Float32);
}
