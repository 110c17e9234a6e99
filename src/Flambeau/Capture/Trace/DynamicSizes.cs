using System.Globalization;
using Flambeau.Autograd;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Capture;

/// <summary>
/// Makes a trace hold for other sizes: the program is traced at several sizes of each dynamic axis, and every number that changes is explained by the sizes.
/// What can't be explained is reported with its line.
/// </summary>
internal sealed class DynamicSizes
{
    readonly TracedProgram program;
    readonly IReadOnlyList<Tensor> examples;
    readonly TraceResult first;
    readonly Dictionary<string, long> start = new(StringComparer.Ordinal);
    readonly List<IReadOnlyDictionary<string, long>> sizes = [];
    readonly Dictionary<(int Node, string Path), List<(int Trace, object? Value)>> changed = [];
    readonly List<Graph> traces = [];

    internal DynamicSizes(TracedProgram program, IReadOnlyList<Tensor> examples, TraceResult first)
    {
        (this.program, this.examples, this.first) = (program, examples, first);
        foreach (var d in program.Options.Dynamic)
        {
            if (d.Input < 0 || d.Input >= examples.Count) throw new ArgumentException($"dynamic axis '{d.Name}' is of input {d.Input}; there are {examples.Count} inputs");
            var size = examples[d.Input].Size(d.Dim);
            if (!start.TryAdd(d.Name, size) && start[d.Name] != size)
                throw new ArgumentException($"axes called '{d.Name}' have sizes {start[d.Name]} and {size} in the examples; equal names mean equal sizes");
        }
        sizes.Add(start);
        traces.Add(first.Graph);
    }

    internal Graph Solve()
    {
        using var hidden = OpObserver.Hide();
        foreach (var name in start.Keys) Vary(name);
        if (start.Count > 1) TryTrace(start.Keys.ToDictionary(static n => n, n => sizes[^1][n] == start[n] ? sizes.Last(s => s[n] != start[n])[n] : sizes[^1][n], StringComparer.Ordinal), out _);
        return Rebuild();
    }

    /// <summary>Traces at other sizes of one axis; some programs take larger ones only, some smaller ones.</summary>
    void Vary(string name)
    {
        var s = start[name];
        var done = 0;
        Exception? problem = null;
        foreach (var other in (long[])[s + 1, s + 7, 2 * s + 3, s - 1, s / 2, s - 2])
        {
            if (other <= 0 || other == s || done == 3 || (done == 2 && other < s)) continue;
            if (TryTrace(new Dictionary<string, long>(start, StringComparer.Ordinal) { [name] = other }, out var e)) done++;
            else problem ??= e;
        }
        if (done < 2) throw new TraceException($"the axis called '{name}' can't have another size than {s}: {problem?.Message}", (problem as TraceException)?.Where, problem);
    }

    bool TryTrace(IReadOnlyDictionary<string, long> at, out Exception? problem)
    {
        Graph graph;
        var restore = KeptState.Keep();
        try
        {
            using var kept = new KeptState(first.Graph, null);
            graph = program.Record(Resized(at)).Result.Graph;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or TraceException or GraphException)
        {
            problem = e;
            return false;
        }
        finally
        {
            restore();
        }
        var number = sizes.Count;
        if (TraceComparison.FirstDifference(first.Graph, graph, (node, path, _, value) =>
        {
            if (!changed.TryGetValue((node, path), out var list)) changed.Add((node, path), list = []);
            list.Add((number, value));
        }) is { } d)
            throw new TraceException($"with {Text(start)} and with {Text(at)} the program does different things. {d.Message}", d.Where);
        problem = null;
        sizes.Add(at);
        traces.Add(graph);
        return true;
    }

    static string Text(IReadOnlyDictionary<string, long> at) => string.Join(", ", at.Select(static s => $"{s.Key} = {s.Value}"));

    Tensor[] Resized(IReadOnlyDictionary<string, long> at)
    {
        using var off = Grad.No();
        return [.. examples.Select((t, i) =>
        {
            var y = t.Detach();
            foreach (var d in program.Options.Dynamic.Where(d => d.Input == i))
            {
                var n = y.Size(d.Dim);
                if (n != at[d.Name]) y = y.IndexSelect(d.Dim, Tensor.From([.. Enumerable.Range(0, (int)at[d.Name]).Select(k => k % Math.Max(n, 1))]));
            }
            return ReferenceEquals(y, t) ? t : y.WithGrad(t.RequiresGrad);
        })];
    }

