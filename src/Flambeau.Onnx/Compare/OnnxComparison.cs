using Flambeau.Graphs;
using Flambeau.OnnxFormat;

namespace Flambeau;

/// <summary>Runs a model on somebody else's side: tensors in the order of the model's inputs to tensors in the order of its outputs.</summary>
/// <param name="model">The model, with more outputs than it had.</param>
/// <param name="inputs">One for each input.</param>
public delegate IReadOnlyList<Tensor> OnnxRunner(ModelProto model, IReadOnlyList<Tensor> inputs);

/// <summary>How a model's results on two sides compare.</summary>
/// <param name="Same">All outputs agree.</param>
/// <param name="Outputs">What is wrong with outputs; empty if they agree.</param>
/// <param name="Node">The first node whose result differs though its inputs agree.</param>
/// <param name="OnnxNode">The node of the model that makes the result.</param>
/// <param name="Difference">How the results differ.</param>
/// <param name="Compared">How many results were compared to find the node.</param>
public sealed record OnnxComparison(bool Same, IReadOnlyList<string> Outputs, Node? Node, NodeProto? OnnxNode, string? Difference, int Compared)
{
    /// <inheritdoc/>
    public override string ToString() => Same ? "both sides agree"
        : string.Join("\n", Outputs) + (Node is null ? "\nno intermediate result differs: look at the outputs themselves" : $"\nthe first node that differs is {Describe(Node)}{(OnnxNode is null ? "" : $", in the model {OnnxNode}")}: {Difference}");

    static string Describe(Node n) => (n is OpNode op ? $"'{op.Name}'" : n.GetType().Name) + (n.Where is { } w ? $" at {w}" : "");
}
