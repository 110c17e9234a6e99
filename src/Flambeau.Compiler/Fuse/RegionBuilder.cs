using Flambeau.Compiler.Loops;
using Flambeau.Compiler.Plan;

namespace Flambeau.Compiler.Fuse;

/// <summary>A region and the tensors that its inputs and outputs are.</summary>
internal sealed record BoundRegion(Region Region, IReadOnlyList<Slot> Inputs, IReadOnlyList<Slot> Outputs);

/// <summary>Makes the region of a group.</summary>
internal static class RegionBuilder
{
    /// <param name="group">The group.</param>
    /// <param name="members">Nodes that can be in regions.</param>
    /// <param name="isRead">Whether something outside the group reads a slot.</param>
    internal static BoundRegion Build(Group group, Member?[] members, Func<Slot, bool> isRead)
    {
        var mine = group.Nodes.Select(n => members[n]!).ToList();
        var made = mine.Select(static m => m.Output).ToHashSet();
        var inputs = mine.SelectMany(static m => m.Reads).Where(s => !made.Contains(s)).Distinct().ToList();
        var outputs = mine.Select(static m => m.Output).Where(isRead).ToList();
        var space = group.Space!;
        var order = ReductionNode.Order(space);
        var reduced = 0;
        if (group.Reduced is { } mask)
        {
            // Axes of one element may stand anywhere; those of a row come last.
            order = [.. order.Where(d => !mask[d]), .. order.Where(d => mask[d])];
            reduced = mask.Count(static m => m);
        }
        var shape = RegionShape.Of(space.Sizes, [.. inputs.Select(s => Strides(s.Layout, space)), space.Strides], order, reduced);
        var builder = new ExprBuilder(group.Lane ?? DType.UInt8);
        var values = new Dictionary<Slot, Expr>();
        for (var i = 0; i < inputs.Count; i++) values[inputs[i]] = builder.Input(shape.IsRow(i), inputs[i].DType == DType.Bool);
        foreach (var m in mine) values[m.Output] = m.Build(builder, values);
        return new(new Region(builder, shape.Sizes, shape.RowRank,
            [.. inputs.Select((s, i) => new RegionInput(s.DType, shape.Strides[i], values[s]))],
            [.. outputs.Select(s => new RegionOutput(s.DType, values[s], PerRow: reduced > 0 && s.Layout.Numel != space.Numel))]), inputs, outputs);
    }

    /// <summary>Strides along the space's axes; 0 where the tensor is repeated.</summary>
    static long[] Strides(Layout x, Layout space)
    {
        var s = new long[space.Rank];
        var lead = space.Rank - x.Rank;
        for (var d = lead; d < s.Length; d++) s[d] = x.Sizes[d - lead] == 1 ? 0 : x.Strides[d - lead];
        return s;
    }
}
