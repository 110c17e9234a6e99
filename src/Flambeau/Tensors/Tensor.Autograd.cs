using Flambeau.Autograd;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// Whether gradients flow to this tensor. Only a leaf of a floating-point or complex dtype can be set.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set on an integer tensor, or cleared on a result of recorded ops.</exception>
    public bool RequiresGrad
    {
        get => Meta is { } m && (m.RequiresGrad || m.Node is not null || StaleViewRequiresGrad(m));
        set
        {
            if (value == RequiresGrad) return;
            if (value && !DType.IsDifferentiable())
                throw new InvalidOperationException($"a {DType.Name()} tensor can't require a gradient; only floating-point and complex ones can");
            if (!value && Meta!.Node is not null)
                throw new InvalidOperationException("this tensor is the result of recorded ops, so RequiresGrad can't be cleared; Detach() gives one without history");
            if (IsInference) throw new InvalidOperationException("a tensor made in inference mode can't require a gradient; clone it outside first");
            (Meta ??= new()).RequiresGrad = value;
        }
    }

    static bool StaleViewRequiresGrad(AutogradMeta m) => m.ViewBase is { } b && b.Meta is { } bm && (bm.Node is not null || bm.RequiresGrad) && b.Storage.Version != m.AttrVersion;

    /// <summary>Sets <see cref="RequiresGrad"/> and gives the tensor back.</summary>
    public Tensor WithGrad(bool requiresGrad = true)
    {
        RequiresGrad = requiresGrad;
        return this;
    }

    /// <summary>Not the result of a recorded op.</summary>
    public bool IsLeaf => GradFn is null;

    /// <summary>The recorded op this tensor came from; null for a leaf.</summary>
    public GradNode? GradFn
    {
        get
        {
            if (Meta is not { } m) return null;
            if (StaleViewRequiresGrad(m)) RegenerateView(m);
            return m.Node;
        }
    }

    /// <summary>The gradient that backward passes left here; null before the first. Of the same shape and dtype.</summary>
    public Tensor? Grad
    {
        get => Meta?.Grad;
        set
        {
            if (value is not null && value.Shape != Shape)
                throw new ArgumentException($"a gradient of shape {value.Shape} was given to a tensor of shape {Shape}");
            if (value is not null || Meta is not null) (Meta ??= new()).Grad = value;
        }
    }

    internal Edge GradEdge()
    {
        if (!RequiresGrad) return default;
        if (GradFn is { } node) return new(node, Meta!.OutputIndex);
        var m = Meta!;
        return new(m.Accumulator ??= new AccumulateGrad(this), 0);
    }

    /// <summary>Computes gradients of this tensor with respect to all leaves it came from, and adds them to their <see cref="Grad"/>.</summary>
    /// <param name="gradient">Gradient of some further result with respect to this tensor, of its shape; 1 for a single number.</param>
    /// <param name="retainGraph">Keep saved tensors for another pass.</param>
    /// <param name="createGraph">Record the backward pass itself, for higher derivatives.</param>
    /// <param name="inputs">Accumulate only into these leaves.</param>
    /// <exception cref="InvalidOperationException">There is no history, or it was released by an earlier pass.</exception>
    public void Backward(Tensor? gradient = null, bool retainGraph = false, bool createGraph = false, IReadOnlyList<Tensor>? inputs = null) =>
        Autograd.Grad.Backward([this], gradient is null ? null : [gradient], retainGraph, createGraph, inputs);

    /// <summary>Calls the function with this tensor's gradient when it is known; what it returns, if not null, replaces the gradient.</summary>
    public HookHandle RegisterHook(Func<Tensor, Tensor?> hook)
    {
        var edge = GradEdge();
        if (edge.Node is null) throw new InvalidOperationException("a hook needs a tensor that requires a gradient");
        return edge.Node.AddHook(edge.Index, hook);
    }

    /// <summary>Calls the function after a gradient was added to this leaf's <see cref="Grad"/>.</summary>
    public HookHandle RegisterPostAccumulateGradHook(Action<Tensor> hook)
    {
        if (GradEdge().Node is not AccumulateGrad leaf) throw new InvalidOperationException("a post-accumulate hook needs a leaf that requires a gradient");
        var handle = new HookHandle(h => leaf.PostHooks?.RemoveAll(x => ReferenceEquals(x.Handle, h)));
        (leaf.PostHooks ??= []).Add((hook, handle));
        return handle;
    }

    /// <summary>Makes a result of recorded ops keep its gradient in <see cref="Grad"/>, as leaves do.</summary>
    public void RetainGrad()
    {
        if (!RequiresGrad) throw new InvalidOperationException("RetainGrad needs a tensor that requires a gradient");
        if (IsLeaf || Meta!.RetainsGrad) return;
        Meta.RetainsGrad = true;
        RegisterHook(g =>
        {
            Meta.Grad = Meta.Grad is { } old ? old + g : g;
            return null;
        });
    }

    /// <summary>Forgets the history of this tensor itself.</summary>
    /// <exception cref="InvalidOperationException">It is a view.</exception>
    public Tensor Detach_()
    {
        if (Meta?.ViewBase is not null) throw new InvalidOperationException("a view can't be detached in place; use Detach()");
        if (Meta is { } m) (m.Node, m.RequiresGrad) = (null, false);
        return this;
    }

    /// <summary>After a write to the storage, a view's history is that of its base, looked at through the view's strides.</summary>
    void RegenerateView(AutogradMeta m)
    {
        var b = m.ViewBase!;
        var node = Ops.StridedMove.Lookup(b, this);
        Autograd.Grad.Attach(this, node);
    }
}
