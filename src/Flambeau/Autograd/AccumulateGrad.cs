namespace Flambeau.Autograd;

/// <summary>The end of the tape: adds to a leaf's <see cref="Tensor.Grad"/>.</summary>
internal sealed class AccumulateGrad : GradNode
{
    readonly Tensor leaf;
    internal List<(Action<Tensor> Hook, HookHandle Handle)>? PostHooks;

    internal AccumulateGrad(Tensor leaf)
    {
        this.leaf = leaf;
        DescribeOutput(0, leaf);
    }

    public override string Name => "accumulate_grad";

    internal Tensor Leaf => leaf;

    protected override void ReleaseSaved() { }

    protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx) => Accumulate(dy[0], owned: false);

    /// <param name="g">The gradient, or null for zero.</param>
    /// <param name="owned">Nobody else holds the tensor, so it needn't be copied.</param>
    internal void Accumulate(Tensor? g, bool owned)
    {
        if (g is null) return;
        if (g.Shape != leaf.Shape)
            throw new InvalidOperationException($"the gradient of a leaf of shape {leaf.Shape} arrived with shape {g.Shape}");
        var meta = leaf.Meta!;
        if (Grad.Enabled) meta.Grad = meta.Grad is { } old ? old + g : g;
        else if (meta.Grad is { } sum) sum.Add_(g);
        else meta.Grad = owned && (g.IsContiguous || g.Layout.SameStrides(leaf.Layout)) && g.DType == leaf.DType ? g.Detach() : g.To(leaf.DType, copy: true).Detach();
        TensorScope.Escape(meta.Grad!);
        if (PostHooks is null) return;
        foreach (var (hook, _) in PostHooks.ToArray()) hook(leaf);
    }
}
