using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>One result of a node, one input of a graph, one parameter of a block, or one piece of state: assigned once.</summary>
/// <param name="type">What it is.</param>
/// <param name="hint">A name for readers; printing makes it unique, and numbers values without one.</param>
public sealed class Value(GraphType type, string? hint = null) : IArgumentType
{
    /// <summary>What it is.</summary>
    public GraphType Type => type;

    /// <summary>A name for readers.</summary>
    public string? Hint => hint;

    /// <summary>The node whose result it is; null for inputs, parameters of blocks and state.</summary>
    public Node? Definition { get; internal set; }

    /// <summary>Which of the node's results it is.</summary>
    public int Index { get; internal set; }

    /// <summary>The type, if it is a tensor's.</summary>
    public TensorType? Tensor => type as TensorType;

    bool IArgumentType.Fits(string element, bool list, bool optional) => SchemaFit.Fits(type, element, list, optional);

    bool IArgumentType.Converts(string element) => SchemaFit.Converts(type, element);

    /// <inheritdoc/>
    public override string ToString() => $"%{hint ?? "?"}: {type}";
}
