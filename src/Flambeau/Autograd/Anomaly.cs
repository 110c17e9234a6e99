namespace Flambeau.Autograd;

/// <summary>Debug mode: remembers where every op was called and checks each gradient for NaN.</summary>
public static class Anomaly
{
    [ThreadStatic] static bool enabled;

    /// <summary>Whether the mode is on for this thread.</summary>
    public static bool Enabled => enabled;

    /// <summary>Turns the mode on until the result is disposed. Ops get much slower.</summary>
    public static Scope Detect()
    {
        var s = new Scope(enabled);
        enabled = true;
        return s;
    }

    /// <summary>Restores the mode.</summary>
    public readonly struct Scope : IDisposable
    {
        readonly bool was;

        internal Scope(bool was) => this.was = was;

        /// <inheritdoc/>
        public void Dispose() => enabled = was;
    }

    internal static void Check(GradNode node, ReadOnlySpan<Tensor?> dx)
    {
        foreach (var g in dx)
        {
            if (g is null || !g.DType.IsDifferentiable() || !g.IsNaN().Any().Item<bool>()) continue;
            throw new InvalidOperationException($"the gradient of {node.Name} has NaN in it (a tensor of shape {g.Shape}). The op was called here:\n{node.ForwardTrace ?? "(recorded before anomaly detection was turned on)"}");
        }
    }
}
