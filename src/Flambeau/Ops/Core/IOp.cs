using Flambeau.Autograd;

namespace Flambeau.Ops;

/// <summary>A primitive op with its attributes as a value: what eager dispatch runs and a graph node holds.</summary>
public interface IOp
{
    /// <summary>PyTorch's name.</summary>
    string Name { get; }
}

/// <summary>Sees every primitive op that runs on its thread: tracing, profiling, counting.</summary>
public abstract class OpObserver
{
    [ThreadStatic] static OpObserver? current;

    /// <summary>The observer of this thread.</summary>
    public static OpObserver? Current
    {
        get => current;
        set => current = value;
    }

    /// <summary>Called after the op ran.</summary>
    public abstract void OnOp<TOp>(in TOp op, ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs) where TOp : struct, IOp;
}

/// <summary>Which inputs of a recorded op want a gradient, for a joint <c>Vjp</c>.</summary>
public readonly struct Needs(GradNode node)
{
    /// <summary>Whether the input with this number (tensor arguments only) wants its gradient.</summary>
    public bool this[int input] => node.Wants(input);
}
