using Flambeau.Capture;

namespace Flambeau;

/// <summary>How a model is written as ONNX.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>Version of the operator set: 13 to 23.</summary>
    public int Opset { get; init; } = 18;

    /// <summary>Names of the inputs; by default those of the graph.</summary>
    public IReadOnlyList<string>? InputNames { get; init; }

    /// <summary>Names of the outputs; by default <c>output</c>, or <c>output_0</c>, <c>output_1</c>…</summary>
    public IReadOnlyList<string>? OutputNames { get; init; }

    /// <summary>Axes of example inputs whose sizes may differ, when a module or function is traced.</summary>
    public IReadOnlyList<DynamicDim> Dynamic { get; init; } = [];

    /// <summary>Tensors of this many bytes and more go to a file beside the model (<c>model.onnx.data</c>). None by default, unless the model would grow beyond 2 GiB.</summary>
    public long? ExternalDataFrom { get; init; }

    /// <summary>What the model is called.</summary>
    public string? Name { get; init; }

    /// <summary>Facts to keep in the model.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
