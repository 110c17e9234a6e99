using System.Runtime.CompilerServices;
using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>Runs graphs node by node through eager dispatch. It is the specification: gradients flow, observers see, errors are those of eager code.</summary>
public sealed class Interpreter
{
    readonly Dictionary<Value, object?> values = [];
    readonly Dictionary<Block, Dictionary<Node, Value[]>> dead = [];
    readonly Graph graph;
    readonly Action<OpNode, object?>? ran;

    Interpreter(Graph graph, Action<OpNode, object?>? ran) => (this.graph, this.ran) = (graph, ran);

    /// <inheritdoc cref="Graph.Run"/>
    public static object?[] Run(Graph graph, params IReadOnlyList<object?> inputs) => Run(graph, inputs, null);

    /// <summary>Runs a graph and tells of each node that ran: for counting and profiling.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">As many as <see cref="Graph.Inputs"/>.</param>
    /// <param name="ran">Called with each op's node and result, as often as it runs.</param>
    public static object?[] Run(Graph graph, IReadOnlyList<object?> inputs, Action<OpNode, object?>? ran)
    {
        if (inputs.Count != graph.Inputs.Count) throw new ArgumentException($"{graph.Name} takes {graph.Inputs.Count} inputs; {inputs.Count} were given");
        var run = new Interpreter(graph, ran);
        foreach (var s in graph.State) run.values[s.Value] = s.Tensor;
        for (var i = 0; i < inputs.Count; i++)
        {
            var value = Normal(inputs[i]);
            var type = graph.Inputs[i].Type;
            // Names of sizes aren't checked here: the executor that relies on them does.
            if (!Takes(type, value))
                throw new ArgumentException($"input {i} ('{graph.Inputs[i].Hint}') of {graph.Name} is {GraphType.Of(value)}; expected {type}");
            run.values[graph.Inputs[i]] = value;
        }
        run.Nodes(graph.Body);
        var outputs = graph.Outputs.Select(run.Get).ToArray();
        var writes = graph.Writes.Select(w => (w.State.Tensor, Value: (Tensor)run.Get(w.Value)!)).ToArray();
        if (writes.Length > 0)
        {
            using var off = Autograd.Grad.No();
            foreach (var (tensor, value) in writes) tensor.Copy_(value);
        }
        return outputs;
    }

    /// <summary>Whether a value may be given; tuples are arrays, as lists are.</summary>
    static bool Takes(GraphType type, object? value) => (type, value) switch
    {
        (OptionalType o, _) => value is null || Takes(o.Element, value),
        (TupleType t, object?[] items) => t.Elements.Count == items.Length && t.Elements.Zip(items).All(static p => Takes(p.First, p.Second)),
        _ => Unnamed(type).Accepts(GraphType.Of(value)),
    };

    static GraphType Unnamed(GraphType type) => type is TensorType { Shape: { } s } t ? t with { Shape = [.. s.Select(static d => d.Size is null ? default : d)] } : type;

    void Nodes(Block block)
    {
        if (!dead.TryGetValue(block, out var last)) dead.Add(block, last = LastUses(block));
        foreach (var n in block.Nodes)
        {
            try
            {
                Run(n);
            }
            catch (Exception e) when (e is not (GraphException or OperationCanceledException) && n.Where is { } w)
            {
                throw new GraphException($"{w}: {e.Message}", e);
            }
            if (last.TryGetValue(n, out var gone))
            {
                foreach (var v in gone) values.Remove(v);
            }
        }
    }

    void Run(Node n)
    {
        switch (n)
        {
            case OpNode op:
                var result = op.Entry.Invoke([.. op.Inputs.Select(Get)]);
                ran?.Invoke(op, result);
                Set(n, result);
                break;
            case IfNode i:
                var branch = (bool)Get(i.Condition)! ? i.Then : i.Else;
                Nodes(branch);
                Set(n, [.. branch.Results.Select(Get)]);
                break;
            case LoopNode l:
                Loop(l);
                break;
        }
    }

    void Loop(LoopNode l)
    {
        var count = Get(l.Count) is long c ? c : long.MaxValue;
        var go = (bool)Get(l.Condition)!;
        object?[] carried = [.. l.Carried.Select(Get)];
        var p = l.Body.Parameters;
        for (long step = 0; go && step < count; step++)
        {
            values[p[0]] = step;
            for (var k = 0; k < carried.Length; k++) values[p[k + 1]] = carried[k];
            Nodes(l.Body);
            var results = l.Body.Results;
            go = (bool)Get(results[0])!;
            carried = [.. results.Skip(1).Select(Get)];
        }
        Set(l, carried);
    }

    object? Get(Operand o) => o.Value is { } v ? values[v] : o.List is { } list ? ListOf(list) : o.Constant;

    object?[] ListOf(IReadOnlyList<Operand> list)
    {
        var r = new object?[list.Count];
        for (var i = 0; i < r.Length; i++) r[i] = Get(list[i]);
        return r;
    }

    void Set(Node n, object?[] results)
    {
        for (var i = 0; i < results.Length; i++) values[n.Outputs[i]] = results[i];
    }

    void Set(Node n, object? result)
    {
        if (n.Outputs.Count == 1) values[n.Outputs[0]] = Normal(result);
        else if (result is ITuple t)
        {
            for (var i = 0; i < t.Length; i++) values[n.Outputs[i]] = Normal(t[i]);
        }
        else if (n.Outputs.Count > 0) throw new GraphException($"{((OpNode)n).Name} gave {result}, not {n.Outputs.Count} results");
    }

    /// <summary>One form for each type: long, double, bool, string, object?[] for lists and tuples.</summary>
    internal static object? Normal(object? o) => o switch
    {
        int i => (long)i,
        float f => (double)f,
        Scalar s => Operand.Of(s).Constant,
        null or Tensor or string or object?[] or System.Collections.IDictionary => o,
        ITuple t => Enumerable.Range(0, t.Length).Select(i => Normal(t[i])).ToArray(),
        System.Collections.IEnumerable e => e.Cast<object?>().Select(Normal).ToArray(),
        _ => o,
    };

    /// <summary>For each node, the values of the block that nothing after it uses, so that their memory can go.</summary>
    Dictionary<Node, Value[]> LastUses(Block block)
    {
        var keep = new HashSet<Value>(block.Results.SelectMany(static r => r.Values));
        if (block == graph.Body) keep.UnionWith(graph.Writes.SelectMany(static w => w.Value.Values));
        var own = new HashSet<Value>(block.Nodes.SelectMany(static n => n.Outputs));
        var last = new Dictionary<Node, Value[]>();
        for (var i = block.Nodes.Count - 1; i >= 0; i--)
        {
            var n = block.Nodes[i];
            var gone = n.Inputs.SelectMany(static o => o.Values).Concat(n.Blocks.SelectMany(Uses)).Concat(n.Outputs).Where(v => own.Contains(v) && keep.Add(v)).ToArray();
            if (gone.Length > 0) last.Add(n, gone);
        }
        return last;
    }

    static IEnumerable<Value> Uses(Block b) => b.Nodes.SelectMany(static n => n.Inputs.SelectMany(static o => o.Values).Concat(n.Blocks.SelectMany(Uses))).Concat(b.Results.SelectMany(static r => r.Values));
}
