using Flambeau.Autograd;
using Flambeau.Graphs;
using Flambeau.Nn;

namespace Flambeau.Capture;

/// <summary>Puts back, when disposed, what running a program again changes: written state, buffers, the current generator.</summary>
internal sealed class KeptState : IDisposable
{
    readonly (Tensor Tensor, Tensor Copy)[] tensors;
    readonly Action restoreRandom;

    internal KeptState(Graph graph, Module? module)
    {
        using var off = Grad.No();
        var all = graph.Writes.Select(static w => w.State.Tensor).Concat(module?.NamedBuffers().Select(static b => b.Value) ?? []).Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>();
        tensors = [.. all.Select(static t => (t, t.Detach().Clone()))];
        restoreRandom = Keep();
    }

    /// <summary>Random numbers as they would have come.</summary>
    internal static Action Keep()
    {
        var generator = Generator.Current;
        var state = generator.State;
        return () => generator.State = state;
    }

    public void Dispose()
    {
        using var off = Grad.No();
        foreach (var (t, copy) in tensors) t.Copy_(copy);
        restoreRandom();
    }
}
