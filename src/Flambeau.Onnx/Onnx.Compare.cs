using Flambeau.Graphs;
using Flambeau.OnnxFormat;

namespace Flambeau;

public static partial class Onnx
{
    /// <summary>Exports a graph, runs both sides, and if they differ finds the first node whose result does.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">Tensors in the graph's order.</param>
    /// <param name="runner">The other side.</param>
    /// <param name="tolerance">Relative and absolute.</param>
    /// <param name="options">How to export.</param>
    /// <exception cref="OnnxException">An op has no form in ONNX.</exception>
    public static OnnxComparison Compare(Graph graph, IReadOnlyList<Tensor> inputs, OnnxRunner runner, double tolerance = 1e-4, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(runner);
        var proto = Exporter.Export(graph, options ?? new(), [.. inputs], out var tensors, out var names);
        foreach (var p in proto.Graph!.Initializer) Fill(p, tensors[p.Name]);
        return new Comparer(graph, proto, names, inputs, runner, tolerance).Run();
    }

    /// <summary>Runs an imported model here and as it is on the other side, and if they differ finds the first node whose result does.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Tensors in the model's order.</param>
    /// <param name="runner">The other side.</param>
    /// <param name="tolerance">Relative and absolute.</param>
    public static OnnxComparison Compare(OnnxModel model, IReadOnlyList<Tensor> inputs, OnnxRunner runner, double tolerance = 1e-4)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(runner);
        var names = new Dictionary<Value, string>();
        foreach (var (name, value) in model.Values) names.TryAdd(value, name);
        return new Comparer(model.Graph, model.Proto, names, inputs, runner, tolerance).Run();
    }
}
