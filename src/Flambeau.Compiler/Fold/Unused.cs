using Flambeau.Compiler.Passes;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Fold;

/// <summary>Drops nodes of straight graphs whose results nobody takes, save random draws, by which later ones are what they are.</summary>
internal static class Unused
{
    internal static Graph Remove(Graph graph)
    {
        var wanted = new HashSet<Value>(graph.Outputs.Concat(graph.Writes.Select(static w => w.Value)).SelectMany(static o => o.Values));
        var kept = new List<Node>();
        foreach (var n in graph.Body.Nodes.Reverse())
        {
            if (n.Outputs.Count > 0 && n.Blocks.Count == 0 && !n.Outputs.Any(wanted.Contains) && !Purity.MustRun(n)) continue;
            kept.Add(n);
            foreach (var v in n.Inputs.SelectMany(static o => o.Values).Concat(n.Blocks.SelectMany(static x => x.AllNodes()).SelectMany(static m => m.Inputs).SelectMany(static o => o.Values))) wanted.Add(v);
        }
        kept.Reverse();
        return new(graph.Name, new(graph.Inputs, kept, graph.Outputs), graph.State, graph.Writes);
    }
}
