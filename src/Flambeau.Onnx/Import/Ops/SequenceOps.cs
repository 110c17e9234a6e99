using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Lists of tensors and optional values.</summary>
internal static class SequenceOps
{
    static readonly ListType tensors = new(GraphType.Tensor);

    internal static void Add(OpTable t)
    {
        t.Add("SequenceConstruct", 11, static n => Item.Other(n.Importer, n.Prim("prim.list", Operand.Of(n.Inputs.Select((_, i) => n[i].Tensor))), n[0].Type));
        t.Add("SequenceEmpty", 11, static n => Item.Other(n.Importer, n.Prim("prim.list", Operand.Of(Array.Empty<Operand>())), (ElementType)n.Int("dtype", 1)));
        t.Add("SequenceAt", 11, static n => Item.Of(n.Importer, n.Prim("prim.getitem", n[0].Tensor, n[1].Int), n[0].Type));
        t.Add("SequenceLength", 11, static n => n.Ints(Operand.Of([n.Prim("prim.len", n[0].Tensor)]), true));
        t.Add("SequenceInsert", 11, Insert);
        t.Add("SequenceErase", 11, static n =>
        {
            var (list, at) = (n[0].Tensor, n.Try(1) is { } i ? Place(n, i.Int) : n.Prim("prim.sub_int", n.Prim("prim.len", n[0].Tensor), 1));
            return Item.Other(n.Importer, n.Prim("prim.concat", n.Prim("prim.list_slice", list, 0, at), n.Prim("prim.list_slice", list, n.Importer.Plus(at, 1), long.MaxValue)), n[0].Type);
        });
        t.Add("ConcatFromSequence", 11, static n => Item.Of(n.Importer, n.Prim(n.Int("new_axis", 0) != 0 ? "stack" : "cat", n[0].Tensor, n.Int("axis")), n[0].Type));
        t.Add("SplitToSequence", 11, SplitToSequence);
        t.Many("SequenceMap", 17, Map);
        t.Add("Optional", 15, static n => n.Try(0) ?? Item.Other(n.Importer, n.Prim("prim.list", Operand.Of(Array.Empty<Operand>()))));
        t.Add("OptionalHasElement", 15, static n => n.Try(0) is null ? n.Constant(Tensor.FromScalar(false)) : !n[0].IsOther || n[0].Tensor.Type is not OptionalType ? n.Constant(Tensor.FromScalar(true))
            : n.Op("scalar_tensor", n.Prim("prim.not_bool", n.Prim("prim.is_none", n[0].Tensor)), new Kw("dtype", DType.Bool)).As(ElementType.Bool).Sized([]));
        t.Add("OptionalGetElement", 15, static n =>
        {
            var x = n[0];
            if (!x.IsOther || x.Tensor.Type is not OptionalType o) return x;
            var inner = n.Prim("prim.unwrap", x.Tensor);
            return o.Element is TensorType ? Item.Of(n.Importer, inner, x.Type) : Item.Other(n.Importer, inner, x.Type);
        });
    }

    /// <summary>A place that counts from the start.</summary>
    static Operand Place(OnnxNode n, Operand at) => at.Known() is { } v ? v >= 0 ? at : n.Importer.Plus(n.Prim("prim.len", n[0].Tensor), v) : n.Prim("prim.floormod_int", at, n.Importer.Most(n.Prim("prim.len", n[0].Tensor), 1));

    static Item Insert(OnnxNode n)
    {
        var (list, item) = (n[0].Tensor, n[1].Tensor);
        if (n.Try(2) is not { } position) return Item.Other(n.Importer, n.Prim("prim.append", list, item), n[1].Type);
        var p = position.Int;
        // Counting from the end, -1 is before the last; a place not known beforehand may be either.
        var at = p.Known() is { } v ? v >= 0 ? p : n.Importer.Plus(n.Prim("prim.len", list), v) : p;
        var head = n.Prim("prim.append", n.Prim("prim.list_slice", list, 0, at), item);
        return Item.Other(n.Importer, n.Prim("prim.concat", head, n.Prim("prim.list_slice", list, at, long.MaxValue)), n[1].Type);
    }

    static Item SplitToSequence(OnnxNode n)
    {
        var x = n[0];
        var axis = n.Int("axis", 0);
        Operand list;
        if (n.Try(1) is not { } split)
        {
            list = n.Prim("split", x.Tensor, 1, axis);
            if (n.Int("keepdims", 1) == 0) list = n.Prim("unbind", x.Tensor, axis);
        }
        else list = split.Rank == 0 ? n.Prim("split", x.Tensor, split.Int, axis) : n.Prim("split_with_sizes", x.Tensor, split.IntList, axis);
        return Item.Other(n.Importer, list, x.Type);
    }

    static Item?[] Map(OnnxNode n)
    {
        var im = n.Importer;
        var graph = n.Graph("body");
        var inputs = Enumerable.Range(0, n.Count).Select(i => (Item: n[i], Tensor: n[i].Tensor)).ToArray();
        var outputs = graph.Output.Count;
        Operand[] first = [.. Enumerable.Range(0, outputs).Select(_ => n.Prim("prim.list", Operand.Of(Array.Empty<Operand>())))];
        Value[] parameters = [new(GraphType.Int), .. Enumerable.Range(0, outputs).Select(static _ => new Value(tensors))];
        Item[] results = [];
        var body = im.Block(graph, parameters, scope =>
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                var (item, tensor) = inputs[i];
                scope.Items[graph.Input[i].Name] = item.IsOther ? Item.Of(im, im.Prim("prim.getitem", tensor, parameters[0]), item.Type, TypeReader.Dims(graph.Input[i].Type?.TensorType?.Shape)) : item;
            }
        }, () =>
        {
            results = [.. graph.Output.Select(o => im.Get(o.Name))];
            return [true, .. results.Select((r, i) => n.Prim("prim.append", parameters[1 + i], r.Tensor))];
        });
        var values = im.Builder.Loop(n.Prim("prim.len", inputs[0].Tensor), true, first, body);
        return [.. values.Select((v, i) => Item.Other(im, v, results[i].Type))];
    }
}
