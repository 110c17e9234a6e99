namespace Flambeau.Autograd;

/// <summary>What autograd knows of a tensor; absent on tensors without history.</summary>
internal sealed class AutogradMeta
{
    /// <summary>The op this tensor came from, and which of its outputs it is.</summary>
    internal GradNode? Node;
    internal int OutputIndex;

    /// <summary>A leaf that wants its gradient.</summary>
    internal bool RequiresGrad;
    internal Tensor? Grad;
    internal AccumulateGrad? Accumulator;

    /// <summary>The tensor this one is a view of, and the storage version for which <see cref="Node"/> is right.</summary>
    internal Tensor? ViewBase;
    internal int AttrVersion;

    internal bool RetainsGrad;
}
