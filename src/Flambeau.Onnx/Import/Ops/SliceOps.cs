using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Parts of tensors along axes.</summary>
internal static class SliceOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Slice", 1, static n => Slice(n, Operand.Of(n.Ints("starts")!), Operand.Of(n.Ints("ends")!), n.Ints("axes"), null));
        t.Add("Slice", 10, static n => Slice(n, n[1].IntList, n[2].IntList, n.Try(3) is { } a ? n.Known(a, "the axes") : null, n.Try(4) is { } s ? n.Known(s, "the steps") : null));
        t.Many("Split", 1, static n => Split(n, n.Ints("split") is { } s ? Operand.Of(s) : Operand.None));
        t.Many("Split", 13, static n => Split(n, n.Try(1)?.IntList ?? Operand.None));
    }

    static Item Slice(OnnxNode n, Operand starts, Operand ends, long[]? axes, long[]? steps)
    {
        var x = n[0];
        var im = n.Importer;
        var count = axes?.Length ?? starts.List?.Count ?? (n.Version >= 10 ? n[1].Length : null) ?? throw n.Error("the number of axes to slice must be known when the model is imported");
        Operand At(Operand list, int i) => list.List is { } l ? l[i] : im.Prim("prim.getitem", list, i);
        if (x is { Ints: { } ints, Constant: null } && count == 1 && Ints(n, ints, At(starts, 0), At(ends, 0), steps?[0] ?? 1) is { } part) return part;
        var y = x;
        var dims = x.Dims?.ToArray();
        for (var i = 0; i < count; i++)
        {
            var axis = axes?[i] ?? i;
            var (start, end, step) = (At(starts, i), At(ends, i), steps?[i] ?? 1);
            if (step == 0) throw n.Error("a step is 0");
            if (step < 0) (y, start, end, step) = Flip(n, y, axis, start, end, step);
            if (start.Known() != 0 || end.Known() != long.MaxValue || step != 1) y = y.Op("slice", axis, start, end, step);
            if (dims is not null)
            {
                var d = (int)(axis < 0 ? axis + dims.Length : axis);
                dims[d] = dims[d].Size is { } size && start.Known() is { } a && end.Known() is { } b ? Length(size, a, b, step) : default(Dim);
                y.Dims = dims.ToArray();
            }
        }
        return y.As(x.Type).Sized(dims);
    }

    static long Length(long size, long start, long end, long step)
    {
        start = Math.Clamp(start < 0 ? start + size : start, 0, size);
        end = Math.Clamp(end < 0 ? end + size : end, 0, size);
        return Math.Max(0, (end - start + step - 1) / step);
    }

    /// <summary>A backward step goes forward on the flipped axis.</summary>
    static (Item, Operand, Operand, long) Flip(OnnxNode n, Item x, long axis, Operand start, Operand end, long step)
    {
        if (start.Known() is not { } a || end.Known() is not { } b) throw n.Unknown(n[start.Known() is null ? 1 : 2], "the bounds of a slice with a negative step");
        var im = n.Importer;
        var last = im.Minus(x.Size((int)axis), 1);
        Operand Place(long i) => i < 0 ? -1 - i : im.Most(im.Minus(last, i), 0);
        var from = Place(a);
        var to = b <= int.MinValue ? long.MaxValue : Place(b);
        var y = x.Op("flip", new[] { axis });
        y.Dims = x.Dims;
        return (y, from, to, -step);
    }

    static Item? Ints(OnnxNode n, Operand list, Operand start, Operand end, long step)
    {
        if (start.Known() is not { } a || end.Known() is not { } b || step < 1) return null;
        if (list.List is { } l)
        {
            int At(long i) => (int)Math.Clamp(i < 0 ? i + l.Count : i, 0, l.Count);
            return n.Ints(Operand.Of(l.Skip(At(a)).Take(Math.Max(0, At(b) - At(a))).Where((_, i) => i % step == 0)));
        }
        return step == 1 ? n.Ints(n.Prim("prim.list_slice", list, a, b)) : null;
    }

    static Item?[] Split(OnnxNode n, Operand sizes)
    {
        var x = n[0];
        var im = n.Importer;
        var axis = n.Int("axis", 0);
        var count = n.Outputs;
        if (sizes.IsNone)
        {
            var size = x.Size((int)axis);
            var each = n.Version >= 18 ? im.CeilOver(size, n.Int("num_outputs", count)) : im.Over(size, count);
            sizes = Operand.Of(Enumerable.Range(0, count).Select(i => i < count - 1 || n.Version < 18 ? each : im.Minus(size, im.Times(each, i))));
        }
        Operand start = 0;
        var parts = new Item?[count];
        for (var i = 0; i < count; i++)
        {
            var length = sizes.List is { } l ? l[i] : im.Prim("prim.getitem", sizes, i);
            var dims = x.Dims?.Select((d, k) => k == (axis < 0 ? axis + x.Rank : axis) ? length.Known() is { } v ? new Dim(v) : default : d).ToArray();
            if (n.Wants(i)) parts[i] = x.Op("narrow", axis, start, length).As(x.Type).Sized(dims);
            start = im.Plus(start, length);
        }
        return parts;
    }
}
