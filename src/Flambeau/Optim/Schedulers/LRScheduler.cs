using System.Globalization;

namespace Flambeau.Optim;

/// <summary>Sets the learning rates of an optimizer's groups as epochs pass. The first values are set when it is made; call <see cref="Step"/> after each epoch.</summary>
public abstract class LRScheduler
{
    /// <summary>The optimizer.</summary>
    protected Optimizer Optimizer { get; }

    /// <summary>Learning rates of the groups at the start.</summary>
    protected double[] BaseRates { get; }

    /// <summary>Number of calls of <see cref="Step"/>.</summary>
    public long LastEpoch { get; private set; }

    /// <summary>Remembers the rates; derived classes then call <see cref="Apply"/>.</summary>
    protected LRScheduler(Optimizer optimizer)
    {
        Optimizer = optimizer;
        BaseRates = [.. optimizer.Groups.Select(static g => g.LearningRate)];
    }

    /// <summary>The rates in force.</summary>
    public double[] GetLastLr() => [.. Optimizer.Groups.Select(static g => g.LearningRate)];

    /// <summary>Goes to the next epoch.</summary>
    public void Step()
    {
        LastEpoch++;
        Apply();
    }

    /// <summary>Goes to an epoch.</summary>
    internal void Seek(long epoch)
    {
        LastEpoch = epoch;
        Apply();
    }

    /// <summary>Rate of group <paramref name="group"/> in <paramref name="epoch"/>, counted from 0.</summary>
    protected abstract double Rate(int group, long epoch);

    /// <summary>Sets the rates of the current epoch.</summary>
    protected virtual void Apply()
    {
        for (var i = 0; i < Optimizer.Groups.Count; i++) Optimizer.Groups[i].LearningRate = Rate(i, LastEpoch);
    }

    /// <summary>What is needed to continue: the epoch and the rates.</summary>
    public virtual Dictionary<string, object?> StateDict() => new()
    {
        ["last_epoch"] = LastEpoch,
        ["base_lrs"] = BaseRates.Select(static r => (object?)r).ToList(),
    };

    /// <summary>Restores what <see cref="StateDict"/> gave.</summary>
    public virtual void LoadStateDict(IReadOnlyDictionary<string, object?> state)
    {
        var i = 0;
        foreach (var r in StateTree.List(state["base_lrs"]).Take(BaseRates.Length)) BaseRates[i++] = Convert.ToDouble(r, CultureInfo.InvariantCulture);
        Seek(Convert.ToInt64(state["last_epoch"], CultureInfo.InvariantCulture));
    }
}
