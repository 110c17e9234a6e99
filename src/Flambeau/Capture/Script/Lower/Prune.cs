using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>Takes out what nobody uses: nodes without effects, results of an If, values that a loop carries for nobody.</summary>
internal sealed class Prune
{
    readonly HashSet<Value> live = [];

    internal static Graph Run(Graph graph)
    {
        var p = new Prune();
        foreach (var w in graph.Writes) p.Use(w.Value);
        foreach (var o in graph.Outputs) p.Use(o);
        int before;
        do
        {
            before = p.live.Count;
            p.Mark(graph.Body);
        }
        while (p.live.Count != before);
        var state = graph.State.Where(s => p.live.Contains(s.Value) || graph.Writes.Any(w => w.State == s)).ToArray();
        return new(graph.Name, new Block(graph.Body.Parameters, p.Sweep(graph.Body.Nodes), graph.Outputs), state, graph.Writes);
    }

    void Use(Operand o)
    {
        foreach (var v in o.Values) live.Add(v);
    }

    /// <summary>Whether a node does something besides giving results.</summary>
    static bool HasEffect(Node n) => n switch
    {
        OpNode op => op.Outputs.Count == 0 || op.Name is "prim.raise" or "prim.print" || Draws(op),
        _ => n.Blocks.Any(static b => b.Nodes.Any(HasEffect)),
    };

    /// <summary>Random numbers that are drawn in vain still move the generator.</summary>
    static bool Draws(OpNode op) => op.Name.Contains("rand", StringComparison.Ordinal) || op.Name.Contains("dropout", StringComparison.Ordinal)
        || op.Name.Contains("normal", StringComparison.Ordinal) && !op.Name.Contains("normalize", StringComparison.Ordinal) || op.Name.Contains("bernoulli", StringComparison.Ordinal)
        || op.Name.Contains("multinomial", StringComparison.Ordinal) || op.Name.Contains("rrelu", StringComparison.Ordinal) || op.Name.Contains("poisson", StringComparison.Ordinal);

    bool Keeps(Node n) => HasEffect(n) || n.Outputs.Any(live.Contains);

    void Mark(Block block)
    {
        for (var i = block.Nodes.Count - 1; i >= 0; i--)
        {
            var n = block.Nodes[i];
            if (!Keeps(n)) continue;
            switch (n)
            {
                case OpNode:
                    foreach (var o in n.Inputs) Use(o);
                    break;
                case IfNode f:
                    Use(f.Condition);
                    for (var k = 0; k < f.Outputs.Count; k++)
                    {
                        if (!live.Contains(f.Outputs[k])) continue;
                        Use(f.Then.Results[k]);
                        Use(f.Else.Results[k]);
                    }
                    Mark(f.Then);
                    Mark(f.Else);
                    break;
                case LoopNode l:
                    Use(l.Count);
                    Use(l.Condition);
                    Use(l.Body.Results[0]);
                    Mark(l.Body);
                    for (var k = 0; k < l.Outputs.Count; k++)
                    {
                        var p = l.Body.Parameters[k + 1];
                        if (!live.Contains(l.Outputs[k]) && !live.Contains(p)) continue;
                        live.Add(l.Outputs[k]);
                        live.Add(p);
                        Use(l.Carried[k]);
                        Use(l.Body.Results[k + 1]);
                    }
                    Mark(l.Body);
                    break;
            }
        }
    }

    List<Node> Sweep(IReadOnlyList<Node> nodes)
    {
        var kept = new List<Node>();
        foreach (var n in nodes)
        {
            if (!Keeps(n)) continue;
            switch (n)
            {
                case IfNode f:
                    int[] results = [.. Enumerable.Range(0, f.Outputs.Count).Where(k => live.Contains(f.Outputs[k]))];
                    kept.Add(new IfNode(f.Condition, Pick(f.Then, results, 0), Pick(f.Else, results, 0), Take(f.Outputs, results), f.Where));
                    break;
                case LoopNode l:
                    int[] carried = [.. Enumerable.Range(0, l.Outputs.Count).Where(k => live.Contains(l.Outputs[k]))];
                    kept.Add(new LoopNode(l.Count, l.Condition, [.. carried.Select(k => l.Carried[k])], Pick(l.Body, carried, 1), Take(l.Outputs, carried), l.Where));
                    break;
                default:
                    kept.Add(n);
                    break;
            }
        }
        return kept;
    }

    Block Pick(Block block, int[] results, int first) => new(
        first == 0 ? block.Parameters : [block.Parameters[0], .. results.Select(k => block.Parameters[k + 1])],
        Sweep(block.Nodes),
        [.. block.Results.Take(first), .. results.Select(k => block.Results[k + first])]);

    static Value[] Take(IReadOnlyList<Value> outputs, int[] results)
    {
        Value[] taken = [.. results.Select(k => outputs[k])];
        // The node that had them is gone.
        foreach (var v in taken) v.Definition = null;
        return taken;
    }
}
