using System.Globalization;
using Flambeau.Autograd;
using Flambeau.Optim;

namespace Flambeau.Amp;

/// <summary>
/// Keeps small gradients in float16's range: the loss is multiplied by a scale, gradients are divided by it before the step, and a step whose gradients overflowed is left out
/// and halves the scale, which grows again after a time without. bfloat16 needs none. (Micikevicius et al., "Mixed Precision Training", arXiv:1710.03740.)
/// <code>
/// scaler.Scale(loss).Backward();
/// scaler.Step(optimizer);
/// scaler.Update();
/// </code>
/// Whether gradients are finite is found out on their device and asked for once a step.
/// </summary>
public sealed class GradScaler
{
    sealed class Progress
    {
        internal List<Tensor>? Extremes;
        internal bool Stepped;
        internal bool? Overflowed;
    }

    readonly Dictionary<Optimizer, Progress> progress = new(ReferenceEqualityComparer.Instance);
    long tracker;

    /// <param name="initScale">The first scale.</param>
    /// <param name="growthFactor">What it grows by after <paramref name="growthInterval"/> steps without overflow; above 1.</param>
    /// <param name="backoffFactor">What it shrinks by after an overflow; below 1.</param>
    /// <param name="growthInterval">Steps without overflow until it grows.</param>
    /// <param name="enabled">False makes it do nothing, so that one program serves all dtypes.</param>
    /// <exception cref="ArgumentException">A factor or the interval is out of range.</exception>
    public GradScaler(double initScale = 65536, double growthFactor = 2, double backoffFactor = 0.5, long growthInterval = 2000, bool enabled = true)
    {
        if (!(initScale > 0)) throw new ArgumentException($"GradScaler: the scale is {initScale}; expected a positive number", nameof(initScale));
        if (!(growthFactor > 1)) throw new ArgumentException($"GradScaler: the growth factor is {growthFactor}; expected more than 1", nameof(growthFactor));
        if (!(backoffFactor is > 0 and < 1)) throw new ArgumentException($"GradScaler: the backoff factor is {backoffFactor}; expected a number between 0 and 1", nameof(backoffFactor));
        if (growthInterval < 1) throw new ArgumentException($"GradScaler: the growth interval is {growthInterval}; expected at least 1", nameof(growthInterval));
        (Current, GrowthFactor, BackoffFactor, GrowthInterval, Enabled) = (initScale, growthFactor, backoffFactor, growthInterval, enabled);
    }

    /// <summary>The scale; 1 when it does nothing.</summary>
    public double Current { get => Enabled ? field : 1; private set; }

    /// <summary>What the scale grows by.</summary>
    public double GrowthFactor { get; set; }

    /// <summary>What the scale shrinks by.</summary>
    public double BackoffFactor { get; set; }

    /// <summary>Steps without overflow until the scale grows.</summary>
    public long GrowthInterval { get; set; }

    /// <summary>Whether it does anything.</summary>
    public bool Enabled { get; }

    /// <summary>Steps without overflow since the last change.</summary>
    public long GrowthTracker => tracker;

    /// <summary>The loss (or any output) times the scale, in float32 at least.</summary>
    public Tensor Scale(Tensor output)
    {
        if (!Enabled) return output;
        return (output.DType is DType.Float16 or DType.BFloat16 ? output.To(DType.Float32) : output) * Current;
    }

    /// <summary>
    /// Divides the gradients of an optimizer's parameters by the scale, in place; for use before clipping. <see cref="Step"/> does it otherwise.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was done already since the last <see cref="Update"/>, or a gradient is float16.</exception>
    public void Unscale(Optimizer optimizer)
    {
        if (!Enabled) return;
        var p = Of(optimizer);
        if (p.Stepped) throw new InvalidOperationException("GradScaler.Unscale comes before Step; this optimizer was stepped already. Call Update after every iteration.");
        if (p.Extremes is not null) throw new InvalidOperationException("GradScaler.Unscale was called for this optimizer already since the last Update; gradients would be divided twice");
        p.Extremes = [];
        using var off = Grad.No();
        using var plain = Autocast.Suspend();
        // divided in float32 by way of the reciprocal, as PyTorch does
        var inverse = (float)(1 / Current);
        foreach (var g in optimizer.Groups)
        {
            foreach (var parameter in g.Parameters)
            {
                if (parameter.Grad is not { } grad || grad.Numel == 0) continue;
                if (grad.DType == DType.Float16)
                    throw new InvalidOperationException($"GradScaler.Unscale: the gradient of a parameter of shape {parameter.Shape} is float16, which has no room to be unscaled in. Keep parameters in float32 and compute in half precision by Autocast.");
                // the largest magnitude is NaN or infinite exactly where some element is
                p.Extremes.Add(grad.Abs().Amax([]).To(DType.Float32));
                grad.Mul_(Tensor.FromScalar(inverse));
            }
        }
    }

