using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Branches and loops.</summary>
internal static class ControlOps
{
    internal static void Add(OpTable t)
    {
        t.Many("If", 1, If);
        t.Many("Loop", 1, Loop);
        t.Many("Scan", 9, Scan);
    }

    static Operand Bool(OnnxNode n, Item condition) => condition.Constant is { } c ? c.Item<bool>() : n.Prim("prim.item_bool", condition.Tensor);

    static Item?[] If(OnnxNode n)
    {
        var im = n.Importer;
        if (n[0].Constant is { } known) return im.Inline(n.Graph(known.Item<bool>() ? "then_branch" : "else_branch"), []);
        var condition = Bool(n, n[0]);
        Item[] results = [];
        Block Branch(string name)
        {
            var graph = n.Graph(name);
            return im.Block(graph, [], static _ => { }, () => (results = [.. graph.Output.Select(o => im.Get(o.Name))]).Select(static r => r.Tensor).ToArray());
        }
        var then = Branch("then_branch");
        var first = results;
        var otherwise = Branch("else_branch");
        return [.. im.Builder.If(condition, then, otherwise).Select((v, i) => Result(im, v, first[i], results[i]))];
    }

    static Item Result(Importer im, Value v, Item a, Item b)
    {
        if (a.IsOther || b.IsOther) return Item.Other(im, v, a.Type == ElementType.Undefined ? b.Type : a.Type);
        return Item.Of(im, v, a.Type, a.Dims is { } x && b.Dims is { } y && x.Count == y.Count ? [.. x.Zip(y, static (p, q) => p == q ? p : default)] : null);
    }

    /// <summary>A list that values are appended to, for what each step gives.</summary>
    static readonly ListType tensors = new(GraphType.Tensor);

    static Item?[] Loop(OnnxNode n)
    {
        var im = n.Importer;
        var graph = n.Graph("body");
        var carriedCount = graph.Input.Count - 2;
        var scans = graph.Output.Count - 1 - carriedCount;
        var carried = Enumerable.Range(0, carriedCount).Select(i => n[i + 2]).ToArray();
        var count = n.Try(0) is { } m ? m.Int : Operand.None;
        var go = n.Try(1) is { } c ? Bool(n, c) : true;
        Operand[] first = [.. carried.Select(static x => x.Tensor), .. Enumerable.Range(0, scans).Select(_ => n.Prim("prim.list", Operand.Of(Array.Empty<Operand>())))];
        Value[] parameters = [new(GraphType.Int), .. carried.Select(static x => new Value(x.IsOther ? Loose(x.Tensor.Type) : GraphType.Tensor)), .. Enumerable.Range(0, scans).Select(static _ => new Value(tensors))];
        Item[] results = [];
        var body = im.Block(graph, parameters, scope =>
        {
            scope.Items[graph.Input[0].Name] = Item.OfInts(im, Operand.Of([parameters[0]]), true);
            scope.Items[graph.Input[1].Name] = Item.Of(im, Tensor.FromScalar(true));
            for (var i = 0; i < carriedCount; i++) scope.Items[graph.Input[i + 2].Name] = Carried(im, parameters[i + 1], carried[i]);
        }, () =>
        {
            results = [.. graph.Output.Select(o => im.Get(o.Name))];
            return [Bool(n, results[0]), .. results.Skip(1).Take(carriedCount).Select(static r => r.Tensor), .. results.Skip(1 + carriedCount).Select((r, i) => n.Prim("prim.append", parameters[1 + carriedCount + i], r.Tensor))];
        });
        var values = im.Builder.Loop(count, go, first, body);
        return [.. values.Select((v, i) => i < carriedCount ? Carried(im, v, results[i + 1].Type != ElementType.Undefined ? results[i + 1] : carried[i])
            : Item.Of(im, im.Prim("stack", v, 0), results[i + 1].Type, results[i + 1].Dims is { } d ? [default, .. d] : null))];
    }

    /// <summary>What a step may give back: lists of tensors of any kind.</summary>
    static GraphType Loose(GraphType type) => type switch { ListType => tensors, OptionalType o => new OptionalType(Loose(o.Element)), TensorType => GraphType.Tensor, _ => type };

    /// <summary>The sizes of what is carried may change from step to step.</summary>
    static Item Carried(Importer im, Value v, Item like) => like.IsOther ? Item.Other(im, v, like.Type) : Item.Of(im, v, like.Type, like.Dims is { } d ? new Dim[d.Count] : null);

    static Item?[] Scan(OnnxNode n)
    {
        var im = n.Importer;
        var graph = n.Graph("body");
        var scanned = (int)n.Int("num_scan_inputs");
        var states = n.Count - scanned;
        var outputs = graph.Output.Count - states;
        var inAxes = n.Ints("scan_input_axes") ?? new long[scanned];
        var inBack = n.Ints("scan_input_directions") ?? new long[scanned];
        var outAxes = n.Ints("scan_output_axes") ?? new long[outputs];
        var outBack = n.Ints("scan_output_directions") ?? new long[outputs];
        var length = n[states].Size((int)inAxes[0]);
        var given = Enumerable.Range(0, n.Count).Select(i => (Item: n[i], Tensor: n[i].Tensor)).ToArray();
        var last = im.Minus(length, 1);
        Operand[] first = [.. given.Take(states).Select(static g => g.Tensor), .. Enumerable.Range(0, outputs).Select(_ => n.Prim("prim.list", Operand.Of(Array.Empty<Operand>())))];
        Value[] parameters = [new(GraphType.Int), .. Enumerable.Range(0, states).Select(static _ => new Value(GraphType.Tensor)), .. Enumerable.Range(0, outputs).Select(static _ => new Value(tensors))];
        Item[] results = [];
        var body = im.Block(graph, parameters, scope =>
        {
            for (var i = 0; i < states; i++) scope.Items[graph.Input[i].Name] = Item.Of(im, parameters[i + 1], given[i].Item.Type, given[i].Item.Dims);
            for (var i = 0; i < scanned; i++)
            {
                var (item, tensor) = given[states + i];
                var at = inBack[i] != 0 ? im.Minus(last, parameters[0]) : parameters[0];
                var axis = inAxes[i] < 0 && item.Rank is { } r ? inAxes[i] + r : inAxes[i];
                scope.Items[graph.Input[states + i].Name] = Item.Of(im, im.Prim("select", tensor, axis, at), item.Type, item.Dims?.Where((_, d) => d != axis).ToArray());
            }
        }, () =>
        {
            results = [.. graph.Output.Select(o => im.Get(o.Name))];
            return [true, .. results.Take(states).Select(static r => r.Tensor), .. results.Skip(states).Select((r, i) =>
            {
                var list = parameters[1 + states + i];
                return outBack[i] != 0 ? n.Prim("prim.concat", n.Prim("prim.list", Operand.Of([r.Tensor])), list) : n.Prim("prim.append", list, r.Tensor);
            })];
        });
        var values = im.Builder.Loop(length, true, first, body);
        return [.. values.Select((v, i) => i < states ? Item.Of(im, v, results[i].Type, results[i].Dims)
            : Item.Of(im, im.Prim("stack", v, outAxes[i - states]), results[i].Type, results[i].Dims is { } d ? new Dim[d.Count + 1] : null))];
    }
}
