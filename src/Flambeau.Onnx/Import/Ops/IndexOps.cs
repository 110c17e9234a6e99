using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Elements found and written by index. Negative indices count from the end.</summary>
internal static class IndexOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Gather", 1, Gather);
        t.Add("GatherElements", 11, static n => n[0].Op("gather", n.Int("axis", 0), Positive(n, n[1], (int)n.Int("axis", 0))).Sized(n[1].Dims));
        t.Add("GatherND", 11, GatherND);
        t.Add("Scatter", 9, static n => ScatterElements(n));
        t.Add("ScatterElements", 11, static n => ScatterElements(n));
        t.Add("ScatterND", 11, ScatterND);
        t.Add("TensorScatter", 24, TensorScatter);
        t.Add("Compress", 9, Compress);
        t.Add("NonZero", 9, static n => n.Op("t", n.Op("_nonzero", n[0])).As(ElementType.Int64).Sized(n[0].Rank is { } r ? [r, default] : null));
        t.Add("OneHot", 9, OneHot);
        t.Add("ArrayFeatureExtractor", 1, static n => n[0].Op("index_select", -1, n[1].Op("flatten").As(ElementType.Int64)), "ai.onnx.ml");
        t.Add("Binarizer", 1, static n => n[0].Op("gt", n.Float("threshold", 0)).As(ElementType.Bool).To(n[0].DType).As(n[0].Type), "ai.onnx.ml");
    }

    static Item Gather(OnnxNode n)
    {
        var (x, index) = (n[0], n[1]);
        var axis = n.Int("axis", 0);
        if (x is { Ints: { } list, Constant: null } && index is { Rank: 0 or 1, Constant: { } c } && (c.Numel == 1 || x.Elements is not null))
        {
            var at = c.ToArray<long>();
            if (x.Elements is { } e) return n.Ints(Operand.Of(at.Select(i => e[(int)(i < 0 ? i + e.Count : i)])), c.Rank == 0);
            return n.Ints(Operand.Of([n.Prim("prim.getitem", list, at[0])]), c.Rank == 0);
        }
        if (axis < 0) axis += n.Rank(x);
        IReadOnlyList<Dim>? dims = x.Dims is { } d && index.Dims is { } k ? [.. d.Take((int)axis), .. k, .. d.Skip((int)axis + 1)] : null;
        if (index.Rank == 0 && (index.Ints is not null || index.Number is not null)) return x.Op("select", axis, index.Int).As(x.Type).Sized(dims);
        if (index.Constant is { Rank: 1 } known && known.Numel > 0 && known.ToArray<long>().Min() >= 0) return x.Op("index_select", axis, index.To(DType.Int64)).As(x.Type).Sized(dims);
        return x.Op("index", Operand.Of([.. Enumerable.Repeat(Operand.None, (int)axis), index.To(DType.Int64).Tensor])).As(x.Type).Sized(dims);
    }

    /// <summary>Indices that count from the start.</summary>
    static Item Positive(OnnxNode n, Item index, int axis)
    {
        index = index.To(DType.Int64);
        if (index.Constant is { } c && (c.Numel == 0 || c.Min().Item<long>() >= 0)) return index;
        return n.Op("_where", index.Op("lt", 0L), index.Op("add", n[0].Size(axis)), index).As(ElementType.Int64).Sized(index.Dims);
    }

    static Item GatherND(OnnxNode n)
    {
        var (x, index) = (n[0], n[1].To(DType.Int64));
        var batch = (int)n.Int("batch_dims", 0);
        var rank = n.Rank(n[1]);
        var count = (int)(n[1].Dims![^1].Size ?? throw n.Error("the last size of the indices must be known"));
        var indices = new List<Operand>();
        for (var b = 0; b < batch; b++)
        {
            var sizes = Enumerable.Repeat(1L, rank - 1).ToArray();
            sizes[b] = -1;
            indices.Add(n.Op("arange", x.Size(b)).Op("reshape", sizes).Tensor);
        }
        for (var k = 0; k < count; k++) indices.Add(index.Op("select", -1, k).Tensor);
        IReadOnlyList<Dim>? dims = x.Dims is { } d ? [.. n[1].Dims!.Take(rank - 1), .. d.Skip(batch + count)] : null;
        return x.Op("index", Operand.Of(indices)).As(x.Type).Sized(dims);
    }

    static Item ScatterElements(OnnxNode n)
    {
        var (x, updates) = (n[0], n[2]);
        var axis = n.Int("axis", 0);
        var index = Positive(n, n[1], (int)axis);
        return (n.Text("reduction", "none") switch
        {
            "add" => x.Op("scatter_add", axis, index, updates),
            "none" => x.Op("scatter", axis, index, updates),
            var r => x.Op("scatter_reduce", axis, index, updates, Reduction(n, r)),
        }).As(x.Type).Sized(x.Dims);
    }

    static string Reduction(OnnxNode n, string r) => r switch
    {
        "mul" => "prod",
        "max" => "amax",
        "min" => "amin",
        _ => throw n.Error($"reduction '{r}'; expected none, add, mul, max or min"),
    };

    static Item ScatterND(OnnxNode n)
    {
        var (x, index, updates) = (n[0], n[1], n[2]);
        var count = (int)(index.Dims is { Count: > 0 } d ? d[^1].Size ?? throw n.Error("the last size of the indices must be known") : throw n.Error("the last size of the indices must be known"));
        var reduction = n.Text("reduction", "none");
        var columns = Enumerable.Range(0, count).Select(k => index.Op("select", -1, k).As(ElementType.Int64)).ToArray();
        if (reduction is "none" or "add") return x.Op("index_put", Operand.Of(columns.Select(static c => c.Tensor)), updates, reduction == "add").As(x.Type).Sized(x.Dims);
        var im = n.Importer;
        var flat = columns[0];
        for (var k = 1; k < count; k++) flat = flat.Op("mul", x.Size(k)) + columns[k];
        var rows = im.Product(Enumerable.Range(0, count).Select(x.Size));
        var rest = im.Product(Enumerable.Range(count, n.Rank(x) - count).Select(x.Size));
        var y = x.Op("reshape", Operand.Of([rows, rest]));
        return y.Op("index_reduce", 0, flat.Op("flatten"), updates.Op("reshape", Operand.Of([-1, rest])), Reduction(n, reduction)).Op("reshape_as", x).As(x.Type).Sized(x.Dims);
    }

    /// <summary>Writes the update at a place along the sequence axis that each batch states.</summary>
    static Item TensorScatter(OnnxNode n)
    {
        var (x, update) = (n[0], n[1]);
        var rank = n.Rank(x);
        var axis = (int)n.Int("axis", -2);
        if (axis < 0) axis += rank;
        var at = n.Op("arange", update.Size(axis)).As(ElementType.Int64);
        if (n.Try(2) is { } start) at = at + start.Op("unsqueeze", -1).As(ElementType.Int64);
        else at = at.Op("unsqueeze", 0);
        if (n.Text("mode", "linear") == "circular") at = at.Op("remainder", x.Size(axis));
        var sizes = Enumerable.Repeat((Operand)1, rank).ToArray();
        (sizes[0], sizes[axis]) = (-1, update.Size(axis));
        return x.Op("scatter", axis, at.Op("reshape", Operand.Of(sizes)).Op("expand_as", update), update).As(x.Type).Sized(x.Dims);
    }

    static Item Compress(OnnxNode n)
    {
        var x = n.Has("axis") ? n[0] : n[0].Op("flatten");
        var at = n.Op("_nonzero", n[1]).Op("flatten").As(ElementType.Int64);
        return x.Op("index_select", n.Int("axis", 0), at).As(n[0].Type).Sized(n.Has("axis") && n[0].Dims is { } d ? new Dim[d.Count] : [default]);
    }

    static Item OneHot(OnnxNode n)
    {
        var (index, depth, values) = (n[0].To(DType.Int64), n[1].To(DType.Int64).Int, n[2]);
        var axis = n.Int("axis", -1);
        var rank = n.Rank(index);
        if (axis < 0) axis += rank + 1;
        var sizes = Enumerable.Repeat(1L, rank + 1).ToArray();
        sizes[axis] = -1;
        var places = n.Op("arange", depth).As(ElementType.Int64).Op("reshape", sizes);
        index = n.Op("_where", index.Op("lt", 0L), index.Op("add", depth), index).As(ElementType.Int64);
        var hit = index.Op("unsqueeze", axis).Op("eq", places);
        return n.Op("_where", hit, values.Op("select", 0, 1), values.Op("select", 0, 0)).As(values.Type);
    }
}
