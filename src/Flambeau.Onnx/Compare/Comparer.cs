using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Runs a graph and its model side by side; where outputs differ, intermediate results become outputs too, front to back, until the first that differs is found.</summary>
internal sealed class Comparer(Graph graph, ModelProto model, IReadOnlyDictionary<Value, string> names, IReadOnlyList<Tensor> inputs, OnnxRunner runner, double tolerance)
{
    /// <summary>Results that are compared in one run.</summary>
    const int Batch = 64;

    internal OnnxComparison Run()
    {
        using var off = Autograd.Grad.No();
        var expected = graph.Run([.. inputs]).Select(static o => o as Tensor).ToArray();
        var actual = runner(model, inputs);
        var wrong = new List<string>();
        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i] is { } e && Difference(e, actual[i]) is { } d) wrong.Add($"output {i} ('{model.Graph!.Output[i].Name}') differs: {d}");
        }
        if (wrong.Count == 0) return new(true, [], null, null, null, 0);
        var values = graph.Body.Nodes.SelectMany(static n => n.Outputs).Where(v => v.Type is TensorType && names.ContainsKey(v)).ToArray();
        var compared = 0;
        foreach (var batch in values.Chunk(Batch))
        {
            var ours = new Graph(graph.Name, new Block(graph.Inputs, graph.Body.Nodes, [.. batch.Select(static v => (Operand)v)]), graph.State, []).Run([.. inputs]);
            var theirs = runner(With(batch.Select(v => names[v])), inputs);
            for (var i = 0; i < batch.Length; i++)
            {
                compared++;
                if (Difference((Tensor)ours[i]!, theirs[i]) is not { } d) continue;
                return new(false, wrong, batch[i].Definition, model.Graph!.Node.FirstOrDefault(n => n.Output.Contains(names[batch[i]])), d, compared);
            }
        }
        return new(false, wrong, null, null, null, compared);
    }

    /// <summary>The model with these values as its only outputs.</summary>
    ModelProto With(IEnumerable<string> outputs)
    {
        var copy = new ModelProto { IrVersion = model.IrVersion, Graph = new() { Name = model.Graph!.Name } };
        copy.OpsetImport.AddRange(model.OpsetImport);
        copy.Functions.AddRange(model.Functions);
        copy.Graph.Node.AddRange(model.Graph.Node);
        copy.Graph.Initializer.AddRange(model.Graph.Initializer);
        copy.Graph.SparseInitializer.AddRange(model.Graph.SparseInitializer);
        copy.Graph.Input.AddRange(model.Graph.Input);
        foreach (var name in outputs) copy.Graph.Output.Add(model.Graph.Output.FirstOrDefault(o => o.Name == name) ?? new ValueInfoProto { Name = name });
        return copy;
    }

    string? Difference(Tensor ours, Tensor theirs)
    {
        if (ours.DType != theirs.DType || ours.Shape != theirs.Shape) return $"here it is {ours.DType.Name()} {ours.Shape}, there {theirs.DType.Name()} {theirs.Shape}";
        if (ours.Numel == 0 || ours.Allclose(theirs, tolerance, tolerance, true)) return null;
        var (a, b) = (ours.To(DType.Float64), theirs.To(DType.Float64));
        var distance = (a - b).Abs();
        var at = distance.Argmax().Item<long>();
        return $"at most by {distance.Max().Item<double>():G4}, at element {at}: here {a.Reshape([-1]).Select(0, at).Item<double>():G6}, there {b.Reshape([-1]).Select(0, at).Item<double>():G6}";
    }
}
