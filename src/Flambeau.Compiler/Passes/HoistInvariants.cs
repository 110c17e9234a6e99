using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Passes;

/// <summary>
/// What is the same in every step of a loop is computed before it, if the loop is known to run or the op can't fail: a loop that doesn't run must not raise errors.
/// </summary>
internal sealed class HoistInvariants(Graph graph, PassLog log) : Rewriter(graph)
{
    readonly Dictionary<Value, int> depths = [];

    /// <inheritdoc/>
    protected override Value Like(Value v)
    {
        var made = base.Like(v);
        depths[made] = Frames.Count - 1;
        return made;
    }

    /// <inheritdoc/>
    protected override void Visit(Node n)
    {
        if (n is not OpNode op || !Purity.IsPure(op))
        {
            Copy(n);
            return;
        }
        var made = Rebuilt(op);
        var to = Frames.Count - 1;
        var needed = made.Inputs.SelectMany(static o => o.Values).Select(Depth).DefaultIfEmpty(0).Max();
        while (to > needed && Frames[to].Loop is { } loop && (Runs(loop) || Total(made))) to--;
        if (to < Frames.Count - 1) log.Fired("loop invariant", made);
        foreach (var o in made.Outputs) depths[o] = to;
        Frames[to].Nodes.Add(made);
        Stand(n, made);
    }

    int Depth(Value v) => depths.GetValueOrDefault(v);

    /// <inheritdoc/>
    protected override void Entered(IReadOnlyList<Value> made)
    {
        // They were made before the body's frame was there.
        foreach (var v in made) depths[v] = Frames.Count - 1;
    }

    static bool Runs(LoopNode l) => l.Condition.IsConstant && l.Condition.Constant is true && (l.Count.IsNone || Match.Int(l.Count) > 0);

    /// <summary>Gives a result for all arguments of these types.</summary>
    static bool Total(OpNode n)
    {
        if (n.Name.StartsWith("prim.", StringComparison.Ordinal))
            return n.Name is not ("prim.div_int" or "prim.mod_int" or "prim.floordiv_int" or "prim.floormod_int" or "prim.abs_int" or "prim.getitem" or "prim.setitem" or "prim.unwrap" or "prim.size" or "prim.len" or "prim.ints" or "prim.floats")
                && !n.Name.StartsWith("prim.item", StringComparison.Ordinal);
        return n.Op is IPointwise or Permute && n.Inputs.SelectMany(static o => o.Values).All(static v => v.Tensor is { Type: not null, Sizes: not null }) && n.Output.Tensor is { Type: { } t, Sizes: not null } && !t.IsIntegral();
    }
}
