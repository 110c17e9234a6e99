namespace Flambeau.Graphs;

/// <summary>A graph that isn't well formed, or can't be run.</summary>
public sealed class GraphException : Exception
{
    /// <summary>With a message.</summary>
    public GraphException(string message) : base(message) { }

    /// <summary>With a message and what caused it.</summary>
    public GraphException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>Checks that a graph means something: each value assigned once and before its use, arguments that fit signatures, blocks that give what their node promises.</summary>
public sealed class Verifier
{
    readonly HashSet<Value> visible = [];
    readonly HashSet<Value> defined = [];

    Verifier() { }

    /// <exception cref="GraphException">The graph isn't well formed; says where.</exception>
    public static void Verify(Graph graph)
    {
        var v = new Verifier();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var s in graph.State)
        {
            if (!names.Add(s.Name)) throw new GraphException($"{graph.Name}: two pieces of state are called '{s.Name}'");
            if (s.Value.Type is not TensorType type || !type.Accepts(TensorType.Of(s.Tensor)))
                throw new GraphException($"{graph.Name}: state '{s.Name}' is declared {s.Value.Type}, but its tensor is {TensorType.Of(s.Tensor)}");
            v.Define(s.Value, null);
        }
        v.Check(graph.Body, graph.Name);
        foreach (var w in graph.Writes)
        {
            if (!graph.State.Contains(w.State)) throw new GraphException($"{graph.Name}: '{w.State.Name}' is written, but is no state of the graph");
            v.Use(w.Value, null);
        }
    }

    void Check(Block block, string what)
    {
        foreach (var p in block.Parameters) Define(p, null);
        foreach (var n in block.Nodes)
        {
            foreach (var o in n.Inputs) Use(o, n);
            switch (n)
            {
                case OpNode op: Arguments(op); break;
                case IfNode i: Branches(i); break;
                case LoopNode l: Loop(l); break;
            }
            for (var k = 0; k < n.Outputs.Count; k++)
            {
                if (n.Outputs[k].Definition != n || n.Outputs[k].Index != k) throw At(n, $"{n.Outputs[k]} doesn't know the node whose result it is");
                Define(n.Outputs[k], n);
            }
        }
        foreach (var r in block.Results) Use(r, null, what);
    }

    void Inner(Block block, Node n)
    {
        var before = visible.ToArray();
        Check(block, "a block");
        visible.Clear();
        visible.UnionWith(before);
    }

    void Define(Value v, Node? n)
    {
        if (!defined.Add(v)) throw At(n, $"{v} is assigned twice");
        visible.Add(v);
    }

    void Use(Operand o, Node? n, string? what = null)
    {
        foreach (var v in o.Values)
        {
            if (!visible.Contains(v)) throw At(n, $"{v} is used {(defined.Contains(v) ? "outside the block that assigns it" : "before it is assigned")}{(what is null ? "" : " in the results of " + what)}");
        }
    }

    static void Arguments(OpNode n)
    {
        var schema = n.Entry.Schema.Arguments;
        if (n.Name.EndsWith('_') && !n.Name.EndsWith("__", StringComparison.Ordinal)) throw At(n, $"{n.Name} writes in place, which values assigned once can't be; use {n.Name.TrimEnd('_')}");
        for (var i = 0; i < schema.Count; i++)
        {
            if (!Ops.ArgBinder.Takes(schema[i], n.Inputs[i].Argument))
                throw At(n, $"{n.Name}: argument '{schema[i].Name}' is {n.Inputs[i].Type}; the signature is {n.Entry.Text}");
        }
        var results = Resolver.Results(n.Entry, n.Inputs);
        if (results.Count != n.Outputs.Count) throw At(n, $"{n.Name} has {n.Outputs.Count} results; the signature is {n.Entry.Text}");
        for (var i = 0; i < results.Count; i++)
        {
            if (!results[i].Accepts(n.Outputs[i].Type) && !n.Outputs[i].Type.Accepts(results[i])) throw At(n, $"{n.Name}: result {i} is declared {n.Outputs[i].Type}, but is {results[i]}");
        }
    }

    void Branches(IfNode n)
    {
        if (!GraphType.Bool.Accepts(n.Condition.Type)) throw At(n, $"the condition of an if is {n.Condition.Type}; expected bool");
        foreach (var b in n.Blocks)
        {
            if (b.Parameters.Count > 0) throw At(n, "a branch of an if has parameters");
            Inner(b, n);
            Results(n, b.Results, n.Outputs, "a branch of an if");
        }
    }

    void Loop(LoopNode n)
    {
        if (!n.Count.IsNone && n.Count.Type != GraphType.Int) throw At(n, $"the count of a loop is {n.Count.Type}; expected int or None");
        if (n.Condition.Type != GraphType.Bool) throw At(n, $"the condition of a loop is {n.Condition.Type}; expected bool");
        var p = n.Body.Parameters;
        if (p.Count != n.Carried.Count + 1 || p[0].Type != GraphType.Int) throw At(n, $"the body of a loop of {n.Carried.Count} carried values needs as many parameters and before them an int, the step's number");
        Results(n, n.Carried, [.. p.Skip(1)], "a loop's first step");
        Inner(n.Body, n);
        if (n.Body.Results.Count != n.Carried.Count + 1 || n.Body.Results[0].Type != GraphType.Bool) throw At(n, "the body of a loop must yield a bool and the carried values");
        Results(n, [.. n.Body.Results.Skip(1)], [.. p.Skip(1)], "a loop's body");
        Results(n, [.. p.Skip(1).Select(static v => (Operand)v)], n.Outputs, "a loop");
    }

    static void Results(Node n, IReadOnlyList<Operand> given, IReadOnlyList<Value> wanted, string what)
    {
        if (given.Count != wanted.Count) throw At(n, $"{what} gives {given.Count} results; expected {wanted.Count}");
        for (var i = 0; i < given.Count; i++)
        {
            if (!wanted[i].Type.Accepts(given[i].Type)) throw At(n, $"{what} gives {given[i].Type} for result {i}; expected {wanted[i].Type}");
        }
    }

    static GraphException At(Node? n, string message) => new(n?.Where is { } w ? $"{w}: {message}" : message);
}
