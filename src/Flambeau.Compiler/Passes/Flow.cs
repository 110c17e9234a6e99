using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>How values of a graph are used.</summary>
internal sealed class Flow
{
    readonly Dictionary<Value, int> uses = [];
    readonly HashSet<Value> leaves = [];

    internal Flow(Graph graph)
    {
        Count(graph.Body);
        foreach (var w in graph.Writes) Count(w.Value);
        foreach (var v in graph.Outputs.SelectMany(static o => o.Values).Concat(graph.Writes.SelectMany(static w => w.Value.Values))) leaves.Add(v);
        int before;
        do
        {
            before = leaves.Count;
            Leave(graph.Body);
        }
        while (leaves.Count != before);
    }

    /// <summary>How often a value is an operand.</summary>
    internal int Uses(Value v) => uses.GetValueOrDefault(v);

    /// <summary>Whether the caller, or a write of state, may get hold of the value's memory.</summary>
    internal bool Leaves(Value v) => leaves.Contains(v);

    void Count(Block b)
    {
        foreach (var n in b.Nodes)
        {
            foreach (var o in n.Inputs) Count(o);
            foreach (var inner in n.Blocks) Count(inner);
        }
        foreach (var r in b.Results) Count(r);
    }

    void Count(Operand o)
    {
        foreach (var v in o.Values) uses[v] = uses.GetValueOrDefault(v) + 1;
    }

    void Leave(Block b)
    {
        for (var i = b.Nodes.Count - 1; i >= 0; i--)
        {
            var n = b.Nodes[i];
            foreach (var inner in n.Blocks)
            {
                var first = n is LoopNode ? 1 : 0;
                for (var k = 0; k < n.Outputs.Count; k++)
                {
                    if (leaves.Contains(n.Outputs[k]) || (first == 1 && leaves.Contains(inner.Parameters[k + 1]))) leaves.UnionWith(inner.Results[k + first].Values);
                }
                Leave(inner);
            }
            if (n is LoopNode l)
            {
                for (var k = 0; k < l.Outputs.Count; k++)
                {
                    if (leaves.Contains(l.Outputs[k]) || leaves.Contains(l.Body.Parameters[k + 1])) leaves.UnionWith(l.Carried[k].Values);
                }
            }
            if (n is OpNode && n.Outputs.Any(leaves.Contains) && !Purity.IsFresh(n)) leaves.UnionWith(n.Inputs.SelectMany(static o => o.Values));
        }
    }
}
