using System.Runtime.CompilerServices;
using Flambeau.Compiler.Passes;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Control;

/// <summary>
/// Puts one node in the place of each stretch of tensor ops of a graph, in all its blocks: a call of the compiled stretch. What is left is control flow,
/// numbers, lists, and ops whose attributes depend on numbers that aren't sizes.
/// </summary>
internal sealed class Segmenter : Rewriter
{
    /// <summary>Shorter stretches cost as much compiled as op by op.</summary>
    const int Shortest = 2;

    readonly CompileOptions options;
    readonly List<CompiledFunction> made = [];
    readonly HashSet<Value> state;

    internal Segmenter(Graph graph, CompileOptions options) : base(graph)
    {
        this.options = options;
        state = [.. graph.State.Select(static s => s.Value)];
    }

    /// <summary>The compiled stretches, in the order of their nodes.</summary>
    internal IReadOnlyList<CompiledFunction> Made => made;

    /// <inheritdoc/>
    protected override void Visit(Block b)
    {
        var kinds = new Stretches(b, state);
        var left = b.Nodes.ToList();
        // Values that the block itself makes and that aren't there yet; random draws keep their order.
        var missing = left.SelectMany(static n => n.Outputs).ToHashSet();
        var used = b.Results.SelectMany(static r => r.Values).Concat(ReferenceEquals(b, Old.Body) ? Old.Writes.SelectMany(static w => w.Value.Values) : []).ToHashSet();
        for (var compiles = kinds.Has(left.FirstOrDefault()); left.Count > 0; compiles = !compiles)
        {
            var (taken, rest) = (new List<Node>(), new List<Node>());
            var held = false;
            foreach (var n in left)
            {
                var ordered = Purity.MustRun(n);
                if (kinds.Has(n) == compiles && !(ordered && held) && !Uses.Of(n).Any(missing.Contains))
                {
                    taken.Add(n);
                    missing.ExceptWith(n.Outputs);
                }
                else
                {
                    rest.Add(n);
                    held |= ordered;
                }
            }
            left = rest;
            if (compiles && taken.Count(Stretches.Counts) >= Shortest) Emit(taken, kinds, used, rest);
            else
            {
                foreach (var n in taken) Visit(n);
            }
        }
    }

    void Emit(List<Node> nodes, Stretches kinds, HashSet<Value> used, List<Node> rest)
    {
        var inside = nodes.SelectMany(static n => n.Outputs).ToHashSet();
        // Numbers that sizes decide are computed within.
        List<Node> all = [.. kinds.Sizes(nodes, inside), .. nodes];
        var own = all.SelectMany(static n => n.Outputs).ToHashSet();
        Value[] inputs = [.. all.SelectMany(Uses.Of).Where(v => !own.Contains(v) && !state.Contains(v)).Distinct()];
        var later = rest.SelectMany(Uses.Of).Concat(used).ToHashSet();
        Value[] outputs = [.. nodes.SelectMany(static n => n.Outputs).Where(later.Contains)];
        if (outputs.Length == 0 && !nodes.Any(Purity.MustRun)) return;
        var name = $"{Old.Name}.{made.Count}";
        var part = SubgraphBuilder.Make(Old, null, name, all, inputs, [.. outputs.Select(static v => (Operand)v)]);
        var code = new CompiledFunction(x => [.. part.Run([.. x]).Select(static y => (Tensor)y!)], null, options with { Name = name, Gradients = true, Strict = false });
        made.Add(code);
        var schema = $"compiled{(nodes.Any(Purity.MustRun) ? ".random" : "")}.{made.Count}({string.Join(", ", inputs.Select(static (_, i) => $"Tensor x{i}"))}) -> {(outputs.Length == 1 ? "Tensor" : $"({string.Join(", ", outputs.Select(static _ => "Tensor"))})")}";
        var entry = new OpEntry(schema, a =>
        {
            var given = new Tensor[inputs.Length];
            for (var i = 0; i < given.Length; i++) given[i] = a.Tensor(i);
            var y = code.Run(given);
            return y.Length == 1 ? y[0] : new Results(y);
        }, false, true);
        var call = new OpNode(entry, [.. inputs.Select(v => Map(v))], [.. outputs.Select(Like)], nodes[0].Where);
        Add(call);
        for (var i = 0; i < outputs.Length; i++) Replace(outputs[i], call.Outputs[i]);
    }

    sealed class Results(Tensor[] y) : ITuple
    {
        public object? this[int index] => y[index];

        public int Length => y.Length;
    }
}