    Graph Rebuild()
    {
        var old = first.Graph;
        var b = new GraphBuilder(old.Name);
        var map = new Dictionary<Value, Operand>();
        for (var i = 0; i < old.Inputs.Count; i++)
        {
            Dim[] shape = [.. old.Inputs[i].Tensor!.Shape!];
            foreach (var d in program.Options.Dynamic.Where(d => d.Input == i)) shape[d.Dim < 0 ? d.Dim + shape.Length : d.Dim] = d.Name;
            map.Add(old.Inputs[i], b.Input(old.Inputs[i].Tensor! with { Shape = shape }, old.Inputs[i].Hint));
        }
        var states = old.State.ToDictionary(static s => s, s => b.AddState(s.Name, s.Tensor, s.Kind));
        foreach (var (s, t) in states) map.Add(s.Value, t.Value);
        var named = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var d in program.Options.Dynamic)
        {
            if (!named.ContainsKey(d.Name)) named.Add(d.Name, b.Call("prim.size", map[old.Inputs[d.Input]], d.Dim));
        }
        var computed = new Dictionary<string, Operand>(StringComparer.Ordinal);
        for (var i = 0; i < old.Body.Nodes.Count; i++)
        {
            var n = (OpNode)old.Body.Nodes[i];
            b.Where = n.Where;
            var operands = n.Inputs.Select((o, k) => Replace(o, i, k.ToString(CultureInfo.InvariantCulture), n)).ToArray();
            var outputs = b.Add(n.Entry, operands, [.. n.Outputs.Select((v, k) => Type(v, i, k))]);
            for (var k = 0; k < outputs.Count; k++) map[n.Outputs[k]] = outputs[k];
        }
        b.Where = null;
        foreach (var w in old.Writes) b.Write(states[w.State], w.Value.Map(v => map[v]));
        return b.Finish([.. old.Outputs.Select(o => o.Map(v => map[v]))]);

        Operand Replace(Operand o, int node, string path, OpNode n)
        {
            if (o.Value is { } v) return map[v];
            if (o.List is { } l) return Operand.Of(l.Select((e, k) => Replace(e, node, $"{path}.{k}", n)));
            if (!changed.TryGetValue((node, path), out var values)) return o;
            var all = Enumerable.Range(0, sizes.Count).Select(t => values.Find(x => x.Trace == t).Value ?? o.Constant).ToArray();
            var formula = all[0] is long ? SizeFormula.Find(sizes, [.. all.Select(static x => (long)x!)]) : null;
            if (formula is null)
            {
                var argument = n.Entry.Schema.Arguments[int.Parse(path.Split('.')[0], CultureInfo.InvariantCulture)].Name;
                throw new TraceException($"argument '{argument}' of {n.Name} changes with the sizes in a way that isn't understood: {string.Join(", ", all.Zip(sizes, static (x, s) => $"{x} at {Text(s)}"))}", n.Where);
            }
            var key = formula.ToString() + string.Join(";", formula.Product) + string.Join(";", formula.Sum);
            if (!computed.TryGetValue(key, out var y)) computed.Add(key, y = formula.Build(b, named));
            return y;
        }
    }

    /// <summary>The type of a result: sizes that changed get their name, or are unknown.</summary>
    GraphType Type(Value v, int node, int output)
    {
        if (v.Tensor is not { Shape: { } shape } type) return v.Type is ListType ? new ListType(GraphType.Tensor) : v.Type;
        var seen = traces.Select(t => t.Body.Nodes[node].Outputs[output].Tensor?.Shape).ToArray();
        return type with
        {
            Shape = [.. shape.Select((d, k) =>
            {
                var values = seen.Select(s => s is not null && k < s.Count ? s[k].Size ?? -1 : -1).ToArray();
                if (Array.TrueForAll(values, x => x == values[0])) return d;
                return SizeFormula.Find(sizes, values)?.Name is { } name ? new Dim(name) : default;
            })],
        };
    }
}
