using Flambeau.Capture;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Conformance;

/// <summary>Calls an op or a module by way of its trace: recorded on the arguments, printed, parsed, and run on them.</summary>
internal static class TracedCall
{
    internal static object? Run(string op, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named)
    {
        // A graph's inputs are values, which nothing writes.
        if (op.EndsWith('_') && !op.EndsWith("__", StringComparison.Ordinal)) return Registry.Call(op, arguments, named);
        return Run(arguments, named, null, (a, n) => Registry.Call(op, a, n));
    }

    internal static object? Run(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, Nn.Module? module, Func<object?[], Dictionary<string, object?>, object?> call)
    {
        var inputs = new List<Tensor>();
        foreach (var a in arguments.Concat(named.Values)) Collect(a, inputs);
        object? plain = null;
        var isPlain = false;
        // What is written in place must not be seen by the second run.
        var copies = inputs.ConvertAll(static t => Copy(t));
        var result = Trace.Of(given =>
        {
            var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
            for (var i = 0; i < given.Count; i++) map[inputs[i]] = given[i];
            var y = call([.. arguments.Select(a => Replace(a, map))], named.ToDictionary(static n => n.Key, n => Replace(n.Value, map)));
            isPlain = y is not Tensor && y is not System.Collections.IEnumerable and not System.Runtime.CompilerServices.ITuple;
            plain = y;
            return isPlain ? [] : Compare.Flatten(y);
        }, copies, module, new() { Check = false, Locations = false });
        if (isPlain) return plain;
        var graph = result.Graph;
        if (module is null && graph.State.Any(static s => s.Kind != StateKind.Constant)) throw new InvalidOperationException("the trace has state besides constants");
        var text = graph.ToString();
        graph = Graph.Parse(text, name => result.Graph.State.First(s => s.Name == name).Tensor);
        if (graph.ToString() != text) throw new InvalidOperationException("the graph's text doesn't read back to itself:\n" + text);
        return graph.Run([.. inputs]).Cast<Tensor>().ToArray();

        static Tensor Copy(Tensor t) => t.Detach().AsStrided(t.Shape, t.Strides.ToArray(), t.StorageOffset) is var view && t.IsContiguous ? view.Clone().WithGrad(t.RequiresGrad) : view.WithGrad(t.RequiresGrad);
    }

    static void Collect(object? a, List<Tensor> found)
    {
        if (a is Tensor t)
        {
            if (!found.Exists(f => ReferenceEquals(f, t))) found.Add(t);
        }
        else if (a is IEnumerable<object?> list)
        {
            foreach (var e in list) Collect(e, found);
        }
    }

    static object? Replace(object? a, Dictionary<Tensor, Tensor> map) => a switch
    {
        Tensor t => map[t],
        IEnumerable<object?> list => list.Select(e => Replace(e, map)).ToArray(),
        _ => a,
    };
}