    /// <summary>Steps the optimizer unless its gradients overflowed; unscales them first if that wasn't done.</summary>
    /// <returns>Whether the step was made.</returns>
    /// <exception cref="InvalidOperationException">It was stepped already since the last <see cref="Update"/>.</exception>
    public bool Step(Optimizer optimizer)
    {
        if (!Enabled)
        {
            optimizer.Step();
            return true;
        }
        var p = Of(optimizer);
        if (p.Stepped) throw new InvalidOperationException("GradScaler.Step was called for this optimizer already since the last Update; call Update after every iteration");
        if (p.Extremes is null) Unscale(optimizer);
        var overflowed = Overflowed(p);
        if (!overflowed) optimizer.Step();
        p.Stepped = true;
        return !overflowed;
    }

    /// <summary>Moves the scale by what the steps since the last call found, or sets it.</summary>
    /// <exception cref="InvalidOperationException">No optimizer was stepped or unscaled since the last call.</exception>
    public void Update(double? newScale = null)
    {
        if (!Enabled) return;
        if (newScale is { } given)
        {
            if (!(given > 0)) throw new ArgumentException($"GradScaler.Update: the scale is {given}; expected a positive number", nameof(newScale));
            Current = given;
        }
        else
        {
            if (!progress.Values.Any(static p => p.Extremes is not null)) throw new InvalidOperationException("GradScaler.Update: no gradients were checked since the last Update; call Step (or Unscale) first");
            if (progress.Values.Where(static p => p.Extremes is not null).Count(Overflowed) > 0)
            {
                Current *= BackoffFactor;
                tracker = 0;
            }
            else if (++tracker == GrowthInterval)
            {
                // a scale that leaves float32's range stays
                if (float.IsFinite((float)(Current * GrowthFactor))) Current *= GrowthFactor;
                tracker = 0;
            }
        }
        progress.Clear();
    }

    Progress Of(Optimizer optimizer) => progress.TryGetValue(optimizer, out var p) ? p : progress[optimizer] = new();

    /// <summary>Asked once; all parameters' extremes come to the host together.</summary>
    static bool Overflowed(Progress p)
    {
        if (p.Overflowed is { } known) return known;
        var found = false;
        using var off = Grad.No();
        foreach (var device in p.Extremes!.GroupBy(static t => t.Device)) found |= !float.IsFinite(Tensor.Stack([.. device]).Amax([]).Item<float>());
        p.Overflowed = found;
        return found;
    }

    /// <summary>State under PyTorch's names; empty when it does nothing.</summary>
    public Dictionary<string, object?> StateDict() => !Enabled ? [] : new()
    {
        ["scale"] = Current, ["growth_factor"] = GrowthFactor, ["backoff_factor"] = BackoffFactor, ["growth_interval"] = GrowthInterval, ["_growth_tracker"] = tracker,
    };

    /// <summary>Restores what <see cref="StateDict"/> gave.</summary>
    /// <exception cref="ArgumentException">A number is missing.</exception>
    public void LoadStateDict(IEnumerable<KeyValuePair<string, object?>> stateDict)
    {
        if (!Enabled) return;
        var dict = stateDict.ToDictionary();
        double Number(string name) => dict.TryGetValue(name, out var v) && v is IConvertible c ? c.ToDouble(CultureInfo.InvariantCulture)
            : throw new ArgumentException($"GradScaler: the state has no number '{name}'; it has {(dict.Count == 0 ? "nothing: was it saved from a scaler that is switched off?" : string.Join(", ", dict.Keys))}", nameof(stateDict));
        (Current, GrowthFactor, BackoffFactor, GrowthInterval, tracker) =
            (Number("scale"), Number("growth_factor"), Number("backoff_factor"), (long)Number("growth_interval"), (long)Number("_growth_tracker"));
    }
}
