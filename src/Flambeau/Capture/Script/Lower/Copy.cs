using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>Copies nodes with other values.</summary>
internal static class Copy
{
    internal static Operand Map(Operand o, Dictionary<Value, Operand> map) => o.Map(v => map.TryGetValue(v, out var n) ? n : v);

    /// <summary>Adds a block's nodes to the builder; the map grows by their results.</summary>
    internal static void Nodes(GraphBuilder b, Block block, Dictionary<Value, Operand> map)
    {
        foreach (var n in block.Nodes)
        {
            Value[] outputs = [.. n.Outputs.Select(static o => new Value(o.Type, o.Hint))];
            Node copy = n switch
            {
                OpNode op => new OpNode(op.Entry, [.. op.Inputs.Select(i => Map(i, map))], outputs, n.Where),
                IfNode i => new IfNode(Map(i.Condition, map), Inner(b, i.Then, map), Inner(b, i.Else, map), outputs, n.Where),
                LoopNode l => new LoopNode(Map(l.Count, map), Map(l.Condition, map), [.. l.Carried.Select(c => Map(c, map))], Inner(b, l.Body, map), outputs, n.Where),
                _ => throw new InvalidOperationException(n.GetType().Name),
            };
            b.Add(copy);
            for (var i = 0; i < outputs.Length; i++) map[n.Outputs[i]] = outputs[i];
        }
    }

    static Block Inner(GraphBuilder b, Block block, Dictionary<Value, Operand> map)
    {
        Value[] parameters = [.. block.Parameters.Select(static p => new Value(p.Type, p.Hint))];
        for (var i = 0; i < parameters.Length; i++) map[block.Parameters[i]] = parameters[i];
        b.BeginBlock(parameters);
        Nodes(b, block, map);
        return b.EndBlock([.. block.Results.Select(r => Map(r, map))]);
    }
}
