using Flambeau.Graphs;

namespace Flambeau.Capture;

/// <summary>Compares two traces of one program step by step.</summary>
internal static class TraceComparison
{
    internal sealed record Difference(string Message, SourceLocation? Where);

    /// <summary>The first node that isn't the same in both; null if there is none.</summary>
    /// <param name="a">A trace.</param>
    /// <param name="b">Another.</param>
    /// <param name="constants">Told of constants that differ, in which case they are no difference: node number, path in its arguments, both values.</param>
    internal static Difference? FirstDifference(Graph a, Graph b, Action<int, string, object?, object?>? constants = null)
    {
        var match = new Dictionary<Value, Value>();
        for (var i = 0; i < a.Inputs.Count; i++) match.Add(a.Inputs[i], b.Inputs[i]);
        for (var i = 0; i < Math.Min(a.State.Count, b.State.Count); i++)
        {
            if (a.State[i].Name != b.State[i].Name) continue;
            match.Add(a.State[i].Value, b.State[i].Value);
            if (a.State[i].Tensor.Shape != b.State[i].Tensor.Shape)
                return new($"'{a.State[i].Name}', a tensor made from C# data, has shape {a.State[i].Tensor.Shape} in one run and {b.State[i].Tensor.Shape} in another; make it with Tensor.Zeros, Full or Arange, or give it as an input", null);
        }
        var (x, y) = (a.Body.Nodes, b.Body.Nodes);
        for (var i = 0; i < Math.Max(x.Count, y.Count); i++)
        {
            if (i >= x.Count || i >= y.Count) return new($"One run ends after {Math.Min(x.Count, y.Count)} steps, the other goes on with {Describe(i < x.Count ? x[i] : y[i])}", (i < x.Count ? x[i] : y[i]).Where);
            var (p, q) = ((OpNode)x[i], (OpNode)y[i]);
            if (p.Entry != q.Entry) return new($"The first step that differs is number {i}: {Describe(p)} in one run, {Describe(q)} in the other", p.Where);
            for (var k = 0; k < p.Inputs.Count; k++)
            {
                if (!Equal(p.Inputs[k], q.Inputs[k], match, k.ToString(System.Globalization.CultureInfo.InvariantCulture), i, constants))
                    return new($"The first step that differs is number {i}, {p.Name}: argument '{p.Entry.Schema.Arguments[k].Name}' is {p.Inputs[k]} in one run, {q.Inputs[k]} in the other", p.Where);
            }
            for (var k = 0; k < p.Outputs.Count; k++) match[p.Outputs[k]] = q.Outputs[k];
        }
        for (var i = 0; i < a.Outputs.Count; i++)
        {
            if (!Equal(a.Outputs[i], b.Outputs[i], match, "", -1, null)) return new($"Result {i} comes from another step", null);
        }
        return null;
    }

    static string Describe(Node n) => n is OpNode op ? op.Name : n.GetType().Name;

    static bool Equal(Operand a, Operand b, Dictionary<Value, Value> match, string path, int node, Action<int, string, object?, object?>? constants)
    {
        if (a.Value is { } v) return b.Value is { } w && match.TryGetValue(v, out var m) && m == w;
        if (a.List is { } l)
        {
            if (b.List is not { } r || r.Count != l.Count) return false;
            for (var i = 0; i < l.Count; i++)
            {
                if (!Equal(l[i], r[i], match, $"{path}.{i}", node, constants)) return false;
            }
            return true;
        }
        if (b.Value is not null || b.List is not null) return false;
        if (a == b) return true;
        if (constants is null || a.Constant is not (long or double) || a.Constant.GetType() != b.Constant?.GetType()) return false;
        constants(node, path, a.Constant, b.Constant);
        return true;
    }
}
