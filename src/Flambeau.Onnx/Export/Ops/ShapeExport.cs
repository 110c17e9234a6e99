using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>The same elements under other sizes.</summary>
internal static class ShapeExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => Reshape(n, n.T(n.First), n.Node.Inputs[1]), "reshape", "_reshape_copy", "_unsafe_view", "view_copy");
        t.Add(static n => n.To.TypeOf(n.Node.Inputs[1]) == GraphType.DType ? throw n.Error("looking at bits as another dtype can't be exported") : Reshape(n, n.T(n.First), n.Node.Inputs[1]), "view");
        t.Add(static n => n.E("Reshape", [n.T(n.First), n.E("Shape", [n.T(n.Node.Inputs[1])])]), "reshape_as", "view_as");
        t.Add(Flatten, "flatten", "ravel");
        t.Add(static n =>
        {
            var dim = n.Int("dim");
            if (dim < 0) dim += n.Rank(n.First);
            var shape = n.E("Shape", [n.T(n.First)]);
            return n.E("Reshape", [n.T(n.First), n.E("Concat", [n.E("Slice", [shape, n.I([0L]), n.I(dim)]), n.IntList(n["sizes"]), n.E("Slice", [shape, n.I(dim + 1), n.I(long.MaxValue)])], ("axis", 0L))]);
        }, "unflatten");
        t.Add(static n => n.E("Unsqueeze", [n.T(n.First), n.I(n.Int("dim"))]), "unsqueeze", "unsqueeze_copy");
        t.Add(static n => Squeeze(n), "squeeze", "squeeze_copy");
        t.Add(static n => Permute(n, n.Ints("dims")!), "permute", "permute_copy");
        t.Add(static n => Swap(n, n.Int("dim0"), n.Int("dim1")), "transpose", "transpose_copy", "swapdims");
        t.Add(static n => Swap(n, n.Int("axis0"), n.Int("axis1")), "swapaxes");
        t.Add(static n => n.Rank(n.First) < 2 ? n.T(n.First) : Swap(n, 0, 1), "t", "t_copy");
        t.Add(static n => Swap(n, -1, -2), "mT");
        t.Add(static n => n.E("Transpose", [n.T(n.First)]), "numpy_T", "T");
        t.Add(static n => Move(n, n.Ints("source")!, n.Ints("destination")!), "movedim", "moveaxis");
        t.Add(static n => Expand(n, n.Node.Inputs[1]), "expand", "broadcast_to", "expand_copy");
        t.Add(static n => n.E("Expand", [n.T(n.First), n.E("Shape", [n.T(n.Node.Inputs[1])])]), "expand_as");
        t.Add(static n => n.E("Tile", [Widened(n, n["repeats"]), n.IntList(n["repeats"])]), "repeat");
        t.Add(static n => n.E("Tile", [Widened(n, n["dims"]), n.IntList(n["dims"])]), "tile");
        t.Add(static n => throw n.Error("a view by strides can't be exported; write it with Reshape, Permute, Narrow or Unfold"), "as_strided", "_strided_write");
        t.Add(StridedMove, "_strided_move");
        t.Add(static n =>
        {
            // What a tensor of the first sizes becomes when it is expanded to the second.
            string? shape = null;
            foreach (var s in n.First.List ?? throw n.Error("the list of shapes must be known"))
            {
                var next = n.IntList(s);
                shape = shape is null ? next : n.E("Shape", [n.E("Expand", [n.E("ConstantOfShape", [shape]), next])]);
            }
            return shape ?? n.I([]);
        }, "broadcast_shapes");
    }

    static string Reshape(ExportNode n, string x, Operand shape)
    {
        // A size of 0 must mean 0, not "as it was".
        var zero = shape.List?.Any(static o => !o.IsConstant || o.Constant is 0L) ?? true;
        return zero ? n.E("Reshape", [x, n.IntList(shape)], ("allowzero", 1L)) : n.E("Reshape", [x, n.IntList(shape)]);
    }

    static string Flatten(ExportNode n)
    {
        var x = n.T(n.First);
        if (n.Try("start_dim").IsNone) return n.E("Reshape", [x, n.I([-1L])]);
        var (start, end) = (n.Int("start_dim"), n.Int("end_dim"));
        var rank = n.To.TypeOf(n.First) is TensorType { Shape: { } s } ? s.Count : (int?)null;
        if (start == 1 && (end == -1 || end == rank - 1) && (rank ?? 2) > 1) return n.E("Flatten", [x], ("axis", 1L));
        if (start == 0 && (end == -1 || end == rank - 1)) return n.E("Reshape", [x, n.I([-1L])]);
        var r = n.Rank(n.First);
        if (start < 0) start += r;
        if (end < 0) end += r;
        var shape = n.E("Shape", [x]);
        var parts = new List<string?>();
        if (start > 0) parts.Add(n.E("Slice", [shape, n.I([0L]), n.I(start)]));
        parts.Add(n.I([-1L]));
        if (end < r - 1) parts.Add(n.E("Slice", [shape, n.I(end + 1), n.I(r)]));
        return n.E("Reshape", [x, parts.Count == 1 ? parts[0] : n.E("Concat", parts, ("axis", 0L))]);
    }

    static string Squeeze(ExportNode n)
    {
        var x = n.T(n.First);
        if (n.Try("dim").IsNone) return n.E("Squeeze", [x]);
        var dims = n.Ints("dim")!;
        // Axes of other sizes stay.
        if (n.To.TypeOf(n.First) is TensorType { Shape: { } s }) dims = [.. dims.Where(d => s[(int)(d < 0 ? d + s.Count : d)].Size is null or 1)];
        return dims.Length == 0 ? x : n.E("Squeeze", [x, n.I(dims)]);
    }

    static string Permute(ExportNode n, long[] dims)
    {
        var rank = dims.Length;
        return n.E("Transpose", [n.T(n.First)], ("perm", dims.Select(d => d < 0 ? d + rank : d).ToArray()));
    }

    static string Swap(ExportNode n, long a, long b)
    {
        var perm = Enumerable.Range(0, n.Rank(n.First)).Select(static i => (long)i).ToArray();
        if (perm.Length == 0) return n.T(n.First);
        var (p, q) = ((int)(a < 0 ? a + perm.Length : a), (int)(b < 0 ? b + perm.Length : b));
        (perm[p], perm[q]) = (q, p);
        return Permute(n, perm);
    }

    static string Move(ExportNode n, long[] from, long[] to)
    {
        var rank = n.Rank(n.First);
        long Wrap(long d) => d < 0 ? d + rank : d;
        var perm = Enumerable.Repeat(-1L, rank).ToArray();
        for (var i = 0; i < from.Length; i++) perm[Wrap(to[i])] = Wrap(from[i]);
        var rest = new Queue<long>(Enumerable.Range(0, rank).Select(static i => (long)i).Except(from.Select(Wrap)));
        return Permute(n, [.. perm.Select(p => p < 0 ? rest.Dequeue() : p)]);
    }

    /// <summary>-1 keeps a size; ONNX says 1 for this.</summary>
    static string Expand(ExportNode n, Operand size)
    {
        if (size.List is { } list) return n.E("Expand", [n.T(n.First), n.To.IntsOf([.. list.Select(static o => o.IsConstant && o.Constant is -1L ? 1L : o)])]);
        return n.E("Expand", [n.T(n.First), n.IntList(size)]);
    }

    /// <summary>Axes of size 1 in front, as many as there are more repeats.</summary>
    static string Widened(ExportNode n, Operand repeats)
    {
        var x = n.T(n.First);
        if (repeats.List is not { } l) return x;
        var missing = l.Count - n.Rank(n.First);
        return missing <= 0 ? x : n.E("Unsqueeze", [x, n.I([.. Enumerable.Range(0, missing).Select(static i => (long)i)])]);
    }

    /// <summary>Elements by their places: for sizes that are known, a gather from the flat tensor.</summary>
    static string StridedMove(ExportNode n)
    {
        var (from, fromStride, to, toStride) = (n.Ints("from_size")!, n.Ints("from_stride")!, n.Ints("to_size")!, n.Ints("to_stride")!);
        var start = n.Int("to_offset") - n.Int("from_offset");
        var places = new Dictionary<long, long>();
        long flat = 0;
        foreach (var p in Places(from, fromStride)) places[p] = flat++;
        var index = Places(to, toStride).Select(p => places.TryGetValue(p + start, out var f) ? f : throw n.Error("a view by strides sees memory outside of the tensor")).ToArray();
        return n.E("Gather", [n.E("Reshape", [n.T("self"), n.I([-1L])]), n.To.Constant(Tensor.From(index, to))]);
    }

    static IEnumerable<long> Places(long[] sizes, long[] strides)
    {
        var total = sizes.Aggregate(1L, static (a, b) => a * b);
        for (long i = 0; i < total; i++)
        {
            long rest = i, place = 0;
            for (var d = sizes.Length - 1; d >= 0; d--)
            {
                place += rest % sizes[d] * strides[d];
                rest /= sizes[d];
            }
            yield return place;
        }
    }
}
