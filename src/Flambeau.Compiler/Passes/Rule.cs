using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>A local rewrite with a name.</summary>
/// <param name="Name">Says what becomes what.</param>
/// <param name="Apply">What stands for the node's only result; null where the rule doesn't apply.</param>
internal sealed record Rule(string Name, Func<OpNode, RulePass, Operand?> Apply)
{
    /// <summary>Doesn't apply. (A plain null could be read as the constant.)</summary>
    internal static readonly Operand? No;
}

/// <summary>Says which rules and passes changed what.</summary>
public sealed class PassLog
{
    readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>Hears of each change, with the line of the program it comes from.</summary>
    public Action<string>? Heard { get; init; }

    /// <summary>How often each rule applied.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <summary>All changes.</summary>
    public int Total { get; private set; }

    internal void Fired(string rule, Node node)
    {
        Total++;
        counts[rule] = counts.GetValueOrDefault(rule) + 1;
        Heard?.Invoke($"{rule}: {(node is OpNode op ? op.Name : node is IfNode ? "if" : "loop")}{(node.Where is { } w ? $" at {w}" : "")}");
    }
}

/// <summary>Applies a table of rules to each op once, in order, on operands that are rewritten already.</summary>
internal sealed class RulePass : Rewriter
{
    readonly IReadOnlyList<Rule> rules;
    readonly PassLog log;
    readonly Flow flow;
    readonly Dictionary<Value, Value> origin = [];

    internal RulePass(Graph graph, IReadOnlyList<Rule> rules, PassLog log, SimplifyOptions options) : base(graph)
    {
        (this.rules, this.log) = (rules, log);
        Options = options;
        flow = new(graph);
    }

    internal SimplifyOptions Options { get; }

    /// <summary>How often a value of the new graph is used, as far as the old one knows.</summary>
    internal int Uses(Value v) => origin.TryGetValue(v, out var old) ? flow.Uses(old) : flow.Uses(v);

    /// <inheritdoc/>
    protected override Value Like(Value v)
    {
        var made = base.Like(v);
        origin[made] = v;
        return made;
    }

    /// <inheritdoc/>
    protected override void Visit(Node n)
    {
        if (n is not OpNode op)
        {
            Copy(n);
            return;
        }
        var made = Rebuilt(op);
        if (op.Outputs.Count == 1)
        {
            var added = Frames[^1].Nodes.Count;
            foreach (var rule in rules)
            {
                if (rule.Apply(made, this) is not { } result || !Fits(op, made, result))
                {
                    Frames[^1].Nodes.RemoveRange(added, Frames[^1].Nodes.Count - added);
                    continue;
                }
                log.Fired(rule.Name, made);
                Replace(op.Output, result);
                return;
            }
        }
        Add(made);
        Stand(op, made);
    }

    /// <summary>
    /// Whether an operand may stand for a result: it is of the type, and no result that had memory of its own becomes a look into an input's or state's
    /// which the caller, or a write of state, could get hold of.
    /// </summary>
    bool Fits(OpNode old, OpNode made, Operand by)
    {
        if (!made.Output.Type.Accepts(by.Type)) return false;
        return by.Value is not { Type: TensorType } v || !Purity.IsFresh(made) || !flow.Leaves(old.Output) || Purity.IsFresh(v.Definition);
    }
}
