using Flambeau.Autograd;

namespace Flambeau.Graphs;

/// <summary>A part of a graph and who runs it.</summary>
/// <param name="Graph">The part.</param>
/// <param name="Delegate">The delegate's name; null for op by op.</param>
/// <param name="Reason">Why a part that the delegate had wanted runs op by op.</param>
public sealed record GraphPart(Graph Graph, string? Delegate, string? Reason);

/// <summary>
/// A graph cut into parts that a delegate runs and parts that run op by op. The cut takes as many nodes into a part as can run without the other side,
/// turn by turn, so that there are few changes of side.
/// </summary>
public sealed class DelegatedGraph : IDisposable
{
    sealed record Step(GraphPart Part, IDelegatedPart? Runner, IReadOnlyList<Value> Inputs, IReadOnlyList<Value> Outputs);

    readonly Graph graph;
    readonly List<Step> steps = [];

    /// <summary>Cuts a graph and lets the delegate make its parts ready.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="delegate">Who runs what it supports.</param>
    /// <param name="types">Better types of values than the graph states, if known.</param>
    public DelegatedGraph(Graph graph, IGraphDelegate @delegate, IReadOnlyDictionary<Value, GraphType>? types = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(@delegate);
        this.graph = graph;
        var wanted = new HashSet<Value>(graph.Outputs.SelectMany(static o => o.Values).Concat(graph.Writes.SelectMany(static w => w.Value.Values)));
        var cut = Cut(graph, @delegate);
        var uses = cut.Select(static c => new HashSet<Value>(c.Nodes.SelectMany(Uses.Of))).ToArray();
        var state = new HashSet<Value>(graph.State.Select(static s => s.Value));
        for (var i = 0; i < cut.Count; i++)
        {
            var (nodes, supported) = cut[i];
            var made = new HashSet<Value>(nodes.SelectMany(static n => n.Outputs));
            Value[] inputs = [.. uses[i].Where(v => !made.Contains(v) && !state.Contains(v))];
            Value[] outputs = [.. made.Where(v => wanted.Contains(v) || uses.Skip(i + 1).Any(u => u.Contains(v)))];
            var part = SubgraphBuilder.Make(graph, types, $"{graph.Name}.{i}", nodes, inputs, [.. outputs.Select(static v => (Operand)v)]);
            IDelegatedPart? runner = null;
            string? reason = null;
            try
            {
                runner = supported ? @delegate.Compile(part) : null;
            }
            catch (NotSupportedException e)
            {
                reason = e.Message;
            }
            steps.Add(new(new(part, runner is null ? null : @delegate.Name, reason), runner, inputs, outputs));
        }
    }

    /// <summary>The parts, in the order in which they run.</summary>
    public IReadOnlyList<GraphPart> Parts => [.. steps.Select(static s => s.Part)];

    /// <summary>How many nodes the delegate runs, of how many.</summary>
    public (int Delegated, int All) Nodes => (steps.Where(static s => s.Runner is not null).Sum(static s => s.Part.Graph.Body.Nodes.Count), graph.Body.Nodes.Count);

    static List<(List<Node> Nodes, bool Supported)> Cut(Graph graph, IGraphDelegate @delegate)
    {
        var made = new HashSet<Value>(graph.Inputs.Concat(graph.State.Select(static s => s.Value)));
        var left = graph.Body.Nodes.Select(n => (Node: n, Supported: @delegate.Supports(n))).ToList();
        var cut = new List<(List<Node>, bool)>();
        for (var side = left.Count > 0 && left[0].Supported; left.Count > 0; side = !side)
        {
            var taken = new List<Node>();
            var rest = new List<(Node, bool)>();
            foreach (var (n, supported) in left)
            {
                if (supported == side && Uses.Of(n).All(made.Contains))
                {
                    taken.Add(n);
                    made.UnionWith(n.Outputs);
                }
                else rest.Add((n, supported));
            }
            left = rest;
            if (taken.Count > 0) cut.Add((taken, side));
        }
        return cut;
    }

    /// <summary>Runs all parts.</summary>
    /// <returns>One object for each output.</returns>
    public object?[] Run(params object?[] inputs)
    {
        if (inputs.Length != graph.Inputs.Count) throw new ArgumentException($"{graph.Name} takes {graph.Inputs.Count} inputs; {inputs.Length} were given");
        var values = new Dictionary<Value, object?>();
        for (var i = 0; i < inputs.Length; i++) values[graph.Inputs[i]] = Interpreter.Normal(inputs[i]);
        foreach (var s in graph.State) values[s.Value] = s.Tensor;
        foreach (var s in steps)
        {
            object?[] given = [.. s.Inputs.Select(v => values[v])];
            var results = s.Runner?.Run(given) ?? s.Part.Graph.Run(given);
            for (var i = 0; i < results.Length; i++) values[s.Outputs[i]] = results[i];
        }
        var outputs = graph.Outputs.Select(Get).ToArray();
        using var off = Grad.No();
        foreach (var w in graph.Writes.Select(w => (w.State.Tensor, Value: (Tensor)Get(w.Value)!)).ToArray()) w.Tensor.Copy_(w.Value);
        return outputs;

        object? Get(Operand o) => o.Value is { } v ? values[v] : o.List is { } l ? l.Select(Get).ToArray() : o.Constant;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var s in steps) s.Runner?.Dispose();
    }

    /// <summary>A line for each part.</summary>
    public override string ToString() => string.Join("\n", steps.Select(static (s, i) =>
        $"{i}: {s.Part.Graph.Body.Nodes.Count} nodes by {s.Part.Delegate ?? "the interpreter"}{(s.Part.Reason is { } r ? $" ({r})" : "")}"));
}
