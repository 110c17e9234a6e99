using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>An ONNX model as a graph of ours.</summary>
public sealed class OnnxModel
{
    readonly IReadOnlyDictionary<string, Value> named;

    internal OnnxModel(ModelProto proto, Graph graph, IReadOnlyList<(string, ElementType)> inputs, IReadOnlyList<(string, ElementType)> outputs, IReadOnlyDictionary<string, Value> named)
    {
        (Proto, Graph, Inputs, Outputs, this.named) = (proto, graph, inputs, outputs, named);
    }

    /// <summary>The file's contents.</summary>
    public ModelProto Proto { get; }

    /// <summary>The graph: run, compile, save or export it.</summary>
    public Graph Graph { get; }

    /// <summary>Names and element types of the inputs, in the graph's order. Inputs that have an initializer are constants of the graph.</summary>
    public IReadOnlyList<(string Name, ElementType Type)> Inputs { get; }

    /// <summary>Names and element types of the outputs, in the graph's order.</summary>
    public IReadOnlyList<(string Name, ElementType Type)> Outputs { get; }

    /// <summary>The graph's values by the names they have in the model; constants and sizes have none.</summary>
    public IReadOnlyDictionary<string, Value> Values => named;

    /// <summary>Runs the graph op by op with inputs in order: tensors, lists of tensors, or null for optional ones.</summary>
    public object?[] Run(params object?[] inputs) => Graph.Run(inputs);

    /// <summary>Runs the graph op by op with inputs by name; outputs by name.</summary>
    /// <exception cref="ArgumentException">An input is missing, or the model has none of that name.</exception>
    public IReadOnlyDictionary<string, object?> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var unknown = inputs.Keys.Except(Inputs.Select(static i => i.Name)).FirstOrDefault();
        if (unknown is not null) throw new ArgumentException($"the model has no input '{unknown}'; its inputs are {string.Join(", ", Inputs.Select(static i => i.Name))}");
        var results = Graph.Run([.. Inputs.Select(i => (object?)(inputs.TryGetValue(i.Name, out var t) ? t : throw new ArgumentException($"input '{i.Name}' is missing")))]);
        return Outputs.Select((o, i) => (o.Name, Value: results[i])).ToDictionary(static p => p.Name, static p => p.Value, StringComparer.Ordinal);
    }
}
