using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

internal sealed partial class Importer
{
    /// <summary>Attributes of the call while the body of a function is imported.</summary>
    IReadOnlyDictionary<string, AttributeProto>? call;
    int depth;

    internal static OnnxModel Import(ModelProto model, string? folder, string name, IReadOnlyDictionary<string, Tensor>? known)
    {
        var graph = model.Graph ?? throw new OnnxException($"{name} holds no graph");
        if (model.IrVersion > 0 && model.OpsetImport.Count == 0 && model.IrVersion >= 3) throw new OnnxException($"{name} doesn't say which operator sets its nodes mean (opset_import)");
        var importer = new Importer(model, folder, name, known ?? new Dictionary<string, Tensor>());
        importer.opsets.TryAdd("", 1);
        var (inputs, outputs) = importer.Main(graph);
        var built = DeadNodes.Remove(importer.Builder.Finish(outputs.Select(static o => o.Item).ToArray()));
        return new(model, built, inputs, [.. outputs.Select(static o => (o.Name, o.Type))], importer.named);
    }

    readonly Dictionary<string, Value> named = new(StringComparer.Ordinal);

    (IReadOnlyList<(string, ElementType)> Inputs, IReadOnlyList<(string Name, ElementType Type, Operand Item)> Outputs) Main(GraphProto graph)
    {
        Constants(graph);
        var inputs = new List<(string, ElementType)>();
        foreach (var i in graph.Input)
        {
            if (Current.Items.ContainsKey(i.Name)) continue;
            var (type, element, dims, other) = TypeReader.Read(i.Type, i.Name);
            if (known.TryGetValue(i.Name, out var given))
            {
                Current.Items.Add(i.Name, Item.Of(this, given, element));
                continue;
            }
            var value = Builder.Input(type, i.Name);
            named[i.Name] = value;
            inputs.Add((i.Name, element));
            Current.Items.Add(i.Name, other ? Item.Other(this, value, element) : Item.Of(this, value, element, dims, i.Name));
        }
        Nodes(graph);
        var outputs = graph.Output.Select(o => (o.Name, Item: Find(o.Name) ?? throw new OnnxException($"no node gives output {OnnxException.Quote(o.Name)} of the model"))).ToArray();
        return (inputs, [.. outputs.Select(static o => (o.Name, o.Item.Type, o.Item.Tensor))]);
    }

    void Constants(GraphProto graph)
    {
        foreach (var v in graph.ValueInfo.Concat(graph.Output)) Current.Types[v.Name] = v;
        foreach (var t in graph.Initializer) Current.Items[t.Name] = Item.Of(this, TensorCodec.Read(t, Folder), t.DataType, t.Name);
        foreach (var s in graph.SparseInitializer) Current.Items[s.Values?.Name ?? ""] = Item.Of(this, TensorCodec.Read(s, Folder), s.Values!.DataType, s.Values.Name);
    }

    void Nodes(GraphProto graph)
    {
        foreach (var n in graph.Node) Node(n);
    }

    void Node(NodeProto p)
    {
        var domain = Domain(p.Domain);
        var version = opsets.GetValueOrDefault(domain, domain.Length == 0 ? 1 : 0);
        var inputs = p.Input.Select(name => name.Length == 0 ? null : Find(name) ?? throw new OnnxException($"{OnnxNode.Describe(p)} takes {OnnxException.Quote(name)}, which no node before it gives")).ToArray();
        var attributes = Attributes(p);
        Builder.Where = new SourceLocation(p.Name.Length > 0 ? p.Name : p.OpType, 0);
        Item?[] results;
        if (functions.TryGetValue((domain, p.OpType, p.Overload), out var f)) results = Function(f, p, inputs, attributes);
        else
        {
            var make = OpTable.Standard.Value.Find(domain, p.OpType, version) ?? throw new OnnxException(
                $"{OnnxNode.Describe(p)} of opset {version}: Flambeau has no import of this operator; replace it in the model, or define it as a function of the model");
            var node = new OnnxNode(this, p, version, inputs, attributes);
            try
            {
                results = make(node);
            }
            catch (Exception e) when (e is not (OnnxException or OutOfMemoryException or OperationCanceledException))
            {
                throw node.Error(e.Message) is var better ? new OnnxException(better.Message, e) : e;
            }
        }
        for (var i = 0; i < p.Output.Count; i++)
        {
            var name = p.Output[i];
            if (name.Length == 0) continue;
            var item = i < results.Length && results[i] is { } r ? r : throw new OnnxException($"{OnnxNode.Describe(p)}: output {i} ('{name}') isn't supported");
            if (item.Dims is null || item.Type == ElementType.Undefined) Complete(name, item);
            Current.Items[name] = item;
            if (Current.Parent is null && !item.IsOther && item.Constant is null && item.Ints is null && item.Tensor.Value is { } v) named[name] = v;
        }
    }

