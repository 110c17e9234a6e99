using Flambeau.Compiler.Passes;
using Flambeau.Compiler.Plan;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Gradients;

/// <summary>
/// A graph of results and gradients, cut in two: what gives the results, and what is left for the backward pass. Between them go the values that the
/// backward pass uses; of these, pointwise results are computed again rather than kept (Chen et al., "Training Deep Nets with Sublinear Memory Cost",
/// arXiv:1604.06174, at the grain of one kernel).
/// </summary>
/// <param name="Forward">Inputs to results, then kept values.</param>
/// <param name="Backward">Kept values, then gradients of results, to gradients.</param>
/// <param name="Kept">How many values are kept.</param>
internal sealed record Halves(Graph Forward, Graph Backward, int Kept)
{
    /// <param name="joint">Outputs: the results, stand-ins for their gradients, and the gradients that follow from these.</param>
    /// <param name="results">How many results there are.</param>
    /// <param name="seeds">How many stand-ins.</param>
    internal static Halves Cut(Graph joint, int results, int seeds)
    {
        var nodes = joint.Body.Nodes;
        Value[] standIns = [.. joint.Outputs.Skip(results).Take(seeds).Select(static o => o.Value!)];
        Operand[] gradients = [.. joint.Outputs.Skip(results + seeds)];
        Operand[] given = [.. joint.Outputs.Take(results), .. joint.Writes.Select(static w => w.Value)];

        var late = new HashSet<Value>(standIns);
        foreach (var n in nodes)
        {
            if (n.Inputs.Any(o => o.Values.Any(late.Contains))) late.UnionWith(n.Outputs);
        }
        var needed = new HashSet<Value>(given.SelectMany(static o => o.Values));
        var forward = new HashSet<Node>();
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            var n = nodes[i];
            if (n.Outputs.Any(late.Contains) || (!n.Outputs.Any(needed.Contains) && !Purity.MustRun(n))) continue;
            forward.Add(n);
            needed.UnionWith(Uses.Of(n));
        }

        var wanted = new HashSet<Value>(gradients.SelectMany(static o => o.Values));
        var constant = joint.State.Where(s => joint.Writes.All(w => w.State.Name != s.Name)).Select(static s => s.Value).ToHashSet();
        var results0 = given.SelectMany(static o => o.Values).ToHashSet();
        var backward = new HashSet<Node>();
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            var n = nodes[i];
            if (!n.Outputs.Any(wanted.Contains) || n.Outputs.Any(standIns.Contains)) continue;
            if (forward.Contains(n) && (!IsCheap(n) || n.Outputs.Any(results0.Contains))) continue;
            backward.Add(n);
            wanted.UnionWith(Uses.Of(n));
        }
        var made = backward.SelectMany(static n => n.Outputs).ToHashSet();
        Value[] kept = [.. wanted.Where(v => !made.Contains(v) && !constant.Contains(v) && !standIns.Contains(v))];

        if (joint.Writes.FirstOrDefault(w => kept.Contains(w.State.Value)) is { } write) throw new CompileException($"gradients depend on '{write.State.Name}', which the program overwrites");

        var first = SubgraphBuilder.Make(joint, null, joint.Name, [.. nodes.Where(forward.Contains)], joint.Inputs, [.. joint.Outputs.Take(results), .. kept.Select(static v => (Operand)v), .. joint.Writes.Select(static w => w.Value)]);
        var state = first.State.ToDictionary(static s => s.Name);
        foreach (var w in joint.Writes) state.TryAdd(w.State.Name, w.State with { Value = new(w.State.Value.Type, w.State.Name) });
        var split = results + kept.Length;
        first = new(first.Name, new(first.Inputs, first.Body.Nodes, [.. first.Outputs.Take(split)]), [.. state.Values],
            [.. joint.Writes.Select((w, i) => new StateWrite(state[w.State.Name], first.Outputs[split + i]))]);
        var second = SubgraphBuilder.Make(joint, null, joint.Name + " backward", [.. nodes.Where(backward.Contains)], [.. kept, .. standIns], gradients);
        return new(first, second, kept.Length);
    }

    static bool IsCheap(Node n) => n is OpNode { Op: IPointwise } op && Purity.IsPure(op);
}
