using Flambeau.Compiler.Passes;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Tests.RandomGraphs;

/// <summary>Makes a graph that fails smaller, as long as it still fails in the same way.</summary>
static class Shrink
{
    /// <summary>Values that become inputs, and one value that is the only result.</summary>
    sealed class Cut(Graph graph, Dictionary<Value, Value> inputs, Operand result) : Rewriter(graph)
    {
        internal override Graph Run()
        {
            var g = base.Run();
            return new(g.Name, new Block([.. g.Inputs, .. inputs.Values], g.Body.Nodes, [Map(result)]), g.State, []);
        }

        protected override void Visit(Node n)
        {
            if (n.Outputs.Any(inputs.ContainsKey)) foreach (var o in n.Outputs) Replace(o, inputs[o]);
            else Copy(n);
        }
    }

    internal static string Run(RandomGraph made, string error)
    {
        var kind = Kind(error);
        var values = made.Known;
        var cut = new Dictionary<Value, Value>();
        Operand result = default;
        Graph Make() => new DeadCode(new Cut(made.Graph, cut, result).Run(), new()).Run();
        string? Fails()
        {
            try
            {
                var e = new FormCheck(Make(), [.. made.Inputs, .. cut.Keys.Select(v => values[v])]).Error();
                return e is not null && Kind(e) == kind ? e : null;
            }
            catch (GraphException)
            {
                return null;
            }
        }
        foreach (var v in made.Graph.Body.Nodes.SelectMany(static n => n.Outputs).Where(v => values[v] is Tensor or long or double or bool).Select(static v => (Operand)v).Concat(made.Graph.Outputs))
        {
            result = v;
            if (Fails() is not null) break;
        }
        if (Fails() is null) return $"(not shrunk)\n{made.Graph}";
        foreach (var n in made.Graph.Body.Nodes.Reverse())
        {
            if (n.Outputs.Any(v => values[v] is not (Tensor or long or double or bool))) continue;
            foreach (var o in n.Outputs) cut[o] = new(GraphType.Of(values[o]), o.Hint);
            if (Fails() is not null) continue;
            foreach (var o in n.Outputs) cut.Remove(o);
        }
        return $"{Make()}{Fails()}";
    }

    static string Kind(string error) => error.Split(':', '\n')[0];
}
