using System.Runtime.CompilerServices;

namespace Flambeau.Autograd;

/// <summary>Gradient modes of the current thread.</summary>
public static partial class Grad
{
    [ThreadStatic] static bool disabled;
    [ThreadStatic] static bool inference;

    /// <summary>Whether ops on this thread record history. True at the start of every thread.</summary>
    public static bool Enabled => !disabled;

    /// <summary>Whether inference mode is on.</summary>
    public static bool IsInference => inference;

    internal static TensorFlags NewFlags => inference ? TensorFlags.Inference : TensorFlags.None;

    /// <summary>Ops in the scope record no history: <c>using (Grad.No()) …</c>.</summary>
    public static Scope No() => Set(enabled: false);

    /// <summary>Ops in the scope record history again, inside a <see cref="No"/> scope.</summary>
    public static Scope Yes() => Set(enabled: true);

    /// <summary>Ops in the scope record history or not.</summary>
    public static Scope Set(bool enabled)
    {
        var s = new Scope(disabled, inference);
        disabled = !enabled;
        return s;
    }

    /// <summary>As <see cref="No"/>, and tensors made in the scope can never take part in a recorded op's saved values.</summary>
    public static Scope Inference()
    {
        var s = new Scope(disabled, inference);
        disabled = true;
        inference = true;
        return s;
    }

    /// <summary>Restores the modes that were in force when it was made.</summary>
    public readonly struct Scope : IDisposable
    {
        readonly bool wasDisabled, wasInference;

        internal Scope(bool disabled, bool inference) => (wasDisabled, wasInference) = (disabled, inference);

        /// <inheritdoc/>
        public void Dispose()
        {
            disabled = wasDisabled;
            inference = wasInference;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Needs(Tensor a) => !disabled && a.RequiresGrad;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Needs(Tensor? a, Tensor? b) => !disabled && (a is { RequiresGrad: true } || b is { RequiresGrad: true });

    internal static bool Needs(params ReadOnlySpan<Tensor?> tensors)
    {
        if (disabled) return false;
        foreach (var t in tensors)
        {
            if (t is { RequiresGrad: true }) return true;
        }
        return false;
    }

    /// <summary>Makes <paramref name="y"/> the output number <paramref name="index"/> of a recorded op.</summary>
    internal static void Attach(Tensor y, GradNode node, int index = 0)
    {
        if (!y.DType.IsDifferentiable()) return;
        var meta = y.Meta ??= new();
        meta.Node = node;
        meta.OutputIndex = index;
        meta.AttrVersion = y.Storage.Version;
        node.DescribeOutput(index, y);
    }

    /// <summary>Remembers of whom <paramref name="y"/> is a view, so that in-place writes reach its history.</summary>
    internal static void AttachView(Tensor y, Tensor of)
    {
        if (disabled || !y.DType.IsDifferentiable() || !ReferenceEquals(y.Storage, of.Storage)) return;
        var meta = y.Meta ??= new();
        meta.ViewBase = of.Meta?.ViewBase ?? of;
        meta.AttrVersion = y.Storage.Version;
    }

    /// <summary>Zeros in place of a gradient that never arrived.</summary>
    internal static Tensor ZeroOf(GradNode node, int output)
    {
        var (shape, dtype) = node.Output(output);
        return Tensor.Zeros(shape, dtype);
    }
}
