namespace Flambeau.Graphs.Text;

/// <summary>Gives every value of a graph a name of its own: its hint where that is free, a number where there is none.</summary>
internal sealed class Names
{
    readonly Dictionary<Value, string> names = [];
    readonly HashSet<string> taken = new(StringComparer.Ordinal);
    int next;

    internal Names(Graph graph)
    {
        foreach (var s in graph.State) Name(s.Value);
        Visit(graph.Body);
    }

    internal IReadOnlyDictionary<Value, string> All => names;

    internal string this[Value v] => names.TryGetValue(v, out var n) ? n : throw new GraphException($"{v} is used but defined nowhere in the graph");

    void Visit(Block block)
    {
        foreach (var p in block.Parameters) Name(p);
        foreach (var n in block.Nodes)
        {
            foreach (var b in n.Blocks) Visit(b);
            foreach (var o in n.Outputs) Name(o);
        }
    }

    void Name(Value v)
    {
        if (v.Hint is not { Length: > 0 } hint || IsNumber(hint))
        {
            names[v] = (next++).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return;
        }
        var clean = string.Create(hint.Length, hint, static (span, h) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsAsciiLetterOrDigit(h[i]) || h[i] is '_' or '.' ? h[i] : '_';
        });
        // What starts with a digit reads as a number.
        if (char.IsAsciiDigit(clean[0])) clean = "_" + clean;
        var unique = clean;
        for (var i = 1; !taken.Add(unique); i++) unique = $"{clean}_{i}";
        names[v] = unique;
    }

    static bool IsNumber(string s) => s.All(char.IsAsciiDigit);
}
