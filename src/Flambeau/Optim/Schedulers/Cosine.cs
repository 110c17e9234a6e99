namespace Flambeau.Optim;

/// <summary>Half a cosine from the base rate to <c>etaMin</c> over <c>tMax</c> epochs, and back (Loshchilov and Hutter, SGDR, 2017, without restarts).</summary>
public sealed class CosineAnnealingLR : LRScheduler
{
    readonly long tMax;
    readonly double etaMin;

    public CosineAnnealingLR(Optimizer optimizer, long tMax, double etaMin = 0) : base(optimizer)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tMax);
        (this.tMax, this.etaMin) = (tMax, etaMin);
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch) => etaMin + (BaseRates[group] - etaMin) * (1 + Math.Cos(Math.PI * epoch / tMax)) / 2;
}

/// <summary>Cosine annealing that starts anew after <c>t0</c> epochs, then after <c>tMult</c> times as many (SGDR).</summary>
public sealed class CosineAnnealingWarmRestarts : LRScheduler
{
    readonly long t0, tMult;
    readonly double etaMin;

    public CosineAnnealingWarmRestarts(Optimizer optimizer, long t0, long tMult = 1, double etaMin = 0) : base(optimizer)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(t0);
        ArgumentOutOfRangeException.ThrowIfLessThan(tMult, 1);
        (this.t0, this.tMult, this.etaMin) = (t0, tMult, etaMin);
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group, long epoch)
    {
        long period = t0, at = epoch;
        while (at >= period)
        {
            at -= period;
            period *= tMult;
        }
        return etaMin + (BaseRates[group] - etaMin) * (1 + Math.Cos(Math.PI * at / period)) / 2;
    }
}
