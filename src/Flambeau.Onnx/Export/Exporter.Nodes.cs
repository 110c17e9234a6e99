using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

internal sealed partial class Exporter
{
    void Nodes(Block block)
    {
        foreach (var n in block.Nodes)
        {
            where = n.Where;
            switch (n)
            {
                case OpNode op: Op(op); break;
                case IfNode i: If(i); break;
                case LoopNode l: Loop(l); break;
            }
        }
    }

    void Op(OpNode node)
    {
        var n = new ExportNode(this, node);
        if (!ExportTable.All.Value.TryGetValue(node.Name, out var make))
        {
            throw n.Error(node.Entry.IsPrimitive
                ? "ONNX has no operator for it, and it isn't mapped to several; compute it outside of the exported model, or of other ops"
                : "it isn't mapped to ONNX; trace the model (Onnx.Export of a module and examples), which records the ops it is made of");
        }
        try
        {
            make(n);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or KeyNotFoundException or InvalidCastException)
        {
            throw new OnnxException(n.Error(e.Message).Message, e);
        }
        catch (OnnxException e) when (!e.Message.StartsWith("op ", StringComparison.Ordinal))
        {
            throw new OnnxException(n.Error(e.Message).Message, e);
        }
    }

    /// <summary>Nodes of an inner graph.</summary>
    GraphProto Inner(string name, Action fill)
    {
        var outer = current;
        var g = current = new GraphProto { Name = Fresh(name) };
        fill();
        current = outer;
        return g;
    }

    /// <summary>Results of an inner graph must be made in it.</summary>
    void Results(GraphProto g, IEnumerable<(Operand Operand, GraphType Type)> results)
    {
        foreach (var (operand, type) in results)
        {
            var name = Emit("Identity", [NameAs(operand, type)], [Fresh("result")])[0];
            g.Output.Add(Info(name, Scoped(type)));
        }
    }

    /// <summary>The name of an operand, where an empty list may be one of tensors.</summary>
    string NameAs(Operand o, GraphType type) => o.List is { Count: 0 } && type is ListType { Element: TensorType e } ? Emit("SequenceEmpty", [], ("dtype", ElementTypes.Of(e.Type ?? DType.Float32)))
        : o.List is { Count: > 0 } && type is ListType { Element: TensorType } ? Emit("SequenceConstruct", [.. o.List.Select(Name)]) : Name(o);

    /// <summary>Sizes inside of branches and loops may differ from run to run.</summary>
    static GraphType Scoped(GraphType type) => type is TensorType { Shape: { } s } t ? t with { Shape = [.. s.Select(static _ => default(Dim))] } : type;

    void If(IfNode node)
    {
        // It only raises an error, which ONNX can't.
        if (node.Outputs.Count == 0) return;
        if (ways.TryGetValue(node, out var way))
        {
            var taken = way ? node.Then : node.Else;
            Nodes(taken);
            for (var i = 0; i < node.Outputs.Count; i++) names[node.Outputs[i]] = taken.Results[i].Value is { } v && names.TryGetValue(v, out var name) ? name : NameAs(taken.Results[i], TypeOf(node.Outputs[i]));
            return;
        }
        GraphProto Branch(Block b, string name)
        {
            var g = Inner(name, () => { });
            var outer = current;
            current = g;
            Nodes(b);
            Results(g, b.Results.Select((r, i) => (r, Better(TypeOf(node.Outputs[i]), TypeOf(r)))));
            current = outer;
            return g;
        }
        var condition = Name(node.Condition);
        var (then, otherwise) = (Branch(node.Then, "then"), Branch(node.Else, "else"));
        where = node.Where;
        var outputs = node.Outputs.Select(o => Fresh(o.Hint ?? "if")).ToArray();
        Emit("If", [condition], outputs, ("then_branch", then), ("else_branch", otherwise));
        for (var i = 0; i < outputs.Length; i++) names[node.Outputs[i]] = outputs[i];
    }

    static GraphType Better(GraphType a, GraphType b) => a is TensorType { Type: null } || a == GraphType.Any || a is ListType { Element: TensorType { Type: null } } ? b : a;

    void Loop(LoopNode node)
    {
        var p = node.Body.Parameters;
        var first = node.Carried.Select((o, i) => NameAs(o, TypeOf(p[i + 1]))).ToArray();
        var (count, condition) = (node.Count.IsNone ? null : Name(node.Count), Name(node.Condition));
        var g = Inner("body", () => { });
        var outer = current;
        current = g;
        foreach (var (v, hint) in p.Select((v, i) => (v, i == 0 ? "step" : v.Hint ?? "carried"))) names[v] = Fresh(hint);
        g.Input.Add(Info((string)names[p[0]], GraphType.Int));
        g.Input.Add(Info(Fresh("go"), GraphType.Bool));
        foreach (var (v, initial) in p.Skip(1).Zip(node.Carried)) g.Input.Add(Info((string)names[v], Scoped(Better(TypeOf(v), TypeOf(initial)))));
        Nodes(node.Body);
        Results(g, node.Body.Results.Select((r, i) => (r, i == 0 ? GraphType.Bool : Better(TypeOf(p[i]), TypeOf(r)))));
        current = outer;
        where = node.Where;
        var outputs = node.Outputs.Select(o => Fresh(o.Hint ?? "loop")).ToArray();
        Emit("Loop", [count, condition, .. first], outputs, ("body", g));
        for (var i = 0; i < outputs.Length; i++) names[node.Outputs[i]] = outputs[i];
    }
}
