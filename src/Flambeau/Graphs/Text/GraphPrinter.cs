using System.Text;

namespace Flambeau.Graphs.Text;

/// <summary>Writes a graph as text that <see cref="GraphParser"/> reads back to the same graph.</summary>
internal sealed class GraphPrinter
{
    readonly StringBuilder text = new();
    readonly Names names;
    int depth;

    GraphPrinter(Graph graph) => names = new(graph);

    internal static string Print(Graph graph)
    {
        var p = new GraphPrinter(graph);
        p.text.Append("graph ").Append(Literal.Quote(graph.Name)).Append('(').Append(p.Declare(graph.Inputs)).Append(") {\n");
        p.depth++;
        foreach (var s in graph.State) p.Line($"state {p.Declare([s.Value])} = {s.Kind.ToString().ToLowerInvariant()} {Literal.Quote(s.Name)}");
        p.Nodes(graph.Body);
        foreach (var w in graph.Writes) p.Line($"write %{p.names[w.State.Value]} = {p.Text(w.Value)}");
        p.Line($"return{p.Results(graph.Body)}");
        p.text.Append("}\n");
        return p.text.ToString();
    }

    void Line(string s) => text.Append(' ', 2 * depth).Append(s).Append('\n');

    string Text(Operand o) => Literal.Write(o, v => names[v]);

    string Declare(IEnumerable<Value> values) => string.Join(", ", values.Select(v => $"%{names[v]}: {v.Type}"));

    string Results(Block b) => b.Results.Count == 0 ? "" : " " + string.Join(", ", b.Results.Select(Text));

    void Nodes(Block block)
    {
        foreach (var n in block.Nodes)
        {
            var left = n.Outputs.Count == 0 ? "" : Declare(n.Outputs) + " = ";
            var where = n.Where is { } w ? $" @ {Literal.Quote(w.File)}:{w.Line}" : "";
            switch (n)
            {
                case OpNode op:
                    Line(left + Call(op) + where);
                    break;
                case IfNode i:
                    Line($"{left}if {Text(i.Condition)}{where} {{");
                    Inner(i.Then);
                    Line("} else {");
                    Inner(i.Else);
                    Line("}");
                    break;
                case LoopNode l:
                    Line($"{left}loop({string.Join(", ", l.Inputs.Select(Text))}) do ({Declare(l.Body.Parameters)}){where} {{");
                    Inner(l.Body);
                    Line("}");
                    break;
            }
        }
    }

    void Inner(Block b)
    {
        depth++;
        Nodes(b);
        Line($"yield{Results(b)}");
        depth--;
    }

    /// <summary>Arguments at their default are left out, attributes named; where that would be read as another overload, the signature stands for the name.</summary>
    string Call(OpNode n)
    {
        var schema = n.Entry.Schema.Arguments;
        var positional = new List<Operand>();
        var named = new Dictionary<string, Operand>();
        for (var i = 0; i < schema.Count; i++)
        {
            var a = schema[i];
            if (a.HasDefault && n.Inputs[i] == Operand.Of(a.Default)) continue;
            if (!a.HasDefault && !a.KeywordOnly && positional.Count == i) positional.Add(n.Inputs[i]);
            else named.Add(a.Name, n.Inputs[i]);
        }
        if (Reads(n, positional, named))
            return $"{n.Name}({string.Join(", ", positional.Select(Text).Concat(named.Select(k => $"{k.Key}={Text(k.Value)}")))})";
        return $"{Literal.Quote(n.Entry.Text)}({string.Join(", ", n.Inputs.Select(Text))})";
    }

    static bool Reads(OpNode n, List<Operand> positional, Dictionary<string, Operand> named)
    {
        try
        {
            var (entry, arguments) = Resolver.Resolve(n.Name, positional, named);
            return entry == n.Entry && arguments.SequenceEqual(n.Inputs);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