    /// <summary>What the model says about a value.</summary>
    void Complete(string name, Item item)
    {
        if (!Current.Types.TryGetValue(name, out var info) || info.Type?.TensorType is not { } t) return;
        if (item.Type == ElementType.Undefined) item.Type = t.ElemType;
        item.Dims ??= TypeReader.Dims(t.Shape);
    }

    Dictionary<string, AttributeProto> Attributes(NodeProto p)
    {
        var d = new Dictionary<string, AttributeProto>(StringComparer.Ordinal);
        foreach (var a in p.Attribute)
        {
            if (a.RefAttrName.Length == 0) d[a.Name] = a;
            else if (call is not null && call.TryGetValue(a.RefAttrName, out var given)) d[a.Name] = given;
        }
        return d;
    }

    Item?[] Function(FunctionProto f, NodeProto p, Item?[] inputs, Dictionary<string, AttributeProto> given)
    {
        if (++depth > 64) throw new OnnxException($"function {OnnxException.Quote(f.Name)} of the model calls itself");
        foreach (var a in f.AttributeProto) given.TryAdd(a.Name, a);
        var (outerCall, outerScope, outerSets) = (call, Current, new Dictionary<string, long>(opsets));
        (call, Current) = (given, new(Current, closed: true));
        foreach (var o in f.OpsetImport) opsets[Domain(o.Domain)] = o.Version;
        try
        {
            for (var i = 0; i < f.Input.Count; i++)
            {
                if (i < inputs.Length && inputs[i] is { } x) Current.Items[f.Input[i]] = x;
            }
            foreach (var n in f.Node) Node(n);
            return [.. f.Output.Select(Find)];
        }
        finally
        {
            (call, Current) = (outerCall, outerScope);
            opsets.Clear();
            foreach (var (k, v) in outerSets) opsets[k] = v;
            depth--;
        }
    }

    /// <summary>The value of this name.</summary>
    internal Item Get(string name) => Find(name) ?? throw new OnnxException($"no node gives output {OnnxException.Quote(name)} of an inner graph");

    /// <summary>Imports an inner graph in place.</summary>
    internal Item[] Inline(GraphProto graph, IReadOnlyList<Item> inputs)
    {
        Current = new(Current);
        for (var i = 0; i < graph.Input.Count && i < inputs.Count; i++) Current.Items[graph.Input[i].Name] = inputs[i];
        Constants(graph);
        Nodes(graph);
        Item[] results = [.. graph.Output.Select(o => Get(o.Name))];
        Current = Current.Parent!;
        return results;
    }

    /// <summary>Runs a builder of a block's nodes in a scope of its own, with parameters by name.</summary>
    internal Block Block(GraphProto graph, IReadOnlyList<Value> parameters, Action<Scope> bind, Func<Operand[]> results)
    {
        if (++depth > 64) throw new OnnxException("graphs in graphs are nested more than 64 levels deep");
        Builder.BeginBlock(parameters);
        (Current, Here) = (new(Current), new(Here));
        bind(Current);
        Constants(graph);
        Nodes(graph);
        var r = results();
        (Current, Here) = (Current.Parent!, Here.Parent!);
        depth--;
        return Builder.EndBlock(r);
    }
}
