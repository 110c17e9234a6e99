using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Takes out what the import made for outputs that nobody uses, and constants that went into others.</summary>
internal static class DeadNodes
{
    internal static Graph Remove(Graph graph)
    {
        var live = new HashSet<Value>(graph.Outputs.SelectMany(static o => o.Values));
        var nodes = new List<Node>();
        foreach (var n in graph.Body.Nodes.Reverse())
        {
            if (!n.Outputs.Any(live.Contains) && n is not OpNode { Name: "prim.raise" }) continue;
            nodes.Add(n);
            live.UnionWith(n.Inputs.SelectMany(static o => o.Values));
            foreach (var b in n.Blocks) live.UnionWith(Uses(b));
        }
        nodes.Reverse();
        return new(graph.Name, new Block(graph.Inputs, nodes, graph.Outputs), [.. graph.State.Where(s => live.Contains(s.Value))], graph.Writes);
    }

    static IEnumerable<Value> Uses(Block b) =>
        b.AllNodes().SelectMany(static n => n.Inputs.SelectMany(static o => o.Values).Concat(n.Blocks.SelectMany(static i => i.Results.SelectMany(static r => r.Values)))).Concat(b.Results.SelectMany(static r => r.Values));
}
