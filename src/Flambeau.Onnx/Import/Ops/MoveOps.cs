using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Elements moved to other places: transposition, joining, tiling, padding, blocks.</summary>
internal static class MoveOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Transpose", 1, Transpose);
        t.Add("Concat", 1, Concat);
        t.Add("Tile", 6, static n => n[0].Op("repeat", n[1].IntList).Sized(n[0].Dims is { } d ? new Dim[d.Count] : null));
        t.Add("Pad", 1, static n => Pad(n, Operand.Of(n.Ints("pads") ?? n.Ints("paddings") ?? []), n.Float("value", 0)));
        t.Add("Pad", 11, static n => Pad(n, n[1].IntList, n.Try(2) is not { } v ? 0.0 : v.Number is { } c ? c : n.Prim("prim.item_float", v.Tensor)));
        t.Add("DepthToSpace", 1, DepthToSpace);
        t.Add("SpaceToDepth", 1, SpaceToDepth);
        t.Add("CenterCropPad", 18, CenterCropPad);
        t.Add("ReverseSequence", 10, ReverseSequence);
        t.Add("Trilu", 14, static n => n[0].To(n[0].DType).Op(n.Int("upper", 1) != 0 ? "triu" : "tril", n.Try(1)?.Int ?? 0).As(n[0].Type).Sized(n[0].Dims));
    }

    static Item Transpose(OnnxNode n)
    {
        var x = n[0];
        var perm = n.Ints("perm") ?? (x.Rank is { } r ? [.. Enumerable.Range(0, r).Reverse().Select(static i => (long)i)] : null);
        if (perm is null) return x.Op("numpy_T");
        if (x.Move is ("permute", var from, var before) && before.Length == perm.Length && perm.Select((p, i) => before[p] == i).All(static same => same)) return from;
        return x.Op("permute", perm).As(x.Type).Sized(x.Dims is { } d ? [.. perm.Select(p => d[(int)p])] : new Dim[perm.Length]).Moved("permute", x, perm);
    }

    static Item Concat(OnnxNode n)
    {
        var items = n.Inputs.Select((_, i) => n[i]).ToArray();
        var axis = n.Int("axis", 1);
        if (axis is 0 or -1 && items.All(static i => i.Ints is not null && i.Rank == 1) && items.Any(static i => i.Constant is null))
        {
            return items.All(static i => i.Elements is not null) ? n.Ints(Operand.Of(items.SelectMany(static i => i.Elements!)))
                : n.Ints(items.Skip(1).Aggregate(items[0].Ints!.Value, (a, b) => n.Prim("prim.concat", a, b.Ints!.Value)));
        }
        var type = items[0].Type;
        if (items.Length == 1) return items[0];
        IReadOnlyList<Dim>? dims = null;
        if (items.All(static i => i.Dims is not null) && items[0].Dims!.Count > 0)
        {
            var at = (int)(axis < 0 ? axis + items[0].Dims!.Count : axis);
            dims = [.. items[0].Dims!.Select((d, i) => i == at ? items.All(x => x.Dims![at].Size is not null) ? new Dim(items.Sum(x => x.Dims![at].Size!.Value)) : default : d)];
        }
        return n.Op("cat", items, axis).As(type).Sized(dims);
    }

    static Item Pad(OnnxNode n, Operand pads, Operand value)
    {
        var x = n[0];
        var mode = n.Text("mode", "constant");
        var rank = x.Rank ?? (pads.List?.Count / 2) ?? n.Rank(x);
        var axes = n.Try(3) is { } a ? [.. n.Known(a, "the axes").Select(i => (int)(i < 0 ? i + rank : i))] : Enumerable.Range(0, rank).ToArray();
        Operand Element(int i) => pads.List is { } l ? l[i] : n.Prim("prim.getitem", pads, i);
        var before = Enumerable.Repeat((Operand)0, rank).ToArray();
        var after = Enumerable.Repeat((Operand)0, rank).ToArray();
        for (var i = 0; i < axes.Length; i++) (before[axes[i]], after[axes[i]]) = (Element(i), Element(i + axes.Length));
        var dims = x.Dims?.Select((d, i) => d.Size + before[i].Known() + after[i].Known() is { } s ? new Dim(s) : default).ToArray();
        if (mode == "constant")
        {
            if (value.Known() is null && value.IsConstant && value.Constant is double v && !x.IsFloat) value = x.DType == DType.Bool ? v != 0 : (long)v;
            return x.Op("constant_pad_nd", Operand.Of(Pairs(before, after, 0)), value).As(x.Type).Sized(dims);
        }
        var first = Enumerable.Range(0, rank).FirstOrDefault(i => before[i].Known() != 0 || after[i].Known() != 0, rank);
        if (first == rank) return x;
        var ours = mode switch { "reflect" => "reflect", "edge" => "replicate", "wrap" => "circular", _ => throw n.Error($"mode '{mode}'; expected constant, reflect, edge or wrap") };
        if (rank is 3 or 4 or 5 && first >= 2 && x.IsFloat && mode != "wrap")
            return x.Op("nn.functional.pad", Operand.Of(Pairs(before, after, 2)), ours).As(x.Type).Sized(dims);
        for (var d = first; d < rank; d++)
        {
            if (before[d].Known() != 0 || after[d].Known() != 0) x = x.Op("index_select", d, Places(n, x.Size(d), before[d], after[d], mode));
        }
        return x.As(n[0].Type).Sized(dims);
    }

    /// <summary>Last axis first, as our op has them.</summary>
    static IEnumerable<Operand> Pairs(Operand[] before, Operand[] after, int from)
    {
        for (var d = before.Length - 1; d >= from; d--)
        {
            yield return before[d];
            yield return after[d];
        }
    }

    /// <summary>For every place of the padded axis, the place it is copied from.</summary>
    static Item Places(OnnxNode n, Operand size, Operand before, Operand after, string mode)
    {
        var im = n.Importer;
        var i = n.Op("arange", im.Minus(0, before), im.Plus(size, after)).As(ElementType.Int64);
        var last = im.Minus(size, 1);
        if (mode == "edge") return i.Op("clamp", 0, last);
        if (mode == "wrap") return i.Op("remainder", size);
        var period = im.Most(im.Times(last, 2), 1);
        var folded = i.Op("remainder", period);
        return folded.Op("minimum", folded.Op("neg").Op("add", period));
    }

    static Item DepthToSpace(OnnxNode n)
    {
        var x = n[0];
        var b = n.Int("blocksize");
        if (n.Text("mode", "DCR") == "CRD") return x.Op("pixel_shuffle", b).As(x.Type);
        var im = n.Importer;
        var (c, h, w) = (im.Over(x.Size(1), b * b), x.Size(2), x.Size(3));
        return x.Op("reshape", Operand.Of([x.Size(0), b, b, c, h, w])).Op("permute", new long[] { 0, 3, 4, 1, 5, 2 })
            .Op("reshape", Operand.Of([x.Size(0), c, im.Times(h, b), im.Times(w, b)])).As(x.Type);
    }

    static Item SpaceToDepth(OnnxNode n)
    {
        var x = n[0];
        var b = n.Int("blocksize");
        var crd = n.Text("mode", "DCR") == "CRD";
        var im = n.Importer;
        var (c, h, w) = (x.Size(1), im.Over(x.Size(2), b), im.Over(x.Size(3), b));
        return x.Op("reshape", Operand.Of([x.Size(0), c, h, b, w, b])).Op("permute", crd ? new long[] { 0, 1, 3, 5, 2, 4 } : [0, 3, 5, 1, 2, 4])
            .Op("reshape", Operand.Of([x.Size(0), im.Times(c, b * b), h, w])).As(x.Type);
    }

    static Item CenterCropPad(OnnxNode n)
    {
        var x = n[0];
        var rank = n.Rank(x);
        var axes = (n.Ints("axes") ?? [.. Enumerable.Range(0, rank).Select(static i => (long)i)]).Select(a => (int)(a < 0 ? a + rank : a)).ToArray();
        var shape = n.Known(n[1], "the shape");
        var dims = x.Dims!.ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var (d, to) = (axes[i], shape[i]);
            var size = dims[d].Size ?? throw n.Error("sizes must be known when the model is imported");
            if (size > to) x = x.Op("narrow", d, (size - to) / 2, to);
            else if (size < to)
            {
                var pads = new long[2 * (rank - d)];
                (pads[^2], pads[^1]) = ((to - size) / 2, to - size - (to - size) / 2);
                x = x.Op("constant_pad_nd", pads, 0);
            }
            dims[d] = to;
        }
        return x.As(n[0].Type).Sized(dims);
    }

    static Item ReverseSequence(OnnxNode n)
    {
        var x = n[0];
        var (time, batch) = (n.Int("time_axis", 0), n.Int("batch_axis", 1));
        // Places along time for each sequence: lengths - 1 - i within the sequence, i behind it.
        var i = n.Op("arange", x.Size((int)time)).As(ElementType.Int64).Op("unsqueeze", batch > time ? 1 : 0);
        var lengths = n[1].Op("unsqueeze", batch > time ? 0 : 1);
        var places = n.Op("_where", i.Op("lt", lengths), lengths - 1L - i, i).As(ElementType.Int64);
        for (var d = 2; d < n.Rank(x); d++) places = places.Op("unsqueeze", -1);
        return x.Op("gather", time, places.Op("expand_as", x)).As(x.Type).Sized(x.Dims);
    }
}
