using Flambeau.Compiler.Loops;
using Flambeau.Compiler.Plan;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Fuse;

/// <summary>A node that can be part of a region.</summary>
/// <param name="Node">The node.</param>
/// <param name="Output">What it gives.</param>
/// <param name="Lane">What it computes in; null if it computes with bools only, as any lane can.</param>
internal abstract record Member(OpNode Node, Slot Output, DType? Lane)
{
    /// <summary>The tensors it reads.</summary>
    internal abstract IEnumerable<Slot> Reads { get; }

    /// <summary>Its value from those of what it reads.</summary>
    internal abstract Expr Build(ExprBuilder builder, IReadOnlyDictionary<Slot, Expr> values);
}
