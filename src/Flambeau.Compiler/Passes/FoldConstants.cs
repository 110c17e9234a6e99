using Flambeau.Autograd;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Passes;

/// <summary>Runs what depends on constants alone, once, as eager code would.</summary>
internal sealed class FoldConstants : Rewriter
{
    readonly PassLog log;
    readonly SimplifyOptions options;
    readonly Flow flow;
    readonly Dictionary<Value, Tensor> constants = [];

    internal FoldConstants(Graph graph, PassLog log, SimplifyOptions options) : base(graph)
    {
        (this.log, this.options) = (log, options);
        flow = new(graph);
        var written = graph.Writes.Select(static w => w.State.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var s in graph.State)
        {
            if (s.Kind == StateKind.Constant || (options.Freeze && !written.Contains(s.Name))) constants[s.Value] = s.Tensor;
        }
    }

    /// <inheritdoc/>
    protected override void Visit(Node n)
    {
        if (n is OpNode op && Rebuilt(op) is var made && TryFold(op, made) is { } results)
        {
            log.Fired("constant folding", n);
            for (var i = 0; i < results.Length; i++) Replace(n.Outputs[i], results[i]);
            return;
        }
        Copy(n);
    }

    Operand[]? TryFold(OpNode old, OpNode n)
    {
        if (n.Outputs.Count == 0 || !Purity.IsPure(n) || !n.Inputs.All(Known)) return null;
        // Each run gives memory of its own, which one constant can't be.
        var leaves = old.Outputs.Any(flow.Leaves);
        if (leaves && old.Outputs.Any(static o => o.Type is not PlainType)) return null;
        object? result;
        try
        {
            using var hidden = OpObserver.Hide();
            using var off = Grad.No();
            result = n.Entry.Invoke([.. n.Inputs.Select(Get)]);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            // The error belongs to the run.
            return null;
        }
        object?[] parts = n.Outputs.Count == 1 ? [Interpreter.Normal(result)] : Interpreter.Normal(result) as object?[] ?? [];
        if (parts.Length != n.Outputs.Count) return null;
        var inputs = n.Inputs.SelectMany(static o => o.Values).Sum(v => constants[v].Numel);
        var folded = new Operand[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            switch (parts[i])
            {
                case Tensor t when !t.IsWrapped && t.Numel <= Math.Max(inputs, options.MaxFolded) && n.Outputs[i].Type.Accepts(TensorType.Of(t)):
                    break;
                case bool or long or double or string or DType or null when n.Outputs[i].Type.Accepts(GraphType.Of(parts[i])):
                    folded[i] = Operand.Of(parts[i]);
                    break;
                case object?[] list when list.Length <= 64 && list.All(static e => e is bool or long or double or string) && n.Outputs[i].Type.Accepts(Operand.Of(list).Type):
                    folded[i] = Operand.Of(list);
                    break;
                default:
                    return null;
            }
        }
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is not Tensor t) continue;
            var value = Constant(t.Detach(), "folded");
            constants[value] = t;
            folded[i] = value;
        }
        return folded;
    }

    bool Known(Operand o) => o.Values.All(constants.ContainsKey);

    object? Get(Operand o) => o.Value is { } v ? constants[v] : o.List is { } list ? list.Select(Get).ToArray() : o.Constant;
}
