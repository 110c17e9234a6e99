using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Sizes, and the same elements under other sizes.</summary>
internal static class ShapeOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Shape", 1, Shape);
        t.Add("Size", 1, static n => n[0].Sizes is { } s ? n.Ints(Operand.Of([n.Importer.Product(s)]), true) : n.Ints(Operand.Of([n.Prim("prim.numel", n[0].Tensor)]), true));
        t.Add("Reshape", 1, static n => Reshape(n, Operand.Of(n.Ints("shape")!)));
        t.Add("Reshape", 5, static n => Reshape(n, n[1].IntList));
        t.Add("Flatten", 1, Flatten);
        t.Add("Squeeze", 1, static n => Squeeze(n, n.Ints("axes")));
        t.Add("Squeeze", 13, static n => Squeeze(n, n.Try(1) is { } a ? n.Known(a, "the axes") : null));
        t.Add("Unsqueeze", 1, static n => Unsqueeze(n, n.Ints("axes") ?? throw n.Error("attribute 'axes' is missing")));
        t.Add("Unsqueeze", 13, static n => Unsqueeze(n, n.Known(n[1], "the axes")));
        t.Add("Expand", 8, Expand);
    }

    static Item Shape(OnnxNode n)
    {
        var x = n[0];
        var (start, end) = (n.Int("start", 0), n.Int("end", long.MaxValue));
        if (x.Sizes is { } sizes)
        {
            int At(long i) => (int)Math.Clamp(i < 0 ? i + sizes.Length : i, 0, sizes.Length);
            return n.Ints(Operand.Of(sizes[At(start)..Math.Max(At(start), At(end))]));
        }
        var list = n.Prim("prim.shape", x.Tensor);
        return n.Ints(start == 0 && end == long.MaxValue ? list : n.Prim("prim.list_slice", list, start, end));
    }

    static Item Reshape(OnnxNode n, Operand shape)
    {
        var x = n[0];
        if (shape.List is { } list)
        {
            if (x is { Ints: not null, Constant: null } && x.Length is { } count && list.Count <= 1 && (list.Count == 1 || count == 1)) return n.Ints(x.Ints!.Value, list.Count == 0);
            if (n.Int("allowzero", 0) == 0) list = [.. list.Select((o, i) => o.Known() == 0 ? x.Size(i) : o)];
            var known = x.Dims is { } d && d.All(static s => s.Size is not null) ? d.Aggregate(1L, static (a, s) => a * s.Size!.Value) : (long?)null;
            var rest = list.Where(static o => o.Known() != -1).Aggregate((long?)1, static (a, o) => a * o.Known());
            var dims = list.Select(o => o.Known() is { } v ? v != -1 ? new Dim(v) : rest is not (null or 0) && known / rest is { } r ? new Dim(r) : default : default).ToArray();
            while (x.Move is ("reshape", var from, _)) x = from;
            if (x.Dims is { } own && dims.All(static d => d.Size is not null) && own.SequenceEqual(dims)) return x;
            return x.Op("reshape", Operand.Of(list)).As(x.Type).Sized(dims).Moved("reshape", x);
        }
        if (n.Int("allowzero", 0) == 0 && n.Version >= 5 && n[1].Ints is null)
        {
            // A zero in a tensor of sizes means the input's size at this place.
            var given = n[1];
            if (given.Length is { } rank)
            {
                var own = x.Rank is { } r ? Operand.Of(Enumerable.Range(0, rank).Select(i => i < r ? x.Size(i) : 1)) : n.Prim("prim.list_slice", n.Prim("prim.concat", n.Prim("prim.shape", x.Tensor), Operand.Of(Enumerable.Repeat(1L, rank).ToArray())), 0, rank);
                var filled = n.Op("_where", given.Op("eq", 0L), n.Ints(own), given).As(ElementType.Int64);
                return x.Op("reshape", filled.IntList).As(x.Type).Sized(new Dim[rank]);
            }
        }
        return x.Op("reshape", shape).As(x.Type).Sized(n.Version >= 5 && n[1].Length is { } r2 ? new Dim[r2] : null);
    }

    static Item Flatten(OnnxNode n)
    {
        var x = n[0];
        var axis = n.Int("axis", 1);
        if (x.Sizes is { } sizes)
        {
            if (axis < 0) axis += sizes.Length;
            var (a, b) = (n.Importer.Product(sizes[..(int)axis]), n.Importer.Product(sizes[(int)axis..]));
            return x.Op("reshape", Operand.Of([a, a.Known() is not null || b.Known() is not null ? b : -1])).As(x.Type).Sized([a.Known() is { } p ? p : default(Dim), b.Known() is { } q ? q : default(Dim)]);
        }
        if (axis == 0) return x.Op("reshape", new long[] { 1, -1 }).Sized(new Dim[2]);
        var y = x.Op("flatten", axis, -1);
        return (axis > 1 ? y.Op("flatten", 0, axis - 1) : y).As(x.Type).Sized(new Dim[2]);
    }

    static Item Squeeze(OnnxNode n, long[]? axes)
    {
        var x = n[0];
        if (x is { Ints: not null, Constant: null }) return x.Length == 1 ? n.Ints(x.Ints.Value, true) : x;
        if (axes is null) return x.Op("squeeze").Sized(x.Dims is { } all && all.All(static d => d.Size is not null) ? [.. all.Where(static d => d.Size != 1)] : null);
        if (axes.Length == 1 && x.Move is ("unsqueeze", var from, [var axis]) && axis == axes[0]) return from;
        var dims = x.Dims is { } s ? s.Where((_, i) => !axes.Contains(i) && !axes.Contains(i - s.Count)).ToArray() : null;
        return axes.Length == 0 ? x : (axes.Length == 1 ? x.Op("squeeze", axes[0]) : x.Op("squeeze", axes)).As(x.Type).Sized(dims);
    }

    static Item Unsqueeze(OnnxNode n, long[] axes)
    {
        var x = n[0];
        if (x is { Ints: { } ints, Constant: null, Rank: 0 } && axes.Length == 1) return n.Ints(ints);
        if (axes.Length > 1 && axes.Any(static a => a < 0))
        {
            var rank = n.Rank(x) + axes.Length;
            axes = [.. axes.Select(a => a < 0 ? a + rank : a)];
        }
        var y = x;
        var dims = x.Dims?.ToList();
        foreach (var a in axes.Order())
        {
            y = y.Op("unsqueeze", a);
            dims?.Insert((int)(a < 0 ? a + dims.Count + 1 : a), 1);
        }
        y = y.As(x.Type).Sized(dims);
        return axes.Length == 1 ? y.Moved("unsqueeze", x, axes) : y;
    }

    static Item Expand(OnnxNode n)
    {
        var (x, shape) = (n[0], n[1].IntList);
        if (shape.List is { } list)
        {
            var rank = Math.Max(list.Count, x.Rank ?? 0);
            var known = x.Dims is not null;
            var sizes = new Operand[rank];
            for (var i = 0; i < rank && known; i++)
            {
                var (a, b) = (i - rank + list.Count, i - rank + x.Rank!.Value);
                var wanted = a < 0 ? 1 : list[a];
                if (b < 0) sizes[i] = wanted;
                else if (wanted.Known() == 1) sizes[i] = x.Size(b);
                else if (x.Dims![b].Size == 1 || wanted.Known() is not null) sizes[i] = wanted;
                else known = false;
            }
            if (known) return x.Op("expand", Operand.Of(sizes)).As(x.Type).Sized([.. sizes.Select(static s => s.Known() is { } v ? new Dim(v) : default)]);
        }
        var target = n.Prim("broadcast_shapes", Operand.Of([n.Prim("prim.shape", x.Tensor), shape]));
        return x.Op("expand", target).As(x.Type).Sized(n[1].Length is { } r && x.Rank is { } xr ? new Dim[Math.Max(r, xr)] : null);
    }
}
