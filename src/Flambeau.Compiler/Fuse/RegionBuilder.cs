using Flambeau.Compiler.Loops;
using Flambeau.Compiler.Plan;

namespace Flambeau.Compiler.Fuse;

/// <summary>A region and the tensors that its inputs and outputs are.</summary>
internal sealed record BoundRegion(Region Region, IReadOnlyList<Slot> Inputs, IReadOnlyList<Slot> Outputs);

/// <summary>Makes the region of a group of pointwise nodes.</summary>
internal static class RegionBuilder
{
    /// <param name="group">The group.</param>
    /// <param name="pointwise">Formulas of its nodes.</param>
    /// <param name="isRead">Whether something outside the group reads a slot.</param>
    internal static BoundRegion Build(Group group, PointwiseNode?[] pointwise, Func<Slot, bool> isRead)
    {
        var members = group.Nodes.Select(n => pointwise[n]!).ToList();
        var made = members.ToDictionary(static m => m.Output);
        var inputs = members.SelectMany(static m => m.Arguments.OfType<Slot>()).Where(s => !made.ContainsKey(s)).Distinct().ToList();
        var outputs = members.Select(static m => m.Output).Where(isRead).ToList();
        var space = group.Space!;
        int[] order = [.. Enumerable.Range(0, space.Rank).OrderByDescending(d => space.Strides[d]).ThenBy(static d => d)];
        var shape = RegionShape.Of(space.Sizes, [.. inputs.Select(s => Strides(s.Layout, space)), space.Strides], order, 0);
        var builder = new ExprBuilder(group.Lane ?? DType.UInt8);
        var values = new Dictionary<Slot, Expr>();
        for (var i = 0; i < inputs.Count; i++) values[inputs[i]] = builder.Input(shape.IsRow(i), inputs[i].DType == DType.Bool);
        foreach (var m in members)
        {
            var args = m.Arguments.Select((a, i) => a is Slot s ? m.Load(builder, values[s], s.DType, i) : m.Constant(builder, a, i)).ToArray();
            values[m.Output] = m.Apply(builder, args)!;
        }
        return new(new Region(builder, shape.Sizes, shape.RowRank,
            [.. inputs.Select((s, i) => new RegionInput(s.DType, shape.Strides[i], values[s]))],
            [.. outputs.Select(s => new RegionOutput(s.DType, values[s]))]), inputs, outputs);
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
