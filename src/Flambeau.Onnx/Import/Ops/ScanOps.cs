namespace Flambeau.OnnxFormat;

/// <summary>Running sums, and what comes of sorting.</summary>
internal static class ScanOps
{
    internal static void Add(OpTable t)
    {
        t.Add("CumSum", 11, static n => Cumulate(n, "cumsum", 0));
        t.Add("CumProd", 26, static n => Cumulate(n, "cumprod", 1));
        t.Many("TopK", 1, static n => TopK(n, n.Int("k")));
        t.Many("TopK", 10, static n => TopK(n, n[1].Int));
        t.Many("Unique", 11, Unique);
    }

    static Item Cumulate(OnnxNode n, string op, long start)
    {
        var x = n[0];
        var axis = n[1].To(DType.Int64).Int;
        var reverse = n.Int("reverse", 0) != 0;
        var y = reverse ? x.Op("flip", Graphs.Operand.Of([axis])) : x;
        y = y.Op(op, axis, new Kw("dtype", x.DType));
        if (n.Int("exclusive", 0) != 0)
        {
            var first = y.Op("narrow", axis, 0, 1).Op("full_like", start);
            y = n.Op("cat", new[] { first, y.Op("slice", axis, 0, -1) }, axis);
        }
        return (reverse ? y.Op("flip", Graphs.Operand.Of([axis])) : y).As(x.Type).Sized(x.Dims);
    }

    static Item?[] TopK(OnnxNode n, Graphs.Operand k)
    {
        var x = n[0];
        var axis = n.Int("axis", -1);
        // Equal elements come in the order of their places, so a stable sort it is.
        var sorted = n.Ops("sort", x, new Kw("stable", true), new Kw("dim", axis), new Kw("descending", n.Int("largest", 1) != 0));
        // All of them: a sort.
        if (k.IsConstant && k.Constant is long all && x.Dims is { } known && known[(int)(axis < 0 ? axis + known.Count : axis)].Size == all) return [sorted[0].As(x.Type).Sized([.. known]), sorted[1].As(ElementType.Int64).Sized([.. known])];
        var dims = x.Dims?.Select((d, i) => i == (axis < 0 ? axis + x.Rank : axis) ? new Graphs.Dim() : d).ToArray();
        return [sorted[0].Op("narrow", axis, 0, k).As(x.Type).Sized(dims), sorted[1].Op("narrow", axis, 0, k).As(ElementType.Int64).Sized(dims)];
    }

    static Item?[] Unique(OnnxNode n)
    {
        long? axis = n.Has("axis") ? n.Int("axis") : null;
        var x = axis is null ? n[0].Op("flatten") : n[0];
        var u = n.Ops("_unique", x, true, axis);
        var (y, inverse, counts) = (u[0].As(x.Type), u[1].As(ElementType.Int64).Op("flatten"), u[2].As(ElementType.Int64));
        var places = n.Op("arange", n.Prim("prim.numel", inverse.Tensor)).As(ElementType.Int64);
        var first = n.Op("full_like", counts, long.MaxValue).As(ElementType.Int64).Op("scatter_reduce", 0, inverse, places, "amin");
        if (n.Int("sorted", 1) == 0)
        {
            var order = first.Op("argsort").As(ElementType.Int64);
            y = y.Op("index_select", axis ?? 0, order);
            first = first.Op("index_select", 0, order);
            counts = counts.Op("index_select", 0, order);
            inverse = order.Op("argsort").As(ElementType.Int64).Op("index_select", 0, inverse);
        }
        return [y, first, inverse, counts];
    }
}
