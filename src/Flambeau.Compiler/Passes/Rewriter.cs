using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Passes;

/// <summary>Builds a graph anew, node by node in order. What isn't rewritten is copied: names, types and source locations stay.</summary>
internal abstract class Rewriter
{
    /// <summary>A block being built.</summary>
    /// <param name="Loop">The loop whose body it is; null for branches and the graph itself.</param>
    /// <param name="Nodes">Its nodes so far.</param>
    protected sealed record Frame(LoopNode? Loop, List<Node> Nodes);

    readonly Dictionary<Value, Operand> map = [];
    readonly List<StateEntry> state;
    readonly HashSet<string> names;

    protected Rewriter(Graph graph)
    {
        Old = graph;
        state = [.. graph.State];
        names = new(graph.State.Select(static s => s.Name), StringComparer.Ordinal);
        foreach (var s in graph.State) map[s.Value] = s.Value;
        foreach (var v in graph.Inputs) map[v] = v;
    }

    /// <summary>The graph as it was.</summary>
    protected Graph Old { get; }

    /// <summary>State so far.</summary>
    protected IReadOnlyList<StateEntry> State => state;

    /// <summary>Blocks being built, outermost first.</summary>
    protected List<Frame> Frames { get; } = [new(null, [])];

    /// <summary>The rewritten graph.</summary>
    internal virtual Graph Run()
    {
        Visit(Old.Body);
        Finish();
        return new(Old.Name, new Block(Old.Inputs, Frames[0].Nodes, Map(Old.Outputs)), state, [.. Old.Writes.Select(w => new StateWrite(w.State, Map(w.Value)))]);
    }

    /// <summary>Called after the last node.</summary>
    protected virtual void Finish() { }

    /// <summary>Rewrites the nodes of a block of the old graph.</summary>
    protected virtual void Visit(Block b)
    {
        foreach (var n in b.Nodes) Visit(n);
    }

    /// <summary>Rewrites one node of the old graph.</summary>
    protected virtual void Visit(Node n) => Copy(n);

    /// <summary>What stands for an operand of the old graph.</summary>
    protected Operand Map(Operand o) => o.Map(v => map[v]);

    /// <summary>What stands for operands of the old graph.</summary>
    protected Operand[] Map(IReadOnlyList<Operand> list) => [.. list.Select(Map)];

    /// <summary>From here on, this stands for the value of the old graph.</summary>
    protected void Replace(Value old, Operand by) => map[old] = by;

    /// <summary>A value like this one.</summary>
    protected virtual Value Like(Value v) => new(v.Type, v.Hint);

    /// <summary>Adds a node of the new graph.</summary>
    protected void Add(Node n) => Frames[^1].Nodes.Add(n);

    /// <summary>The node with what stands for its operands now; not added yet.</summary>
    protected OpNode Rebuilt(OpNode n) => new(n.Entry, Map(n.Inputs), [.. n.Outputs.Select(Like)], n.Where);

    /// <summary>Adds a copy.</summary>
    protected void Copy(Node n)
    {
        switch (n)
        {
            case OpNode op:
                var made = Rebuilt(op);
                Add(made);
                Stand(n, made);
                break;
            case IfNode i:
                CopyIf(i);
                break;
            case LoopNode l:
                CopyLoop(l);
                break;
        }
    }

    /// <summary>Adds a copy of an If, with those results only that are wanted.</summary>
    protected void CopyIf(IfNode n, Func<int, bool>? wanted = null)
    {
        int[] kept = [.. Enumerable.Range(0, n.Outputs.Count).Where(wanted ?? (static _ => true))];
        Block Branch(Block b)
        {
            Frames.Add(new(null, []));
            Visit(b);
            return Close([], [.. kept.Select(k => Map(b.Results[k]))]);
        }
        var condition = Map(n.Condition);
        var then = Branch(n.Then);
        var otherwise = Branch(n.Else);
        Value[] outputs = [.. kept.Select(k => BranchOutput(n.Outputs[k], then.Results, otherwise.Results, Array.IndexOf(kept, k)))];
        Add(new IfNode(condition, then, otherwise, outputs, n.Where));
        for (var k = 0; k < kept.Length; k++) Replace(n.Outputs[kept[k]], outputs[k]);
    }

