namespace Flambeau.Optim;

/// <summary>One rise to <c>maxLr</c> and a long fall (Smith and Topin, 2018). Steps count batches. Momentum (or beta1) runs the other way when it cycles.</summary>
public sealed class OneCycleLR : LRScheduler
{
    readonly double maxLr, pctStart, initial, final, baseMomentum, maxMomentum;
    readonly long totalSteps;
    readonly bool linear, threePhase;
    readonly string? momentum;

    public OneCycleLR(Optimizer optimizer, double maxLr, long totalSteps, double pctStart = 0.3, string annealStrategy = "cos", bool cycleMomentum = true, double baseMomentum = 0.85, double maxMomentum = 0.95,
        double divFactor = 25, double finalDivFactor = 1e4, bool threePhase = false) : base(optimizer)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalSteps);
        linear = annealStrategy switch { "cos" => false, "linear" => true, _ => throw new ArgumentException($"anneal strategy '{annealStrategy}' is not known; expected 'cos' or 'linear'") };
        (this.maxLr, this.totalSteps, this.pctStart, this.threePhase, this.baseMomentum, this.maxMomentum) = (maxLr, totalSteps, pctStart, threePhase, baseMomentum, maxMomentum);
        initial = maxLr / divFactor;
        final = initial / finalDivFactor;
        var options = optimizer.Groups[0].Options;
        momentum = !cycleMomentum ? null : options.ContainsKey("momentum") ? "momentum" : options.ContainsKey("beta1") ? "beta1" : null;
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => At(epoch, initial, maxLr, initial, final);

    /// <inheritdoc/>
    protected override void Apply()
    {
        base.Apply();
        if (momentum is null) return;
        foreach (var g in Optimizer.Groups) g[momentum] = At(LastEpoch, maxMomentum, baseMomentum, maxMomentum, maxMomentum);
    }

    double At(long step, double start, double top, double middle, double end)
    {
        if (step > totalSteps) throw new InvalidOperationException($"OneCycleLR was made for {totalSteps} steps; this is step {step}");
        (double End, double From, double To)[] phases = threePhase
            ? [(pctStart * totalSteps - 1, start, top), (2 * pctStart * totalSteps - 2, top, middle), (totalSteps - 1, middle, end)]
            : [(pctStart * totalSteps - 1, start, top), (totalSteps - 1, top, end)];
        double begin = 0;
        for (var i = 0; ; i++)
        {
            var p = phases[i];
            if (step > p.End && i < phases.Length - 1)
            {
                begin = p.End;
                continue;
            }
            var part = (step - begin) / (p.End - begin);
            return linear ? p.From + (p.To - p.From) * part : p.To + (p.From - p.To) / 2 * (1 + Math.Cos(Math.PI * part));
        }
    }
}

/// <summary>Up and down between two rates (Smith, "Cyclical learning rates", 2017). Modes: triangular, triangular2 (half the height each cycle), exp_range.</summary>
public sealed class CyclicLR : LRScheduler
{
    readonly double baseLr, maxLr, gamma, baseMomentum, maxMomentum;
    readonly long up, down;
    readonly string mode;
    readonly string? momentum;

    public CyclicLR(Optimizer optimizer, double baseLr, double maxLr, long stepSizeUp = 2000, long? stepSizeDown = null, string mode = "triangular", double gamma = 1, bool cycleMomentum = true,
        double baseMomentum = 0.8, double maxMomentum = 0.9) : base(optimizer)
    {
        if (mode is not ("triangular" or "triangular2" or "exp_range")) throw new ArgumentException($"mode '{mode}' is not known; expected triangular, triangular2 or exp_range");
        (this.baseLr, this.maxLr, up, down, this.mode, this.gamma, this.baseMomentum, this.maxMomentum) = (baseLr, maxLr, stepSizeUp, stepSizeDown ?? stepSizeUp, mode, gamma, baseMomentum, maxMomentum);
        var options = optimizer.Groups[0].Options;
        momentum = !cycleMomentum ? null : options.ContainsKey("momentum") ? "momentum" : options.ContainsKey("beta1") ? "beta1"
            : throw new ArgumentException("the optimizer has no momentum to cycle; pass cycleMomentum: false");
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => baseLr + (maxLr - baseLr) * Height(epoch);

    /// <inheritdoc/>
    protected override void Apply()
    {
        base.Apply();
        if (momentum is null) return;
        foreach (var g in Optimizer.Groups) g[momentum] = maxMomentum - (maxMomentum - baseMomentum) * Height(LastEpoch);
    }

    double Height(long epoch)
    {
        double total = up + down, cycle = Math.Floor(1 + epoch / total), x = 1 + epoch / total - cycle, ratio = up / total;
        var height = x <= ratio ? x / ratio : (x - 1) / (ratio - 1);
        return height * (mode == "triangular2" ? Math.Pow(2, 1 - cycle) : mode == "exp_range" ? Math.Pow(gamma, epoch) : 1);
    }
}
