namespace Flambeau.Optim;

/// <summary>Schedulers one after another; each starts at its milestone from epoch 0 of its own.</summary>
public sealed class SequentialLR : LRScheduler
{
    readonly LRScheduler[] schedulers;
    readonly long[] milestones;

    /// <param name="optimizer">The optimizer of all schedulers.</param>
    /// <param name="schedulers">In order.</param>
    /// <param name="milestones">Epochs at which the second, third, … take over.</param>
    public SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<long> milestones) : base(optimizer)
    {
        (this.schedulers, this.milestones) = ([.. schedulers], [.. milestones]);
        if (this.milestones.Length != this.schedulers.Length - 1) throw new ArgumentException($"{this.schedulers.Length} schedulers need {this.schedulers.Length - 1} milestones; {this.milestones.Length} were given");
        Apply();
    }

    /// <inheritdoc/>
    protected override void Apply()
    {
        var i = milestones.Count(m => m <= LastEpoch);
        schedulers[i].Seek(LastEpoch - (i == 0 ? 0 : milestones[i - 1]));
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => Optimizer.Groups[group].LearningRate;
}

/// <summary>Lowers the rate when a metric has stopped improving.</summary>
public sealed class ReduceLROnPlateau(Optimizer optimizer, bool larger = false, double factor = 0.1, long patience = 10, double threshold = 1e-4, bool relative = true, long cooldown = 0, double minLr = 0, double eps = 1e-8)
{
    double best = larger ? double.NegativeInfinity : double.PositiveInfinity;
    long bad, cooling;

    /// <summary>Epochs in a row without improvement.</summary>
    public long BadEpochs => bad;

    /// <summary>Takes the metric of an epoch.</summary>
    public void Step(double metric)
    {
        if (IsBetter(metric)) (best, bad) = (metric, 0);
        else bad++;
        if (cooling > 0)
        {
            cooling--;
            bad = 0;
        }
        if (bad <= patience) return;
        foreach (var g in optimizer.Groups)
        {
            var rate = Math.Max(g.LearningRate * factor, minLr);
            if (g.LearningRate - rate > eps) g.LearningRate = rate;
        }
        cooling = cooldown;
        bad = 0;
    }

    bool IsBetter(double metric) => (larger, relative) switch
    {
        (false, true) => metric < best * (1 - threshold),
        (false, false) => metric < best - threshold,
        (true, true) => metric > best * (1 + threshold),
        (true, false) => metric > best + threshold,
    };
}
