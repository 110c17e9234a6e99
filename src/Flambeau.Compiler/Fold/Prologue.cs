using Flambeau.Autograd;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Fold;

/// <summary>
/// What only parameters and constants decide, computed once and again when one of them was written: folded batch norms, weights in blocked order.
/// </summary>
internal sealed class Prologue
{
    readonly Graph graph;
    readonly Tensor[] sources;
    readonly Tensor[] results;
    readonly (Storage Storage, int Version)[] seen;
    readonly Lock gate = new();

    Prologue(Graph graph, Tensor[] sources, Tensor[] results)
    {
        (this.graph, this.sources, this.results) = (graph, sources, results);
        seen = Array.ConvertAll(sources, static t => (t.Storage, t.Storage.Version));
    }

    /// <summary>Splits a graph.</summary>
    /// <returns>The part that is computed once (null if there is none), and the rest, which has its results as constants.</returns>
    internal static (Prologue? Once, Graph Main) Split(Graph graph)
    {
        var written = graph.Writes.Select(static w => w.State.Value).ToHashSet();
        var known = graph.State.Where(s => !written.Contains(s.Value)).ToDictionary(static s => s.Value, static s => s.Tensor);
        var early = new HashSet<Node>();
        var computed = new Dictionary<Value, Tensor>();
        using var off = Grad.No();
        using var hidden = OpObserver.Hide();
        foreach (var n in graph.Body.Nodes.OfType<OpNode>())
        {
            if (n.Outputs.Count == 0 || !n.Inputs.Any(static o => o.Values.Any()) || !n.Inputs.All(o => o.Values.All(known.ContainsKey))) continue;
            var before = Generator.Current.Offset;
            var y = Results(n, n.Entry.Invoke([.. n.Inputs.Select(o => Content(o, known))]));
            if (y is null || Generator.Current.Offset != before || !Array.TrueForAll(y, static t => t.Layout.IsDense)) continue;
            early.Add(n);
            for (var i = 0; i < y.Length; i++) computed[n.Outputs[i]] = known[n.Outputs[i]] = y[i];
        }
        // Looks into parameters stay: they follow them by themselves.
        var storages = graph.State.Select(static s => s.Tensor.Storage).ToHashSet();
        var used = graph.Body.Nodes.Where(n => !early.Contains(n)).SelectMany(static n => n.Inputs.SelectMany(static o => o.Values).Concat(n.Blocks.SelectMany(static x => x.AllNodes()).SelectMany(static m => m.Inputs).SelectMany(static o => o.Values)))
            .Concat(graph.Outputs.Concat(graph.Writes.Select(static w => w.Value)).SelectMany(static o => o.Values)).Where(computed.ContainsKey).Distinct().ToArray();
        var frontier = used.Where(v => !storages.Contains(computed[v].Storage)).ToArray();
        if (frontier.Length == 0) return (null, graph);
        var state = graph.State.ToList();
        var map = new Dictionary<Value, Value>();
        foreach (var v in frontier)
        {
            var entry = new StateEntry($"once.{map.Count}", StateKind.Constant, computed[v], new Value(TensorType.Of(computed[v]), $"once.{map.Count}"));
            state.Add(entry);
            map.Add(v, entry.Value);
        }
        var body = new List<Node>();
        Operand Mapped(Operand o) => o.Map(v => map.TryGetValue(v, out var m) ? m : v);
        foreach (var n in graph.Body.Nodes)
        {
            if (n is not OpNode op)
            {
                // Blocks refer to values outside: graphs with control flow aren't split.
                return (null, graph);
            }
            if (early.Contains(n) && n.Outputs.All(map.ContainsKey)) continue;
            var copy = new OpNode(op.Entry, [.. op.Inputs.Select(Mapped)], [.. op.Outputs.Select(o => new Value(o.Type, o.Hint))], op.Where);
            for (var i = 0; i < op.Outputs.Count; i++) map.TryAdd(op.Outputs[i], copy.Outputs[i]);
            body.Add(copy);
        }
        var rest = Unused.Remove(new(graph.Name, new(graph.Inputs, body, [.. graph.Outputs.Select(Mapped)]), state, [.. graph.Writes.Select(w => w with { Value = Mapped(w.Value) })]));
        var once = Unused.Remove(new("once", new([], [.. graph.Body.Nodes.Where(early.Contains)], [.. frontier.Select(static v => (Operand)v)]), graph.State, []));
        var sources = once.State.Where(s => once.Nodes.Any(n => n.Inputs.Any(o => o.Values.Contains(s.Value)))).Select(static s => s.Tensor).ToArray();
        return (new(once, sources, [.. frontier.Select(v => computed[v])]), rest);
    }

    /// <summary>Computes it again if something it depends on was written.</summary>
    internal void Refresh()
    {
        var fresh = true;
        for (var i = 0; i < sources.Length && fresh; i++) fresh = ReferenceEquals(sources[i].Storage, seen[i].Storage) && sources[i].Storage.Version == seen[i].Version;
        if (fresh) return;
        lock (gate)
        {
            using var off = Grad.No();
            using var hidden = OpObserver.Hide();
            var y = graph.Run();
            for (var i = 0; i < results.Length; i++) results[i].Copy_((Tensor)y[i]!);
            for (var i = 0; i < sources.Length; i++) seen[i] = (sources[i].Storage, sources[i].Storage.Version);
        }
    }

    static object? Content(Operand o, Dictionary<Value, Tensor> known) => o.Value is { } v ? known[v] : o.List is { } l ? l.Select(e => Content(e, known)).ToArray() : o.Constant;

    static Tensor[]? Results(OpNode n, object result) => result switch
    {
        Tensor t when n.Outputs.Count == 1 => [t],
        System.Runtime.CompilerServices.ITuple t when t.Length == n.Outputs.Count && Enumerable.Range(0, t.Length).All(i => t[i] is Tensor) => [.. Enumerable.Range(0, t.Length).Select(i => (Tensor)t[i]!)],
        _ => null,
    };
}
