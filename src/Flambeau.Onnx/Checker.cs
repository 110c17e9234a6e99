namespace Flambeau.OnnxFormat;

/// <summary>Whether a model is put together as the format wants it.</summary>
internal sealed class Checker
{
    readonly ModelProto model;
    readonly HashSet<string> domains;
    readonly HashSet<(string, string)> functions;

    Checker(ModelProto model)
    {
        this.model = model;
        domains = [.. model.OpsetImport.Select(static o => Importer.Domain(o.Domain))];
        functions = [.. model.Functions.Select(static f => (Importer.Domain(f.Domain), f.Name))];
    }

    internal static void Check(ModelProto model)
    {
        var graph = model.Graph ?? throw new OnnxException("the model has no graph");
        if (model.IrVersion < 3) throw new OnnxException($"the model has IR version {model.IrVersion}; 3 and later are checked");
        if (model.OpsetImport.Count == 0) throw new OnnxException("the model doesn't say which operator sets its nodes mean (opset_import)");
        if (graph.Name.Length == 0) throw new OnnxException("the graph has no name");
        new Checker(model).Graph(graph, [], "graph");
    }

    void Graph(GraphProto g, HashSet<string> outside, string where)
    {
        var known = new HashSet<string>(outside, StringComparer.Ordinal);
        var own = new HashSet<string>(StringComparer.Ordinal);
        void Define(string name, string what)
        {
            if (name.Length == 0) throw new OnnxException($"{where}: {what} has no name");
            if (!own.Add(name) || outside.Contains(name)) throw new OnnxException($"{where}: {what} {OnnxException.Quote(name)} is made twice");
            known.Add(name);
        }
        foreach (var i in g.Input)
        {
            Define(i.Name, "input");
            if (i.Type is null && where == "graph") throw new OnnxException($"{where}: input {OnnxException.Quote(i.Name)} has no type");
        }
        foreach (var t in g.Initializer)
        {
            if (!g.Input.Any(i => i.Name == t.Name)) Define(t.Name, "initializer");
            if (t.DataLocation != 1 && t.DataType != ElementType.String) _ = TensorCodec.Read(t);
        }
        for (var i = 0; i < g.Node.Count; i++)
        {
            var n = g.Node[i];
            var at = $"{where}.node[{i}] ({n.OpType})";
            if (n.OpType.Length == 0) throw new OnnxException($"{at} has no operator");
            var domain = Importer.Domain(n.Domain);
            if (!domains.Contains(domain) && !functions.Contains((domain, n.OpType))) throw new OnnxException($"{at} is of domain {OnnxException.Quote(n.Domain)}, of which no operator set is imported");
            if (n.Input.FirstOrDefault(x => x.Length > 0 && !known.Contains(x)) is { } missing) throw new OnnxException($"{at} takes {OnnxException.Quote(missing)}, which nothing before it makes");
            foreach (var a in n.Attribute) Attribute(a, known, at);
            foreach (var o in n.Output.Where(static o => o.Length > 0)) Define(o, "result");
        }
        foreach (var o in g.Output)
        {
            if (!own.Contains(o.Name)) throw new OnnxException($"{where}: output {OnnxException.Quote(o.Name)} is made by nothing in the graph");
            if (o.Type is null && where == "graph") throw new OnnxException($"{where}: output {OnnxException.Quote(o.Name)} has no type");
        }
    }

    void Attribute(AttributeProto a, HashSet<string> known, string at)
    {
        var wrong = a.RefAttrName.Length == 0 && a.Type switch
        {
            AttributeType.Float => a.F is null,
            AttributeType.Int => a.I is null,
            AttributeType.String => a.S is null,
            AttributeType.Tensor => a.T is null,
            AttributeType.Graph => a.G is null,
            AttributeType.SparseTensor => a.SparseTensor is null,
            AttributeType.TypeProto => a.Tp is null,
            AttributeType.Undefined => true,
            _ => false,
        };
        if (wrong || a.Name.Length == 0) throw new OnnxException($"{at}: attribute {OnnxException.Quote(a.Name)} says it is {a.Type}, but has no such value");
        foreach (var g in a.G is { } one ? [one, .. a.Graphs] : a.Graphs) Graph(g, known, $"{at}.{a.Name}");
    }
}
