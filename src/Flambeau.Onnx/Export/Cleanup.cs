namespace Flambeau.OnnxFormat;

/// <summary>Takes out of a model what nothing uses.</summary>
internal static class Cleanup
{
    internal static IEnumerable<GraphProto> Graphs(GraphProto g) => [g, .. g.Node.SelectMany(static n => n.Attribute).Where(static a => a.G is not null).SelectMany(static a => Graphs(a.G!))];

    internal static HashSet<string> Uses(GraphProto main) => [.. UseCounts(main).Keys];

    /// <summary>How often each value is taken, by nodes or as a result.</summary>
    internal static Dictionary<string, int> UseCounts(GraphProto main)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in Graphs(main).SelectMany(static g => g.Node.SelectMany(static n => n.Input).Concat(g.Output.Select(static o => o.Name))))
        {
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }
        return counts;
    }

    internal static void Run(GraphProto main, Dictionary<string, (Tensor, ElementType)> initializers)
    {
        while (true)
        {
            var used = Uses(main);
            var removed = 0;
            foreach (var g in Graphs(main))
            {
                for (var i = g.Node.Count - 1; i >= 0; i--)
                {
                    if (g.Node[i].Output.Any(used.Contains)) continue;
                    g.Node.RemoveAt(i);
                    removed++;
                }
            }
            if (removed == 0) break;
        }
        var left = Uses(main);
        foreach (var name in initializers.Keys.Where(n => !left.Contains(n)).ToArray()) initializers.Remove(name);
        foreach (var g in Graphs(main))
        {
            for (var i = 0; i < g.Node.Count; i++) g.Node[i].Name = $"{g.Node[i].OpType}_{i}";
        }
    }
}
