using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>
/// Finds dtypes and ranks that a graph doesn't state, by running it once on examples: every block runs once, both branches, the body of a loop on its first values.
/// Sizes are taken over where they follow from sizes that are stated; others may be other ones next time.
/// </summary>
internal sealed class TypeProfile
{
    readonly Dictionary<Value, object?> values = [];
    readonly Dictionary<Value, GraphType> types = [];

    /// <summary>Values that follow from dtypes and numbers of axes, which a model states for good.</summary>
    readonly HashSet<Value> settled = [];

    readonly Dictionary<IfNode, bool> ways = [];

    /// <summary>The types that were found.</summary>
    internal Dictionary<Value, GraphType> Types => types;

    /// <summary>Branches that a model always takes in the same way.</summary>
    internal IReadOnlyDictionary<IfNode, bool> Ways => ways;

    /// <summary>Values whose sizes are the same in every run.</summary>
    readonly HashSet<Value> stable = [];

    /// <summary>Ops whose results' sizes depend on values.</summary>
    static readonly HashSet<string> valueSized = new(StringComparer.Ordinal)
    {
        "_nonzero", "nonzero", "argwhere", "masked_select", "_unique", "unique", "unique_consecutive", "bincount", "repeat_interleave", "index", "_unsafe_index",
        "prim.item_int", "prim.item_float", "prim.item_bool", "prim.ints", "prim.floats", "nn.functional.one_hot",
    };

    internal static TypeProfile Run(Graph graph, IReadOnlyList<object?>? examples)
    {
        var p = new TypeProfile();
        if (graph.Nodes.SelectMany(static n => n.Outputs).All(static v => v.Type is TensorType { Type: not null, Shape: not null } || v.Type is not TensorType)) return p;
        examples ??= [.. graph.Inputs.Select(Example)];
        if (examples.Count != graph.Inputs.Count) throw new OnnxException($"{examples.Count} examples are given for {graph.Inputs.Count} inputs");
        using var off = Autograd.Grad.No();
        foreach (var s in graph.State)
        {
            p.stable.Add(s.Value);
            p.Set(s.Value, s.Tensor);
        }
        for (var i = 0; i < examples.Count; i++)
        {
            if (graph.Inputs[i].Type is TensorType { Sizes: not null }) p.stable.Add(graph.Inputs[i]);
            p.Set(graph.Inputs[i], examples[i]);
        }
        p.Nodes(graph.Body);
        return p;
    }

    /// <summary>An input of the stated type; sizes that are not stated are 2.</summary>
    static object? Example(Value v) => v.Type switch
    {
        TensorType { Type: { } d, Shape: { } s } => Tensor.Ones([.. s.Select(static x => x.Size ?? 2)], d),
        var t when t == GraphType.Int => 2L,
        var t when t == GraphType.Float => 1.0,
        var t when t == GraphType.Bool => true,
        _ => throw new OnnxException($"the type of input '{v.Hint}' is {v.Type}; give example inputs to Onnx.Export"),
    };

    void Set(Value v, object? value)
    {
        values[v] = value;
        types[v] = value switch
        {
            Tensor t when stable.Contains(v) => TensorType.Of(t),
            Tensor t => new TensorType(t.DType, [.. t.Shape.ToArray().Select(static _ => default(Dim))]),
            object?[] list when list.FirstOrDefault(static x => x is Tensor) is Tensor e => new ListType(new TensorType(e.DType)),
            _ => v.Type == GraphType.Any ? GraphType.Of(value) : v.Type,
        };
    }

    void Nodes(Block block)
    {
        foreach (var n in block.Nodes)
        {
            switch (n)
            {
                case OpNode op: Op(op); break;
                case IfNode i when Settled(i.Condition):
                    Take(i);
                    break;
                case IfNode i:
                    Try(i.Then);
                    Try(i.Else);
                    for (var k = 0; k < i.Outputs.Count; k++) Set(i.Outputs[k], Found(i.Then.Results[k]) ?? Found(i.Else.Results[k]));
                    break;
                case LoopNode l:
                    Set(l.Body.Parameters[0], 0L);
                    for (var k = 0; k < l.Carried.Count; k++) Set(l.Body.Parameters[k + 1], Get(l.Carried[k]));
                    Nodes(l.Body);
                    // A list that the first step fills tells its elements' type.
                    for (var k = 0; k < l.Carried.Count; k++)
                    {
                        var after = Get(l.Body.Results[k + 1]);
                        Set(l.Outputs[k], after);
                        types[l.Body.Parameters[k + 1]] = Wider(types[l.Body.Parameters[k + 1]], types[l.Outputs[k]]);
                    }
                    break;
            }
        }
    }

    bool Settled(Operand o) => o.Values.All(settled.Contains);

    void Take(IfNode i)
    {
        var way = (bool)Get(i.Condition)!;
        ways[i] = way;
        var block = way ? i.Then : i.Else;
        Nodes(block);
        for (var k = 0; k < i.Outputs.Count; k++)
        {
            if (Settled(block.Results[k])) settled.Add(i.Outputs[k]);
            if (block.Results[k].Values.All(stable.Contains)) stable.Add(i.Outputs[k]);
            Set(i.Outputs[k], Get(block.Results[k]));
        }
    }

    static GraphType Wider(GraphType first, GraphType after) => first is ListType && after is ListType { Element: TensorType { Type: not null } } ? after : first;

    /// <summary>The branch that the examples don't take may not run on them.</summary>
    void Try(Block block)
    {
        try
        {
            Nodes(block);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or GraphException or IndexOutOfRangeException)
        {
        }
    }

    object? Found(Operand o) => o.Values.All(values.ContainsKey) ? Get(o) : null;

    void Op(OpNode op)
    {
        if (op.Name == "prim.raise") return;
        if (!valueSized.Contains(op.Name) && op.Inputs.SelectMany(static o => o.Values).All(stable.Contains)) stable.UnionWith(op.Outputs);
        if (op.Name is "prim.rank" or "prim.dtype" || op.Name.StartsWith("prim.", StringComparison.Ordinal) && op.Inputs.All(Settled)) settled.UnionWith(op.Outputs);
        var result = op.Entry.Invoke([.. op.Inputs.Select(Get)]);
        if (op.Outputs.Count == 1) Set(op.Outputs[0], Normal(result));
        else if (result is System.Runtime.CompilerServices.ITuple t)
        {
            for (var i = 0; i < t.Length; i++) Set(op.Outputs[i], Normal(t[i]));
        }
    }

    static object? Normal(object? o) => o switch
    {
        int i => (long)i,
        float f => (double)f,
        Scalar s => Operand.Of(s).Constant,
        null or Tensor or string or object?[] or System.Collections.IDictionary => o,
        System.Collections.IEnumerable e => e.Cast<object?>().Select(Normal).ToArray(),
        _ => o,
    };

    object? Get(Operand o) => o.Value is { } v ? values[v] : o.List is { } l ? l.Select(Get).ToArray() : o.Constant;
}
