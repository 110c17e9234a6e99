namespace Flambeau;

/// <summary>
/// An optional optimisation: large tensors made on this thread while the scope is open give their memory back when it ends, without waiting for the garbage collector.
/// Tensors that live on must be handed to <see cref="Keep"/>; gradients of leaves and optimizer state are kept by themselves. Using a released tensor is an error, not a fault.
/// </summary>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic] static TensorScope? current;

    readonly TensorScope? outer = current;
    readonly HashSet<Storage> owned = new(ReferenceEqualityComparer.Instance);
    bool ended;

    /// <summary>Opens a scope; scopes nest.</summary>
    public TensorScope() => current = this;

    /// <summary>Lets a tensor live on after the scope (in the enclosing scope, if there is one), and gives it back.</summary>
    public Tensor Keep(Tensor tensor)
    {
        if (owned.Remove(tensor.Storage)) outer?.owned.Add(tensor.Storage);
        return tensor;
    }

    internal static void Adopt(Storage storage) => current?.owned.Add(storage);

    /// <summary>Takes a tensor out of all scopes.</summary>
    internal static Tensor Escape(Tensor tensor)
    {
        for (var s = current; s is not null; s = s.outer) s.owned.Remove(tensor.Storage);
        return tensor;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or it is another thread's.</exception>
    public void Dispose()
    {
        if (ended) return;
        if (!ReferenceEquals(current, this)) throw new InvalidOperationException("tensor scopes end in the reverse order of their opening, on the thread that opened them");
        ended = true;
        current = outer;
        foreach (var s in owned) s.Release();
    }
}