    /// <summary>The value that stands for the result of an If.</summary>
    protected virtual Value BranchOutput(Value old, IReadOnlyList<Operand> then, IReadOnlyList<Operand> otherwise, int index) => Like(old);

    /// <summary>Adds a copy of a Loop, with those carried values only that are wanted.</summary>
    protected void CopyLoop(LoopNode n, Func<int, bool>? wanted = null)
    {
        int[] kept = [.. Enumerable.Range(0, n.Carried.Count).Where(wanted ?? (static _ => true))];
        var (count, condition) = (Map(n.Count), Map(n.Condition));
        Operand[] carried = [.. kept.Select(k => Map(n.Carried[k]))];
        var shell = new LoopNode(count, condition, carried, n.Body, [], n.Where);
        Value[] parameters = [Like(n.Body.Parameters[0]), .. kept.Select(k => Like(n.Body.Parameters[k + 1]))];
        Replace(n.Body.Parameters[0], parameters[0]);
        for (var k = 0; k < kept.Length; k++) Replace(n.Body.Parameters[kept[k] + 1], parameters[k + 1]);
        Frames.Add(new(shell, []));
        Entered(parameters);
        Visit(n.Body);
        var body = Close(parameters, [Map(n.Body.Results[0]), .. kept.Select(k => Map(n.Body.Results[k + 1]))]);
        Value[] outputs = [.. kept.Select(k => LoopOutput(n.Outputs[k], n.Body.Parameters[k + 1]))];
        Add(new LoopNode(count, condition, carried, body, outputs, n.Where));
        for (var k = 0; k < kept.Length; k++) Replace(n.Outputs[kept[k]], outputs[k]);
    }

    /// <summary>The body of a loop begins, with these parameters.</summary>
    protected virtual void Entered(IReadOnlyList<Value> parameters) { }

    /// <summary>The value that stands for the result of a Loop.</summary>
    protected virtual Value LoopOutput(Value old, Value parameter) => Like(old);

    /// <summary>Puts the nodes of a block where we are.</summary>
    /// <returns>What stands for its results.</returns>
    protected Operand[] Inline(Block block, IReadOnlyList<Operand> arguments)
    {
        for (var i = 0; i < arguments.Count; i++) Replace(block.Parameters[i], arguments[i]);
        Visit(block);
        return Map(block.Results);
    }

    /// <summary>Ends the innermost block.</summary>
    protected Block Close(IReadOnlyList<Value> parameters, IReadOnlyList<Operand> results)
    {
        var f = Frames[^1];
        Frames.RemoveAt(Frames.Count - 1);
        return new(parameters, f.Nodes, results);
    }

    /// <summary>Results of the one node stand for those of the other.</summary>
    protected void Stand(Node old, Node made)
    {
        for (var k = 0; k < old.Outputs.Count; k++) Replace(old.Outputs[k], made.Outputs[k]);
    }

    /// <summary>Adds a call with one result.</summary>
    internal Value Emit(string op, GraphType type, SourceLocation? where, params Operand[] arguments)
    {
        var (entry, bound) = Resolver.Resolve(op, arguments);
        return Emit(entry, bound, type, where);
    }

    /// <summary>Adds a call with one result, with an argument given by its name.</summary>
    internal Value Emit(string op, GraphType type, SourceLocation? where, Operand[] arguments, (string Name, Operand Value) named)
    {
        var (entry, bound) = Resolver.Resolve(op, arguments, new Dictionary<string, Operand> { [named.Name] = named.Value });
        return Emit(entry, bound, type, where);
    }

    /// <summary>Adds a call with one result.</summary>
    internal Value Emit(OpEntry entry, IReadOnlyList<Operand> bound, GraphType type, SourceLocation? where)
    {
        var v = new Value(type);
        Add(new OpNode(entry, bound, [v], where));
        return v;
    }

    /// <summary>Adds a constant tensor.</summary>
    internal Value Constant(Tensor tensor, string name)
    {
        var unique = name;
        for (var i = 1; !names.Add(unique); i++) unique = $"{name}.{i}";
        var entry = new StateEntry(unique, StateKind.Constant, tensor, new Value(TensorType.Of(tensor), unique));
        state.Add(entry);
        return entry.Value;
    }

    /// <summary>The state that a value of the new graph is; null if it is none.</summary>
    internal StateEntry? StateOf(Operand o) => o.Value is { Definition: null } v ? state.Find(s => s.Value == v) : null;
}
