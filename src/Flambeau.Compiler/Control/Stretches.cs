using Flambeau.Compiler.Passes;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Control;

/// <summary>Which nodes of a block can be part of a compiled stretch.</summary>
internal sealed class Stretches
{
    readonly HashSet<Node> nodes = [];
    readonly Dictionary<Value, Node> sizes = [];

    /// <param name="block">The block.</param>
    /// <param name="state">Values of state.</param>
    internal Stretches(Block block, IReadOnlySet<Value> state)
    {
        var lists = new HashSet<Value>();
        foreach (var n in block.Nodes.OfType<OpNode>())
        {
            if (IsNumber(n) && n.Inputs.All(o => o.Values.All(v => sizes.ContainsKey(v) || (v.Type is TensorType && n.Name is "prim.size" or "prim.shape" or "prim.rank" or "prim.numel" or "prim.dtype"))))
            {
                foreach (var v in n.Outputs) sizes.Add(v, n);
                continue;
            }
            if (!Fits(n) || !n.Inputs.All(o => o.Values.All(v => v.Type is TensorType || sizes.ContainsKey(v) || lists.Contains(v)))) continue;
            nodes.Add(n);
            lists.UnionWith(n.Outputs.Where(static v => v.Type is ListType));
        }
        // Lists don't leave a stretch.
        int before;
        do
        {
            before = nodes.Count;
            var outside = block.Nodes.Where(n => !nodes.Contains(n)).SelectMany(Uses.Of).Concat(block.Results.SelectMany(static r => r.Values)).ToHashSet();
            nodes.RemoveWhere(n => n.Outputs.Any(v => v.Type is ListType && outside.Contains(v)) || n.Inputs.Any(o => o.Values.Any(v => v.Type is ListType && v.Definition is { } d && !nodes.Contains(d))));
        }
        while (nodes.Count != before);
    }

    /// <summary>Whether the node can be part of one.</summary>
    internal bool Has(Node? n) => n is not null && nodes.Contains(n);

    /// <summary>Whether the node does something at all.</summary>
    internal static bool Counts(Node n) => n is OpNode op && !op.Name.StartsWith("prim.", StringComparison.Ordinal);

    /// <summary>Nodes that compute the numbers these nodes take, in an order in which they can run.</summary>
    internal IReadOnlyList<Node> Sizes(IEnumerable<Node> users, IReadOnlySet<Value> inside)
    {
        var found = new List<Node>();
        var seen = new HashSet<Node>();
        foreach (var v in users.SelectMany(Uses.Of)) Visit(v);
        return found;

        void Visit(Value v)
        {
            if (inside.Contains(v) || !sizes.TryGetValue(v, out var n) || !seen.Add(n)) return;
            foreach (var u in Uses.Of(n)) Visit(u);
            found.Add(n);
        }
    }

    static bool IsNumber(OpNode n) => n.Name.StartsWith("prim.", StringComparison.Ordinal) && !Purity.MustRun(n) && n.Outputs.Count == 1
        && n.Name is not ("prim.item_int" or "prim.item_float" or "prim.item_bool" or "prim.item" or "prim.ints" or "prim.floats" or "prim.print" or "prim.requires_grad")
        && n.Output.Type is not (TensorType or ListType { Element: TensorType });

    static bool Fits(OpNode n) =>
        (n.Name is "prim.list" or "prim.getitem" || (!n.Name.StartsWith("prim.", StringComparison.Ordinal) && !Purity.HasEffect(n) && !Purity.HasOpenSizes(n)))
        && n.Outputs.Count > 0 && n.Outputs.All(static v => v.Type is TensorType or ListType { Element: TensorType });
}
