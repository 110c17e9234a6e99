using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>Leaves out what nobody uses, also single results of an If and carried values of a Loop. Random draws stay, so that later ones are the same.</summary>
internal sealed class DeadCode : Rewriter
{
    readonly PassLog log;
    readonly HashSet<Value> live = [];

    internal DeadCode(Graph graph, PassLog log) : base(graph)
    {
        this.log = log;
        Mark(graph.Outputs);
        foreach (var w in graph.Writes) Mark(w.Value);
        Mark(graph.Body);
    }

    /// <inheritdoc/>
    internal override Graph Run()
    {
        var g = base.Run();
        var used = new HashSet<Value>(g.Nodes.SelectMany(static n => n.Inputs.Concat(n.Blocks.SelectMany(static b => b.Results))).Concat(g.Outputs).Concat(g.Writes.Select(static w => w.Value)).SelectMany(static o => o.Values));
        // Parameters and buffers are part of what the program is; constants only of how it is written.
        var state = g.State.Where(s => s.Kind != StateKind.Constant || used.Contains(s.Value) || g.Writes.Any(w => w.State == s)).ToArray();
        return state.Length == g.State.Count ? g : new(g.Name, g.Body, state, g.Writes);
    }

    /// <inheritdoc/>
    protected override void Visit(Node n)
    {
        if (!Needed(n))
        {
            log.Fired("dead code", n);
            return;
        }
        switch (n)
        {
            case IfNode i:
                var dead = i.Outputs.Count(v => !live.Contains(v));
                if (dead > 0) log.Fired("dead result of an if", n);
                CopyIf(i, k => live.Contains(i.Outputs[k]));
                break;
            case LoopNode l:
                bool Wanted(int k) => live.Contains(l.Body.Parameters[k + 1]) || live.Contains(l.Outputs[k]);
                if (Enumerable.Range(0, l.Carried.Count).Any(k => !Wanted(k))) log.Fired("dead value carried by a loop", n);
                CopyLoop(l, Wanted);
                break;
            default:
                Copy(n);
                break;
        }
    }

    bool Needed(Node n) => n.Outputs.Any(live.Contains) || Purity.MustRun(n);

    void Mark(IEnumerable<Operand> operands)
    {
        foreach (var o in operands) Mark(o);
    }

    void Mark(Operand o) => live.UnionWith(o.Values);

    void Mark(Block block)
    {
        for (var i = block.Nodes.Count - 1; i >= 0; i--)
        {
            var n = block.Nodes[i];
            if (!Needed(n)) continue;
            switch (n)
            {
                case IfNode branch:
                    for (var k = 0; k < n.Outputs.Count; k++)
                    {
                        if (!live.Contains(n.Outputs[k])) continue;
                        Mark(branch.Then.Results[k]);
                        Mark(branch.Else.Results[k]);
                    }
                    Mark(branch.Then);
                    Mark(branch.Else);
                    Mark(n.Inputs);
                    break;
                case LoopNode l:
                    Mark(l.Body.Results[0]);
                    int before;
                    do
                    {
                        before = live.Count;
                        for (var k = 0; k < l.Carried.Count; k++)
                        {
                            if (live.Contains(l.Outputs[k]) || live.Contains(l.Body.Parameters[k + 1])) Mark(l.Body.Results[k + 1]);
                        }
                        Mark(l.Body);
                    }
                    while (live.Count != before);
                    Mark(l.Count);
                    Mark(l.Condition);
                    for (var k = 0; k < l.Carried.Count; k++)
                    {
                        if (live.Contains(l.Outputs[k]) || live.Contains(l.Body.Parameters[k + 1])) Mark(l.Carried[k]);
                    }
                    break;
                default:
                    Mark(n.Inputs);
                    break;
            }
        }
    }
}
