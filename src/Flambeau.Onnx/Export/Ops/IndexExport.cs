using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Elements found and written by index.</summary>
internal static class IndexExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => n.E("Gather", [n.T("weight"), n.T("indices")]), "embedding");
        t.Add(static n => n.E("Gather", [n.T("weight"), n.T("input")]), "nn.functional.embedding");
        t.Add(static n => n.E("Gather", [n.T(n.First), n.T("index")], ("axis", n.Int("dim"))), "index_select");
        t.Add(static n => n.E("GatherElements", [n.T(n.First), n.As(n["index"], DType.Int64)], ("axis", n.Int("dim"))), "gather", "_gather_along");
        t.Add(static n => n.E("GatherElements", [n.T(n.First), n.As(n["indices"], DType.Int64)], ("axis", n.IntOrNull("dim") ?? throw n.Error("the axis must be given"))), "take_along_dim");
        t.Add(static n => Scatter(n, n.Try("src").IsNone ? (Operand?)null : n["src"], n.Try("reduce").IsNone ? "none" : n.Text("reduce")!), "scatter", "scatter_reduce");
        t.Add(static n => Scatter(n, n["src"], "sum"), "scatter_add");
        t.Add(Index, "index", "_unsafe_index");
        t.Add(IndexPut, "index_put", "_unsafe_index_put");
        t.Add(static n => n.E("Transpose", [n.E("NonZero", [n.T(n.First)])], ("perm", new long[] { 1, 0 })), "_nonzero", "argwhere");
        t.Add(static n => n.Bool("as_tuple") ? throw n.Error("as_tuple can't be exported") : n.E("Transpose", [n.E("NonZero", [n.T(n.First)])], ("perm", new long[] { 1, 0 })), "nonzero");
        t.Add(static n => n.E("Compress", [n.E("Reshape", [n.T(n.First), n.I([-1L])]), n.E("Reshape", [n.T("mask"), n.I([-1L])])]), "masked_select");
        t.Add(static n => n.E("OneHot", [n.T(n.First), n.To.Constant(n.Int("num_classes") is > 0 and var c ? c : throw n.Error("the number of classes must be given")), n.To.Constant(Tensor.From([0L, 1]))]), "nn.functional.one_hot");
        t.Add(static n =>
        {
            var index = n.IntList(n["index"]);
            var update = n.E("Unsqueeze", [n.T("src"), n.I(n.Int("dim"))]);
            return Along(n, index, update, n.Int("dim"));
        }, "select_scatter");
        t.Add(static n => Along(n, Flat(n), n.T("source"), n.Int("dim")), "index_copy");
        t.Add(static n => Along(n, Flat(n), n.Const("alpha") is 1L or 1.0 ? n.T("source") : n.E("Mul", [n.T("source"), n.As(n["alpha"], n.DType(n.First))]), n.Int("dim"), "add"), "index_add");
        t.Add(static n => Along(n, Flat(n), n.T("source"), n.Int("dim"), n.Bool("include_self") ? n.Text("reduce") switch { "prod" => "mul", "amax" => "max", "amin" => "min", var r => throw n.Error($"reduction '{r}' can't be exported") }
            : throw n.Error("include_self=False can't be exported")), "index_reduce");
        t.Do(static n =>
        {
            if (!n.Bool("sort")) throw n.Error("unsorted results can't be exported");
            var dim = n.IntOrNull("dim");
            var r = n.Es("Unique", 4, [n.T(n.First)], ("axis", dim), ("sorted", 1L));
            n.Set(0, r[0]);
            n.Set(1, dim is null ? n.E("Reshape", [r[2], n.E("Shape", [n.T(n.First)])]) : r[2]);
            n.Set(2, r[3]);
        }, "_unique");
    }

    static string Flat(ExportNode n) => n.E("Reshape", [n.As(n["index"], DType.Int64), n.I([-1L])]);

    /// <summary>Writes slices along an axis: to the front, scattered, and back.</summary>
    static string Along(ExportNode n, string index, string update, long dim, string? reduction = null)
    {
        var rank = n.Rank(n.First);
        if (dim < 0) dim += rank;
        var perm = Enumerable.Range(0, rank).Select(static i => (long)i).ToArray();
        (perm[0], perm[dim]) = (dim, 0);
        string Turn(string x) => dim == 0 ? x : n.E("Transpose", [x], ("perm", perm));
        return Turn(n.E("ScatterND", [Turn(n.T(n.First)), n.E("Unsqueeze", [index, n.I([-1L])]), Turn(update)], ("reduction", reduction)));
    }

    static string Scatter(ExportNode n, Operand? source, string reduce)
    {
        var index = n.As(n["index"], DType.Int64);
        var d = n.DType(n.First);
        var updates = source is { } s ? n.As(s, d) : n.E("Expand", [n.As(n["value"], d), n.E("Shape", [index])]);
        var reduction = reduce switch { "none" => "none", "sum" or "add" => "add", "prod" or "multiply" => "mul", "amax" => "max", "amin" => "min", _ => throw n.Error($"reduction '{reduce}' can't be exported") };
        if (!n.Try("include_self").IsNone && !n.Bool("include_self")) throw n.Error("include_self=False can't be exported");
        return reduction == "none" ? n.E("ScatterElements", [n.T(n.First), index, updates], ("axis", n.Int("dim"))) : n.E("ScatterElements", [n.T(n.First), index, updates], ("axis", n.Int("dim")), ("reduction", reduction));
    }

    /// <summary>One index is a gather; several next to each other, after their axes came to the front, a gather of slices; a mask compresses.</summary>
    static string Index(ExportNode n)
    {
        var indices = n["indices"].List ?? throw n.Error("the list of indices must be known");
        var given = indices.Select((o, i) => (Operand: o, Axis: i)).Where(static p => !p.Operand.IsNone).ToArray();
        if (given.Length == 0) return n.T(n.First);
        if (given.Length == 1)
        {
            var (o, axis) = given[0];
            if (n.DType(o) == DType.Bool)
            {
                if (n.Rank(o) == 1) return n.E("Compress", [n.T(n.First), n.T(o)], ("axis", (long)axis));
                if (axis == 0) return n.E("GatherND", [n.T(n.First), n.E("Transpose", [n.E("NonZero", [n.T(o)])], ("perm", new long[] { 1, 0 }))]);
                throw n.Error("a mask of several axes must come first");
            }
            return n.E("Gather", [n.T(n.First), n.T(o)], ("axis", (long)axis));
        }
        if (given[0].Axis != 0 || given[^1].Axis != given.Length - 1) throw n.Error("several indices must be those of the first axes; permute the tensor before");
        return n.E("GatherND", [n.T(n.First), Columns(n, [.. given.Select(static g => g.Operand)])]);
    }

    /// <summary>Indices of several axes, broadcast against each other, as rows.</summary>
    static string Columns(ExportNode n, Operand[] indices)
    {
        var sum = n.As(indices[0], DType.Int64);
        foreach (var i in indices.Skip(1)) sum = n.E("Add", [sum, n.As(i, DType.Int64)]);
        var shape = n.E("Shape", [sum]);
        return n.E("Concat", indices.Select(i => n.E("Unsqueeze", [n.E("Expand", [n.As(i, DType.Int64), shape]), n.I([-1L])])).ToArray(), ("axis", -1L));
    }

    static string IndexPut(ExportNode n)
    {
        var indices = n["indices"].List ?? throw n.Error("the list of indices must be known");
        if (indices.Any(static i => i.IsNone)) throw n.Error("indices must be those of the first axes; permute the tensor before");
        var accumulate = n.Bool("accumulate");
        var d = n.DType(n.First);
        if (indices.Count == 1 && n.DType(indices[0]) == DType.Bool)
        {
            if (accumulate || n.To.TypeOf(n["values"]) is not TensorType { Shape.Count: 0 }) throw n.Error("with a mask only one number can be written; use MaskedFill or Where");
            return n.E("Where", [n.T(indices[0]), n.As(n["values"], d), n.T(n.First)]);
        }
        var rows = Columns(n, [.. indices]);
        var shape = n.E("Concat", [n.E("Slice", [n.E("Shape", [rows]), n.I([0L]), n.I([-1L])]), n.E("Slice", [n.E("Shape", [n.T(n.First)]), n.I(indices.Count), n.I(long.MaxValue)])], ("axis", 0L));
        var updates = n.E("Expand", [n.As(n["values"], d), shape]);
        return accumulate ? n.E("ScatterND", [n.T(n.First), rows, updates], ("reduction", "add")) : n.E("ScatterND", [n.T(n.First), rows, updates]);
    }
}
