using System.Diagnostics;

namespace Flambeau.Autograd;

/// <summary>Where a gradient flows: an input of a backward step.</summary>
public readonly record struct Edge(GradNode? Node, int Index)
{
    /// <summary>Whether the gradient is wanted there.</summary>
    public bool IsWanted => Node is not null;
}

/// <summary>One recorded op: turns gradients of its outputs into gradients of its inputs.</summary>
public abstract class GradNode
{
    static long counter;

    internal readonly long Sequence = Interlocked.Increment(ref counter);
    internal Edge[] Edges = [];
    (Shape Shape, DType DType)[] outputs = [];
    List<(int Output, Func<Tensor, Tensor?> Hook, HookHandle Handle)>? hooks;
    string? trace;

    /// <summary>Name of the forward op.</summary>
    public abstract string Name { get; }

    /// <summary>Number of outputs of the forward op.</summary>
    public int OutputCount => outputs.Length;

    /// <summary>The nodes that receive this node's results.</summary>
    public IReadOnlyList<Edge> Next => Edges;

    internal bool Released { get; private set; }

    /// <summary>Gradients of the inputs from those of the outputs; null stands for zero. Only wanted inputs need a result.</summary>
    protected internal abstract void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx);

    /// <summary>Drops saved tensors.</summary>
    protected abstract void ReleaseSaved();

    internal void Release()
    {
        Released = true;
        ReleaseSaved();
    }

    internal bool Wants(int input) => Edges[input].Node is not null;

    /// <summary>Whether results may alias gradients that somebody else holds, so that they must be copied before they are kept.</summary>
    internal virtual bool MayShareResults => false;

    /// <summary>Whether this is a recorded op, whose backward step keeps nothing of what it is given.</summary>
    internal virtual bool IsOp => false;

    /// <summary>What the node's input was looked at through, if that is one run of positions along an axis.</summary>
    internal virtual Part? Part => null;

    internal bool HasHooks => hooks is { Count: > 0 };

    internal void Connect(params ReadOnlySpan<Tensor?> inputs)
    {
        Edges = new Edge[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) Edges[i] = inputs[i] is { } t ? t.GradEdge() : default;
        if (Anomaly.Enabled) trace = new StackTrace(1, fNeedFileInfo: true).ToString();
    }

    internal void DescribeOutput(int index, Tensor y)
    {
        if (outputs.Length <= index) Array.Resize(ref outputs, index + 1);
        outputs[index] = (y.Shape, y.DType);
    }

    internal (Shape Shape, DType DType) Output(int index) => outputs[index];

    internal string? ForwardTrace => trace;

    internal HookHandle AddHook(int output, Func<Tensor, Tensor?> hook)
    {
        var handle = new HookHandle(h => { lock (this) hooks?.RemoveAll(x => ReferenceEquals(x.Handle, h)); });
        lock (this) (hooks ??= []).Add((output, hook, handle));
        return handle;
    }

    internal void RunHooks(Span<Tensor?> dy)
    {
        if (hooks is null) return;
        foreach (var (output, hook, _) in hooks.ToArray())
        {
            if (output < dy.Length && dy[output] is { } g) dy[output] = hook(g) ?? g;
        }
    }
}

/// <summary>A registered hook; disposing it removes the hook.</summary>
public sealed class HookHandle : IDisposable
{
    readonly Action<HookHandle> remove;

    internal HookHandle(Action<HookHandle> remove) => this.remove = remove;

    /// <inheritdoc/>
    public void Dispose() => remove(this);
}

/// <summary>A tensor kept for the backward pass, with the version it had.</summary>
internal readonly struct SavedTensor
{
    readonly Tensor? tensor;
    readonly int version;

    internal SavedTensor(Tensor? t)
    {
        if (t is { IsInference: true })
            throw new InvalidOperationException("a tensor made in inference mode can't be saved for a gradient; make it outside Grad.Inference(), or pass a clone of it");
        tensor = t;
        version = t?.Storage.Version ?? 0;
    }

    /// <exception cref="InvalidOperationException">It was changed in place, or released by an earlier backward pass.</exception>
    internal Tensor Get(GradNode node) => GetOrNull(node) ?? throw new InvalidOperationException($"{node.Name} saved no such tensor");

    internal Tensor? GetOrNull(GradNode node)
    {
        if (tensor is null) return null;
        if (tensor.Storage.Version != version)
        {
            throw new InvalidOperationException(
                $"a tensor of shape {tensor.Shape} that {node.Name} needs for its gradient was changed in place: it is at version {tensor.Storage.Version}, {node.Name} saved it at version {version}. "
                + "Use the op that gives a new tensor, or clone before the change." + (node.ForwardTrace is { } t ? "\nThe op was called here:\n" + t : " Anomaly.Detect() names the line of the forward call."));
        }
        return tensor;
    }
}
