using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>Branches and loops of which it is known what they do.</summary>
internal sealed class SimplifyControl(Graph graph, PassLog log, SimplifyOptions options) : Rewriter(graph)
{
    /// <inheritdoc/>
    protected override void Visit(Node n)
    {
        switch (n)
        {
            case IfNode i when Known(Map(i.Condition)) is { } c:
                log.Fired(c ? "if of true" : "if of false", n);
                Stand(n, Inline(c ? i.Then : i.Else, []));
                break;
            case IfNode { Then.Nodes.Count: 0, Else.Nodes.Count: 0 } i when i.Outputs.Count == 0 || Map(i.Then.Results).SequenceEqual(Map(i.Else.Results)):
                log.Fired("if with equal branches", n);
                Stand(n, Map(i.Then.Results));
                break;
            case LoopNode l:
                Loop(l);
                break;
            default:
                Copy(n);
                break;
        }
    }

    static bool? Known(Operand o) => o.IsConstant && o.Constant is bool b ? b : null;

    void Stand(Node n, IReadOnlyList<Operand> results)
    {
        for (var k = 0; k < n.Outputs.Count; k++) Replace(n.Outputs[k], results[k]);
    }

    void Loop(LoopNode l)
    {
        var (count, condition) = (Map(l.Count), Known(Map(l.Condition)));
        var times = count.IsNone ? null : Match.Int(count);
        if (condition == false || times <= 0)
        {
            log.Fired("loop that never runs", l);
            Stand(l, Map(l.Carried));
            return;
        }
        var goesOn = Known(l.Body.Results[0]);
        if (condition == true && goesOn == false && (times is not null || count.IsNone)) times = 1;
        if (condition == true && times is { } t && (goesOn is not null || t == 1) && t * Math.Max(1, l.Body.AllNodes().Count()) <= options.MaxUnrolled)
        {
            log.Fired("loop unrolled", l);
            var carried = Map(l.Carried);
            for (long step = 0; step < t; step++) carried = Inline(l.Body, [step, .. carried])[1..];
            Stand(l, carried);
            return;
        }
        // Carried values that never change are values from outside.
        bool Changes(int k) => l.Body.Results[k + 1].Value != l.Body.Parameters[k + 1];
        if (Enumerable.Range(0, l.Carried.Count).All(Changes))
        {
            Copy(l);
            return;
        }
        log.Fired("carried value never changes", l);
        for (var k = 0; k < l.Carried.Count; k++)
        {
            if (Changes(k)) continue;
            Replace(l.Body.Parameters[k + 1], Map(l.Carried[k]));
            Replace(l.Outputs[k], Map(l.Carried[k]));
        }
        CopyLoop(l, Changes);
    }
}
