namespace Flambeau.Optim;

/// <summary>The rate times <c>gamma</c> every <c>stepSize</c> epochs.</summary>
public sealed class StepLR : LRScheduler
{
    readonly long stepSize;
    readonly double gamma;

    public StepLR(Optimizer optimizer, long stepSize, double gamma = 0.1) : base(optimizer)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepSize);
        (this.stepSize, this.gamma) = (stepSize, gamma);
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => BaseRates[group] * Math.Pow(gamma, epoch / stepSize);
}

/// <summary>The rate times <c>gamma</c> at each milestone.</summary>
public sealed class MultiStepLR : LRScheduler
{
    readonly long[] milestones;
    readonly double gamma;

    public MultiStepLR(Optimizer optimizer, IEnumerable<long> milestones, double gamma = 0.1) : base(optimizer)
    {
        (this.milestones, this.gamma) = ([.. milestones], gamma);
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => BaseRates[group] * Math.Pow(gamma, milestones.Count(m => m <= epoch));
}

/// <summary>The rate times <c>gamma</c> every epoch.</summary>
public sealed class ExponentialLR : LRScheduler
{
    readonly double gamma;

    public ExponentialLR(Optimizer optimizer, double gamma) : base(optimizer)
    {
        this.gamma = gamma;
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => BaseRates[group] * Math.Pow(gamma, epoch);
}

/// <summary>The rate times <c>factor</c> for the first <c>totalIters</c> epochs.</summary>
public sealed class ConstantLR : LRScheduler
{
    readonly double factor;
    readonly long totalIters;

    public ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, long totalIters = 5) : base(optimizer)
    {
        (this.factor, this.totalIters) = (factor, totalIters);
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => BaseRates[group] * (epoch < totalIters ? factor : 1);
}

/// <summary>A factor that goes linearly from <c>startFactor</c> to <c>endFactor</c> over <c>totalIters</c> epochs.</summary>
public sealed class LinearLR : LRScheduler
{
    readonly double startFactor, endFactor;
    readonly long totalIters;

    public LinearLR(Optimizer optimizer, double startFactor = 1.0 / 3, double endFactor = 1, long totalIters = 5) : base(optimizer)
    {
        (this.startFactor, this.endFactor, this.totalIters) = (startFactor, endFactor, totalIters);
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) =>
        BaseRates[group] * (startFactor + (endFactor - startFactor) * Math.Min(totalIters, epoch) / Math.Max(1, totalIters));
}

/// <summary>Down to zero as a power of the epochs left of <c>totalIters</c>.</summary>
public sealed class PolynomialLR : LRScheduler
{
    readonly long totalIters;
    readonly double power;

    public PolynomialLR(Optimizer optimizer, long totalIters = 5, double power = 1) : base(optimizer)
    {
        (this.totalIters, this.power) = (totalIters, power);
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => BaseRates[group] * Math.Pow(1 - (double)Math.Min(totalIters, epoch) / totalIters, power);
}

/// <summary>The base rate times a function of the epoch.</summary>
public sealed class LambdaLR : LRScheduler
{
    readonly Func<long, double> factor;

    public LambdaLR(Optimizer optimizer, Func<long, double> lrLambda) : base(optimizer)
    {
        factor = lrLambda;
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => BaseRates[group] * factor(epoch);
}

/// <summary>The rate multiplied every epoch by a function of the epoch.</summary>
public sealed class MultiplicativeLR : LRScheduler
{
    readonly Func<long, double> factor;

    public MultiplicativeLR(Optimizer optimizer, Func<long, double> lrLambda) : base(optimizer)
    {
        factor = lrLambda;
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch)
    {
        var rate = BaseRates[group];
        for (long e = 1; e <= epoch; e++) rate *= factor(e);
        return rate;
    }
}
