using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Parts, joins, padding.</summary>
internal static class MoveExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => n.First.List is { Count: 1 } ? n.T(n.First.List[0]) : Join(n, false), "cat", "concat", "concatenate");
        t.Add(static n => Join(n, true), "stack");
        t.Add(Slice, "slice", "slice_copy");
        t.Add(static n => Narrow(n, n.T(n.First), n["dim"], n["start"], n["length"]), "narrow", "narrow_copy");
        t.Add(Select, "select", "select_copy");
        t.Do(static n => n.SetList(Split(n, n["split_size"])), "split", "split_copy", "unsafe_split");
        t.Do(static n => n.SetList(Parts(n, n.Ints("split_sizes")!)), "split_with_sizes", "split_with_sizes_copy", "unsafe_split_with_sizes");
        t.Do(static n =>
        {
            var dim = (int)n.Int("dim");
            if (n.Type(n.First).Shape is not { } shape || shape[dim < 0 ? dim + shape.Count : dim].Size is not { } size)
            {
                // As many parts as are asked for, unless there are too few elements.
                n.SetList(n.Es("Split", (int)n.Int("chunks"), [n.T(n.First)], ("axis", (long)dim), ("num_outputs", n.Opset >= 18 ? n.Int("chunks") : null)));
                return;
            }
            var each = (size + n.Int("chunks") - 1) / n.Int("chunks");
            n.SetList(Parts(n, Even(size, each)));
        }, "chunk", "unsafe_chunk");
        t.Do(Unbind, "unbind", "unbind_copy");
        t.Add(static n => n["dims"].IsConstant ? Flip(n, n.Ints("dims")!) : FlipOne(n), "flip");
        t.Add(Roll, "roll");
        t.Add(RepeatInterleave, "repeat_interleave");
        t.Add(static n => Pad(n, n["pad"], "constant", n.Try("value")), "constant_pad_nd");
        t.Add(static n => Pad(n, n["pad"], n.Text("mode") switch { "reflect" => "reflect", "replicate" => "edge", "circular" => n.Opset >= 19 ? "wrap" : throw n.Error("circular padding needs opset 19"), _ => "constant" }, n.Try("value")), "nn.functional.pad");
        t.Add(static n => n.E("Trilu", [n.T(n.First), n.PrimInt("diagonal")], ("upper", 1L)), "triu");
        t.Add(static n => n.E("Trilu", [n.T(n.First), n.PrimInt("diagonal")], ("upper", 0L)), "tril");
        t.Add(static n => n.E("DepthToSpace", [n.T(n.First)], ("blocksize", n.Int("upscale_factor")), ("mode", "CRD")), "pixel_shuffle", "nn.functional.pixel_shuffle");
    }

    static string PrimInt(this ExportNode n, string argument) => n.T2(n[argument]);

    static string Join(ExportNode n, bool stack)
    {
        var dim = n.Int("dim");
        if (n.To.Named(n.First) is not List<string>) return n.E("ConcatFromSequence", [n.T(n.First)], ("axis", dim), ("new_axis", stack ? 1L : 0L));
        var d = n.ResultType();
        var parts = (n.First.List ?? [.. n.Tensors(n.First).Select(static _ => default(Operand))]).Zip(n.Tensors(n.First), (o, name) => o.Value is null ? name : n.As(o, d)).ToArray();
        if (!stack) return n.E("Concat", parts, ("axis", dim));
        return n.E("Concat", parts.Select(p => n.E("Unsqueeze", [p, n.I(dim)])).ToArray(), ("axis", dim));
    }

    static string Slice(ExportNode n)
    {
        var start = n["start"].IsNone ? n.I([0L]) : n.IntList(n["start"]);
        var end = n["end"].IsNone ? n.I(long.MaxValue) : n.IntList(n["end"]);
        if (n["start"].IsNone && n["end"].IsNone && n["step"].IsConstant && n.Int("step") == 1) return n.T(n.First);
        return n.E("Slice", [n.T(n.First), start, end, n.IntList(n["dim"]), n["step"].IsConstant && n.Int("step") == 1 ? null : n.IntList(n["step"])]);
    }

    static string Narrow(ExportNode n, string x, Operand dim, Operand start, Operand length)
    {
        string end;
        if (start.IsConstant && length.IsConstant)
        {
            var (s, l) = ((long)start.Constant!, (long)length.Constant!);
            end = n.I(s < 0 && s + l == 0 ? long.MaxValue : s + l);
        }
        else end = n.E("Add", [n.IntList(start), n.IntList(length)]);
        return n.E("Slice", [x, n.IntList(start), end, n.IntList(dim)]);
    }

    static string Select(ExportNode n)
    {
        if (n.First.Value?.Definition is OpNode { Name: "_lstm_layer" } && n.First.Value.Index == 1) return RnnExport.LastCell(n);
        return n.E("Gather", [n.T(n.First), n.T2(n["index"])], ("axis", n.Int("dim")));
    }

    static long[] Even(long size, long each) => [.. Enumerable.Range(0, (int)((size + each - 1) / Math.Max(each, 1))).Select(i => Math.Min(each, size - i * each))];

    static IEnumerable<string> Split(ExportNode n, Operand size) => n.To.TypeOf(size) is ListType ? Parts(n, n.Ints("split_size")!) : Parts(n, Even(n.Size(n.First, (int)n.Int("dim")), n.Int("split_size")));

    static string[] Parts(ExportNode n, long[] sizes) => sizes.Length == 1 ? [n.T(n.First)] : n.Es("Split", sizes.Length, [n.T(n.First), n.I(sizes)], ("axis", n.Int("dim")));

    static void Unbind(ExportNode n)
    {
        var dim = n.Int("dim");
        var count = n.Size(n.First, (int)dim);
        n.SetList(Enumerable.Range(0, (int)count).Select(i => n.E("Gather", [n.T(n.First), n.To.Constant((long)i)], ("axis", dim))).ToArray());
    }

    internal static string Flip(ExportNode n, long[] dims)
    {
        if (dims.Length == 0) return n.T(n.First);
        return n.E("Slice", [n.T(n.First), n.I([.. dims.Select(static _ => -1L)]), n.I([.. dims.Select(static _ => long.MinValue + 1)]), n.I(dims), n.I([.. dims.Select(static _ => -1L)])]);
    }

    static string FlipOne(ExportNode n) => n["dims"].List is { Count: 1 } ? n.E("Slice", [n.T(n.First), n.I(-1), n.I(long.MinValue + 1), n.IntList(n["dims"]), n.I(-1)]) : throw n.Error("the axes must be constant");

    static string Roll(ExportNode n)
    {
        var (shifts, dims) = (n.Ints("shifts")!, n.Ints("dims")!);
        if (dims.Length == 0) throw n.Error("rolling the flat tensor can't be exported; name the axes");
        var x = n.T(n.First);
        for (var i = 0; i < dims.Length; i++)
        {
            if (shifts[i] == 0) continue;
            var (dim, at) = (n.I(dims[i]), n.I(-shifts[i]));
            x = n.E("Concat", [n.E("Slice", [x, at, n.I(long.MaxValue), dim]), n.E("Slice", [x, n.I([0L]), at, dim])], ("axis", dims[i]));
        }
        return x;
    }

    static string RepeatInterleave(ExportNode n)
    {
        if (!n["repeats"].IsConstant || n.Const("repeats") is not long repeats) throw n.Error("only a constant number of repeats can be exported");
        var x = n.T(n.First);
        var rank = n.Rank(n.First);
        if (n.IntOrNull("dim") is not { } dim) (x, rank, dim) = (n.E("Reshape", [x, n.I([-1L])]), 1, 0);
        if (dim < 0) dim += rank;
        // [.., n, ..] → [.., n, 1, ..] → [.., n, repeats, ..] → [.., n * repeats, ..]
        var wide = n.E("Unsqueeze", [x, n.I(dim + 1)]);
        var ones = Enumerable.Repeat(1L, rank + 1).ToArray();
        ones[dim + 1] = repeats;
        var shape = n.E("Shape", [x]);
        var target = n.E("Concat", [n.E("Slice", [shape, n.I([0L]), n.I(dim)]), n.I([-1L]), n.E("Slice", [shape, n.I(dim + 1), n.I(long.MaxValue)])], ("axis", 0L));
        return n.E("Reshape", [n.E("Expand", [wide, n.I(ones)]), target]);
    }

    static string Pad(ExportNode n, Operand pads, string mode, Operand value)
    {
        var list = pads.List ?? throw n.Error("the padding must be a list whose length is known");
        var rank = n.Rank(n.First);
        var (before, after) = (Enumerable.Repeat((Operand)0, rank).ToArray(), Enumerable.Repeat((Operand)0, rank).ToArray());
        for (var i = 0; i < list.Count / 2; i++) (before[rank - 1 - i], after[rank - 1 - i]) = (list[2 * i], list[2 * i + 1]);
        var fill = mode != "constant" || value.IsNone || (value.IsConstant && value.Constant is 0L or 0.0) ? null : n.As(value, n.DType(n.First));
        return n.E("Pad", [n.T(n.First), n.To.IntsOf([.. before, .. after]), fill], ("mode", mode));
    }
}
