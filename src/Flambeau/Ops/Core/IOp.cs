using Flambeau.Autograd;

namespace Flambeau.Ops;

/// <summary>A primitive op with its attributes as a value: what eager dispatch runs and a graph node holds.</summary>
public interface IOp
{
    /// <summary>PyTorch's name.</summary>
    string Name { get; }

    /// <summary>The signature under which it is registered.</summary>
    string Schema { get; }
}

/// <summary>
/// Sees every primitive op that user code runs on its thread, not those that run inside another primitive: tracing, profiling, counting.
/// </summary>
public abstract class OpObserver
{
    [ThreadStatic] static OpObserver? current;

    /// <summary>The observer of this thread.</summary>
    public static OpObserver? Current
    {
        get => current;
        set => current = value;
    }

    /// <summary>Called after an op ran.</summary>
    /// <param name="op">The op with its attributes.</param>
    /// <param name="arguments">Its arguments in the order of the signature.</param>
    /// <param name="outputs">Its results.</param>
    public abstract void OnOp(IOp op, object?[] arguments, Tensor[] outputs);

    /// <summary>Called after something that is no op but gives a tensor, such as <see cref="Tensor.Zeros(Shape, DType?)"/> or <see cref="Tensor.Detach"/>.</summary>
    /// <param name="name">A name in the registry.</param>
    /// <param name="arguments">Its arguments in the order of the signature.</param>
    /// <param name="output">Its result.</param>
    public virtual void OnCall(string name, object?[] arguments, Tensor output) { }

    /// <summary>Called before a tensor's elements are overwritten by those of another, broadcast and converted.</summary>
    public virtual void OnWrite(Tensor tensor, Tensor value) { }

    /// <summary>Called when C# looks at a tensor's elements.</summary>
    public virtual void OnRead(Tensor tensor) { }

    /// <summary>Called when C# gets hold of a tensor's memory, to read or to write it.</summary>
    public virtual void OnSpan(Tensor tensor) => OnRead(tensor);

    /// <summary>Runs something as one call, whatever it is made of.</summary>
    internal Tensor Whole(string name, object?[] arguments, Func<Tensor> run)
    {
        Tensor y;
        using (Hide()) y = run();
        OnCall(name, arguments, y);
        return y;
    }

    /// <summary>Nobody sees the ops in the scope.</summary>
    internal static Hidden Hide()
    {
        var h = new Hidden(current);
        current = null;
        return h;
    }

    /// <summary>Shows ops to the observer again when disposed.</summary>
    internal readonly struct Hidden(OpObserver? observer) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => current = observer;
    }
}

/// <summary>Which inputs of a recorded op want a gradient, for a joint <c>Vjp</c>.</summary>
public readonly struct Needs(GradNode node)
{
    /// <summary>Whether the input with this number (tensor arguments only) wants its gradient.</summary>
    public bool this[int input] => node.Wants(input);
}
