namespace Flambeau.Graphs;

/// <summary>Nodes of a graph as a graph of their own, with values of its own.</summary>
internal sealed class SubgraphBuilder(Graph graph, IReadOnlyDictionary<Value, GraphType>? types)
{
    readonly Dictionary<Value, Value> map = [];

    /// <param name="name">What the part is called.</param>
    /// <param name="nodes">Steps, in an order in which they can run.</param>
    /// <param name="inputs">Values that others make.</param>
    /// <param name="outputs">Values that others take.</param>
    internal static Graph Make(Graph graph, IReadOnlyDictionary<Value, GraphType>? types, string name, IReadOnlyList<Node> nodes, IReadOnlyList<Value> inputs, IReadOnlyList<Operand> outputs)
    {
        var b = new SubgraphBuilder(graph, types);
        Value[] parameters = [.. inputs.Select(b.New)];
        var used = new HashSet<Value>(nodes.SelectMany(Uses.Of).Concat(outputs.SelectMany(static o => o.Values)));
        StateEntry[] state = [.. graph.State.Where(s => used.Contains(s.Value)).Select(s => s with { Value = b.New(s.Value) })];
        Node[] steps = [.. nodes.Select(b.Copy)];
        return new(name, new Block(parameters, steps, [.. outputs.Select(b.Map)]), state, []);
    }

    Value New(Value v) => map[v] = new(types is not null && types.TryGetValue(v, out var t) ? t : v.Type, v.Hint);

    Operand Map(Operand o) => o.Map(v => map.TryGetValue(v, out var m) ? m : throw new GraphException($"{v} of {graph.Name} isn't made before it is used"));

    Block Copy(Block b)
    {
        Value[] parameters = [.. b.Parameters.Select(New)];
        Node[] nodes = [.. b.Nodes.Select(Copy)];
        return new(parameters, nodes, [.. b.Results.Select(Map)]);
    }

    Node Copy(Node n)
    {
        switch (n)
        {
            case OpNode op:
                Operand[] arguments = [.. op.Inputs.Select(Map)];
                return new OpNode(op.Entry, arguments, [.. op.Outputs.Select(New)], op.Where);
            case IfNode i:
                var condition = Map(i.Condition);
                var (then, otherwise) = (Copy(i.Then), Copy(i.Else));
                return new IfNode(condition, then, otherwise, [.. i.Outputs.Select(New)], i.Where);
            case LoopNode l:
                Operand[] carried = [.. l.Carried.Select(Map)];
                var (count, go) = (Map(l.Count), Map(l.Condition));
                var body = Copy(l.Body);
                return new LoopNode(count, go, carried, body, [.. l.Outputs.Select(New)], l.Where);
            default:
                throw new GraphException($"{n.GetType().Name} is no known node");
        }
    }
}

/// <summary>What nodes take, with what their blocks take from outside.</summary>
internal static class Uses
{
    internal static IEnumerable<Value> Of(Node n) => n.Inputs.SelectMany(static o => o.Values).Concat(n.Blocks.SelectMany(Of));

    static IEnumerable<Value> Of(Block b)
    {
        var own = new HashSet<Value>(b.Parameters.Concat(b.Nodes.SelectMany(static n => n.Outputs)));
        return b.Nodes.SelectMany(Of).Concat(b.Results.SelectMany(static r => r.Values)).Where(v => !own.Contains(v));
    }
}
