using Flambeau.Compiler.Loops;
using Flambeau.Compiler.Plan;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Fuse;

/// <summary>A sum, mean or extreme over the axes that are innermost in memory: rows become one element each.</summary>
/// <param name="Node">The node.</param>
/// <param name="Input">What is reduced.</param>
/// <param name="Output">One element a row, in the order of the rows.</param>
/// <param name="Lane">Element type.</param>
/// <param name="Reduced">Which axes of the input are reduced.</param>
/// <param name="Kind">How.</param>
/// <param name="Mean">Divided by the number of elements.</param>
internal sealed record ReductionNode(OpNode Node, Slot Input, Slot Output, DType? Lane, bool[] Reduced, ReduceKind Kind, bool Mean) : Member(Node, Output, Lane)
{
    // A row stays in the first caches; fewer rows than this would leave threads without work.
    const long LongestRow = 8192, FewRows = 8;

    internal override IEnumerable<Slot> Reads => [Input];

    /// <summary>The node as a reduction of rows; null if it is none that regions can compute.</summary>
    internal static ReductionNode? Of(OpNode node, Profile profile)
    {
        var (dims, kind, dtype) = node.Op switch
        {
            Sum s => (s.Dim, (ReduceKind?)ReduceKind.Sum, s.Dtype),
            Mean m => (m.Dim, ReduceKind.Sum, m.Dtype),
            Amax a => (a.Dim, ReduceKind.Max, null),
            Amin a => (a.Dim, ReduceKind.Min, null),
            _ => ((long[]?)null, (ReduceKind?)null, (DType?)null),
        };
        if (kind is null || profile.Content(node.Inputs[0]) is not Slot x || profile[node.Outputs[0]] is not Slot y) return null;
        if (x.DType is not (DType.Float32 or DType.Float64) || y.DType != x.DType || (dtype is { } d && d != x.DType) || x.Memory == y.Memory || !x.Layout.IsDense || y.Offset != 0) return null;
        var mask = Dims.Mask(dims, x.Layout.Rank);
        var order = Order(x.Layout);
        long row = 1, rows = 1, step = 1;
        var inRow = true;
        for (var k = order.Length - 1; k >= 0; k--)
        {
            var size = x.Layout.Sizes[order[k]];
            if (size == 1) continue;
            if (mask[order[k]])
            {
                if (!inRow) return null;
                row *= size;
                continue;
            }
            inRow = false;
            rows *= size;
            // The result's axes must lie in the same order, without gaps.
            var at = y.Layout.Rank == mask.Length ? order[k] : order[k] - mask.AsSpan(0, order[k]).Count(true);
            if (y.Layout.Strides[at] != step) return null;
            step *= size;
        }
        return row < 2 || row > LongestRow || (rows < FewRows && row * rows > 2048) ? null : new(node, x, y, x.DType, mask, kind.Value, node.Op is Mean);
    }

    /// <summary>Axes by decreasing stride.</summary>
    internal static int[] Order(Layout layout) => [.. Enumerable.Range(0, layout.Rank).OrderByDescending(d => layout.Strides[d]).ThenBy(static d => d)];

    internal override Expr Build(ExprBuilder builder, IReadOnlyDictionary<Slot, Expr> values)
    {
        var e = builder.Reduce(Kind, values[Input]);
        if (!Mean) return e;
        long n = 1;
        for (var d = 0; d < Reduced.Length; d++) n *= Reduced[d] ? Input.Layout.Sizes[d] : 1;
        return builder.Make(ExprOp.Div, e, builder.Const(n));
    }
}
