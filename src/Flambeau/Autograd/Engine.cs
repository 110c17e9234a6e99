using System.Runtime.InteropServices;

namespace Flambeau.Autograd;

/// <summary>Runs the tape backward, latest op first, without recursion.</summary>
internal sealed class Engine
{
    sealed class State(int outputs)
    {
        internal readonly Tensor?[] Grads = new Tensor?[outputs];
        internal readonly bool[] Owned = new bool[outputs];
        internal readonly bool[] Passing = new bool[outputs];
        internal Parts?[]? Parts;
        internal int Dependencies;
        internal bool Needed = true;
    }

    readonly Dictionary<GradNode, State> states = new(ReferenceEqualityComparer.Instance);
    readonly PriorityQueue<GradNode, long> ready = new();
    readonly bool keep;
    readonly long start;
    DeviceBackend? device;
    long dropped;

    [ThreadStatic] static bool accumulates;

    /// <summary>Whether the pass that runs on this thread adds to the gradients of all leaves.</summary>
    internal static bool Accumulates => accumulates;

    Engine(bool keep)
    {
        this.keep = keep;
        start = keep || Ops.OpObserver.Current is not null ? long.MaxValue : DeviceStorage.LastNumber;
    }

    /// <summary>Gradients of <paramref name="inputs"/>; with none given, accumulates into all leaves.</summary>
    internal static Tensor?[] Run(ReadOnlySpan<Tensor> roots, ReadOnlySpan<Tensor> seeds, ReadOnlySpan<Tensor> inputs, bool keep, bool create, bool accumulate)
    {
        var engine = new Engine(keep || create);
        var captures = new Edge[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!inputs[i].RequiresGrad)
                throw new InvalidOperationException($"input {i} of shape {inputs[i].Shape} doesn't require a gradient; set RequiresGrad before it is used");
            captures[i] = inputs[i].GradEdge();
        }
        var starts = new Edge[roots.Length];
        for (var i = 0; i < roots.Length; i++)
        {
            starts[i] = roots[i].GradEdge();
            if (starts[i].Node is null)
                throw new InvalidOperationException($"a result of shape {roots[i].Shape} has no gradient history: nothing it was computed from requires a gradient, or it was computed under Grad.No()");
        }
        using var mode = Grad.Set(create);
        using var plain = Amp.Autocast.Suspend();
        engine.device = engine.keep || roots.Length == 0 ? null : roots[0].Storage.Backend;
        engine.Discover(starts);
        if (inputs.Length > 0) engine.Restrict(starts, captures);
        for (var i = 0; i < starts.Length; i++) engine.Add(starts[i], seeds[i], owned: false, passing: false);
        foreach (var s in starts)
        {
            if (engine.states[s.Node!].Dependencies == 0 && engine.states[s.Node!].Needed) engine.Enqueue(s.Node!);
        }
        var results = new Tensor?[inputs.Length];
        var outer = accumulates;
        accumulates = inputs.Length == 0;
        try
        {
            engine.Drain(captures, results, accumulate || inputs.Length == 0);
        }
        finally
        {
            accumulates = outer;
        }
        if (inputs.Length == 0) engine.device?.BackwardEnded();
        return results;
    }

    readonly HashSet<GradNode> queued = new(ReferenceEqualityComparer.Instance);

    void Enqueue(GradNode node)
    {
        if (queued.Add(node)) ready.Enqueue(node, -node.Sequence);
    }

    /// <summary>Counts, for every node within reach, how many gradients it will be sent.</summary>
    void Discover(ReadOnlySpan<Edge> starts)
    {
        var stack = new Stack<GradNode>();
        foreach (var s in starts) Visit(s.Node!, stack);
        while (stack.TryPop(out var node))
        {
            foreach (var e in node.Edges)
            {
                if (e.Node is not { } next) continue;
                Visit(next, stack);
                states[next].Dependencies++;
            }
        }
    }

    void Visit(GradNode node, Stack<GradNode> stack)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(states, node, out var known);
        if (known) return;
        state = new State(Math.Max(node.OutputCount, 1));
        stack.Push(node);
    }

    /// <summary>Keeps only nodes from which a captured input can be reached.</summary>
    void Restrict(ReadOnlySpan<Edge> starts, ReadOnlySpan<Edge> captures)
    {
        foreach (var s in states.Values) s.Needed = false;
        foreach (var c in captures)
        {
            if (c.Node is { } n && states.TryGetValue(n, out var s)) s.Needed = true;
        }
        // Inputs are recorded before what uses them, so sequence order is a topological order.
        foreach (var node in states.Keys.OrderBy(static n => n is AccumulateGrad ? long.MinValue : n.Sequence))
        {
            var s = states[node];
            foreach (var e in node.Edges)
            {
                if (e.Node is { } n && states[n].Needed) s.Needed = true;
            }
        }
    }

    /// <param name="edge">Where the gradient goes.</param>
    /// <param name="g">The gradient; null for zero.</param>
    /// <param name="owned">Nobody else holds it.</param>
    /// <param name="passing">An op made it in this pass.</param>
    void Add(Edge edge, Tensor? g, bool owned, bool passing)
    {
        if (g is null || edge.Node is not { } node) return;
        var state = states[node];
        var i = edge.Index;
        Join(node, state, i);
        if (state.Grads[i] is { } had)
        {
            state.Grads[i] = had + g;
            if (state.Passing[i]) Free(had);
            if (owned && passing) Free(g);
            (owned, passing) = (true, true);
        }
        else state.Grads[i] = g;
        (state.Owned[i], state.Passing[i]) = (owned, owned && passing);
    }

    /// <summary>
    /// Gives back a gradient on a device that has passed through: the collector, which doesn't see a device's memory, would find it late. Only what ops made
    /// during this pass and nobody else can hold.
    /// </summary>
    void Free(Tensor g)
    {
        if (g.Storage is DeviceStorage s && s.Number > start) s.Release();
    }

    /// <summary>Drops what a node saved. A device hears of it, since its memory is not what makes the collector run: as if each op's result had been saved, by it or by the next.</summary>
    void Release(GradNode node)
    {
        node.Release();
        if (device is null || node.MayShareResults) return;
        for (var i = 0; i < node.OutputCount; i++)
        {
            var (shape, dtype) = node.Output(i);
            if (shape.Rank > 0) dropped += shape.Numel * dtype.Size();
        }
        if (dropped < DroppedAtOnce) return;
        device.BackwardPassed(dropped);
        dropped = 0;
    }

    const long DroppedAtOnce = 16 << 20;

    void Drain(Edge[] captures, Tensor?[] results, bool accumulate)
    {
        while (ready.TryDequeue(out var node, out _))
        {
            var state = states[node];
            for (var i = 0; i < state.Parts?.Length; i++) Join(node, state, i);
            node.RunHooks(state.Grads);
            for (var i = 0; i < captures.Length; i++)
            {
                if (ReferenceEquals(captures[i].Node, node)) results[i] = state.Grads[captures[i].Index];
            }
            if (node is AccumulateGrad leaf)
            {
                if (accumulate) leaf.Accumulate(state.Grads[0], state.Owned[0]);
                states.Remove(node);
                continue;
            }
            var captured = false;
            foreach (var c in captures) captured |= ReferenceEquals(c.Node, node);
            Step(node, state, captured);
        }
    }

    void Step(GradNode node, State state, bool captured)
    {
        if (node.Released)
            throw new InvalidOperationException($"backward went through {node.Name} a second time, after its saved tensors were released; pass retainGraph: true to the first call");
        var edges = node.Edges;
        if (AddPart(node, state, captured)) return;
        var dx = new Tensor?[edges.Length];
        if (state.Grads.AsSpan().ContainsAnyExcept((Tensor?)null))
        {
            using (Tensor.Beside(state.Grads)) node.Backward(state.Grads, dx);
            if (Anomaly.Enabled) Anomaly.Check(node, dx);
        }
        if (!keep) Release(node);
        for (var i = 0; i < edges.Length; i++)
        {
            if (edges[i].Node is not { } next) continue;
            var s = states[next];
            if (s.Needed) Add(edges[i], Fit(node, next, edges[i].Index, dx[i]), !node.MayShareResults && IsOwned(dx, i, state.Grads), node.IsOp);
            Sent(next, s);
        }
        if (node.IsOp && !captured && !node.HasHooks) Passed(state, dx);
        states.Remove(node);
    }

    /// <summary>One that was waited for has come, or never will.</summary>
    void Sent(GradNode next, State s)
    {
        if (--s.Dependencies > 0) return;
        if (s.Needed) Enqueue(next);
        else Skip(next);
    }

    /// <summary>Keeps a gradient of a part as it is, until all that is added to it has come.</summary>
    bool AddPart(GradNode node, State state, bool captured)
    {
        if (node.Edges is not [{ Node: { } next, Index: var i }] || Grad.Enabled || Anomaly.Enabled || Ops.OpObserver.Current is not null) return false;
        var s = states[next];
        if (!s.Needed || state.Grads[0] is not { } g || node.Part is not { } part) return false;
        var (shape, dtype) = next.Output(i);
        if (g.DType != dtype) return false;
        var parts = (s.Parts ??= new Parts?[s.Grads.Length])[i] ??= new();
        parts.Add(part, g, state.Passing[0] && !captured && !node.HasHooks);
        if (parts.Overlap(shape)) Join(next, s, i);
        if (!keep) Release(node);
        states.Remove(node);
        Sent(next, s);
        return true;
    }

    void Join(GradNode node, State state, int i)
    {
        if (state.Parts?[i] is not { } parts || parts.IsEmpty) return;
        var (shape, dtype) = node.Output(i);
        state.Grads[i] = parts.Join(shape, dtype, state.Grads[i], state.Owned[i], Free);
        state.Owned[i] = state.Passing[i] = true;
    }

    /// <summary>The gradients that came to a node are done with, unless they went on as they are.</summary>
    void Passed(State state, Tensor?[] dx)
    {
        for (var i = 0; i < state.Grads.Length; i++)
        {
            if (!state.Passing[i] || state.Grads[i] is not { } g) continue;
            var goesOn = false;
            foreach (var d in dx) goesOn |= ReferenceEquals(d?.Storage, g.Storage);
            if (!goesOn) Free(g);
        }
    }

    /// <summary>A node that leads to no wanted input still counts for those it shares successors with.</summary>
    void Skip(GradNode first)
    {
        var stack = new Stack<GradNode>();
        stack.Push(first);
        while (stack.TryPop(out var node))
        {
            foreach (var e in node.Edges)
            {
                if (e.Node is not { } next || !states.TryGetValue(next, out var s)) continue;
                if (--s.Dependencies > 0) continue;
                if (s.Needed) Enqueue(next);
                else stack.Push(next);
            }
        }
    }

    static bool IsOwned(Tensor?[] dx, int i, Tensor?[] dy)
    {
        if (dx[i] is not { } g || g.Meta?.ViewBase is not null) return false;
        foreach (var t in dy)
        {
            if (ReferenceEquals(t?.Storage, g.Storage)) return false;
        }
        for (var j = 0; j < dx.Length; j++)
        {
            if (j != i && ReferenceEquals(dx[j]?.Storage, g.Storage)) return false;
        }
        return g.Storage.Version == 0 || g.Numel * g.DType.Size() >= g.Storage.Bytes / 2;
    }

    /// <summary>Brings a gradient to the shape and dtype of the tensor it belongs to, or says which op is wrong.</summary>
    static Tensor? Fit(GradNode from, GradNode to, int index, Tensor? g)
    {
        if (g is null) return null;
        var (shape, dtype) = to.Output(index);
        if (g.Shape != shape)
        {
            if (g.Rank >= shape.Rank && Shape.Broadcast(g.Shape, shape) == g.Shape) g = g.SumToSize(shape);
            else throw new InvalidOperationException($"the gradient that {from.Name} gives has shape {g.Shape}; {to.Name} expected {shape}");
        }
        if (g.DType == dtype) return g;
        return g.DType.IsComplex() && !dtype.IsComplex() ? g.Real().To(dtype) : g.To(dtype);
    }
}
