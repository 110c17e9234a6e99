using Flambeau.Autograd;

namespace Flambeau.Optim;

/// <summary>
/// Limited-memory BFGS (Nocedal, 1980) with an optional strong-Wolfe line search (Nocedal and Wright, "Numerical optimization", 2006, algorithms 3.5 and 3.6).
/// Needs the closure form of Step; one parameter group only.
/// </summary>
public sealed class LBFGS(IEnumerable<Tensor> parameters, double lr = 1, long maxIter = 20, long? maxEval = null, double toleranceGrad = 1e-7, double toleranceChange = 1e-9, long historySize = 100, string? lineSearchFn = null)
    : Optimizer(parameters, ("lr", Check.Positive(lr, nameof(lr))), ("max_iter", maxIter), ("max_eval", maxEval ?? maxIter * 5 / 4), ("tolerance_grad", toleranceGrad), ("tolerance_change", toleranceChange), ("history_size", historySize))
{
    readonly bool wolfe = lineSearchFn switch
    {
        null => false,
        "strong_wolfe" => true,
        _ => throw new ArgumentException($"line search '{lineSearchFn}' is not known; expected null or 'strong_wolfe'", nameof(lineSearchFn)),
    };

    readonly List<(Tensor Y, Tensor S, double Rho)> history = [];
    Tensor? direction, previous;
    double step, scale = 1, previousLoss;
    long iterations;

    /// <exception cref="NotSupportedException">Always: the closure is needed.</exception>
    public override void Step() => throw new NotSupportedException("LBFGS evaluates the loss several times a step; call Step(closure)");

    /// <inheritdoc/>
    protected override void Update(ParamGroup group, Tensor parameter, Tensor gradient, ParamState state) { }

    /// <inheritdoc/>
    public override Tensor Step(Func<Tensor> closure)
    {
        var group = Groups[0];
        double rate = group["lr"], change = group["tolerance_change"];
        Tensor Evaluate()
        {
            using (Grad.Yes()) return closure();
        }
        var first = Evaluate();
        using var off = Grad.No();
        var loss = first.Item<double>();
        long evaluations = 1;
        var gradient = Gather();
        if (Largest(gradient) <= group["tolerance_grad"]) return first;
        for (long n = 1; n <= (long)group["max_iter"]; n++)
        {
            iterations++;
            Direct(gradient, (long)group["history_size"]);
            previous = gradient.Clone();
            previousLoss = loss;
            step = iterations == 1 ? Math.Min(1, 1 / gradient.Abs().Sum().Item<double>()) * rate : rate;
            var slope = Dot(gradient, direction!);
            if (slope > -change) break;
            long used = 0;
            if (wolfe)
            {
                var origin = Groups[0].Parameters.Select(static p => p.Clone()).ToArray();
                (double Loss, Tensor Gradient) At(double t)
                {
                    Move(t, direction!);
                    var l = Evaluate().Item<double>();
                    var g = Gather();
                    for (var i = 0; i < origin.Length; i++) Groups[0].Parameters[i].Copy_(origin[i]);
                    return (l, g);
                }
                (loss, gradient, step, used) = StrongWolfe.Search(At, step, direction!, loss, gradient, slope, change);
                Move(step, direction!);
            }
            else
            {
                Move(step, direction!);
                if (n != (long)group["max_iter"])
                {
                    loss = Evaluate().Item<double>();
                    gradient = Gather();
                    used = 1;
                }
            }
            evaluations += used;
            if (n == (long)group["max_iter"] || evaluations >= (long)group["max_eval"] || Largest(gradient) <= group["tolerance_grad"]) break;
            if (Largest(direction! * step) <= change || Math.Abs(loss - previousLoss) < change) break;
        }
        return first;
    }

    /// <summary>The two-loop recursion.</summary>
    void Direct(Tensor gradient, long memory)
    {
        if (iterations == 1)
        {
            direction = -gradient;
            history.Clear();
            scale = 1;
            return;
        }
        var y = gradient - previous!;
        var s = direction! * step;
        var ys = Dot(y, s);
        if (ys > 1e-10)
        {
            if (history.Count == memory) history.RemoveAt(0);
            history.Add((y, s, 1 / ys));
            scale = ys / Dot(y, y);
        }
        var q = -gradient;
        var alphas = new double[history.Count];
        for (var i = history.Count - 1; i >= 0; i--)
        {
            alphas[i] = Dot(history[i].S, q) * history[i].Rho;
            q.Add_(history[i].Y, -alphas[i]);
        }
        direction = q * scale;
        for (var i = 0; i < history.Count; i++) direction.Add_(history[i].S, alphas[i] - Dot(history[i].Y, direction) * history[i].Rho);
    }

    Tensor Gather() => Tensor.Cat([.. Groups[0].Parameters.Select(static p => (p.Grad ?? p.ZerosLike()).Detach().Reshape([-1]))]);

    void Move(double t, Tensor along)
    {
        long at = 0;
        foreach (var p in Groups[0].Parameters)
        {
            p.Add_(along[(TensorIndex)TensorIndex.Slice(at, at + p.Numel)].Reshape(p.Shape), t);
            at += p.Numel;
        }
    }

    static double Dot(Tensor a, Tensor b) => (a * b).Sum().Item<double>();

    static double Largest(Tensor x) => x.Numel == 0 ? 0 : x.Abs().ToArray<double>().Max();
}
