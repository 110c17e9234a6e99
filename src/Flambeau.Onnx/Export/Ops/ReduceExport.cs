using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Reductions, running sums, sorting.</summary>
internal static class ReduceExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => Reduce(n, "ReduceSum", n.As(n.First, n.ResultType())), "sum");
        t.Add(static n => Reduce(n, "ReduceMean", n.As(n.First, n.ResultType())), "mean");
        t.Add(static n => Reduce(n, "ReduceMax", n.T(n.First)), "amax");
        t.Add(static n => Reduce(n, "ReduceMin", n.T(n.First)), "amin");
        t.Add(static n => Reduce(n, "ReduceProd", n.As(n.First, n.ResultType())), "prod");
        t.Add(static n => Reduce(n, "ReduceLogSumExp", n.T(n.First)), "logsumexp", "special.logsumexp");
        t.Add(static n => n.Cast(Reduce(n, "ReduceMax", n.Cast(n.As(n.First, DType.Bool), DType.Bool, DType.Int32)), DType.Int32, DType.Bool), "any");
        t.Add(static n => n.Cast(Reduce(n, "ReduceMin", n.Cast(n.As(n.First, DType.Bool), DType.Bool, DType.Int32)), DType.Int32, DType.Bool), "all");
        t.Add(static n => Arg(n, "ArgMax"), "argmax");
        t.Add(static n => Arg(n, "ArgMin"), "argmin");
        t.Do(static n => Extreme(n, "Max"), "max");
        t.Do(static n => Extreme(n, "Min"), "min");
        t.Add(static n => Variance(n, false), "var");
        t.Add(static n => Variance(n, true), "std");
        t.Add(static n => n.Const("ord") is 2L or 2.0 or null ? Reduce(n, "ReduceL2", n.As(n.First, n.ResultType())) : n.Const("ord") is 1L or 1.0 ? Reduce(n, "ReduceL1", n.As(n.First, n.ResultType())) : throw n.Error("only the norms 1 and 2 can be exported"), "linalg.vector_norm", "linalg.norm");
        t.Add(static n => n.Const("p") is 2L or 2.0 or null or "fro" ? Reduce(n, "ReduceL2", n.As(n.First, n.ResultType())) : n.Const("p") is 1L or 1.0 ? Reduce(n, "ReduceL1", n.As(n.First, n.ResultType())) : throw n.Error("only the norms 1 and 2 can be exported"), "norm");
        t.Add(static n => n.E("CumSum", [n.As(n.First, n.ResultType()), n.T2(n["dim"])], ("reverse", !n.Try("reverse").IsNone && n.Bool("reverse") ? 1L : null)), "cumsum", "_cumsum");
        t.Do(static n =>
        {
            var both = n.Es("TopK", 2, [n.T(n.First), n.IntList(n["k"])], ("axis", n.Int("dim")), ("largest", n.Bool("largest") ? 1L : 0L), ("sorted", 1L));
            n.Set(0, both[0]);
            n.Set(1, both[1]);
        }, "topk");
        t.Do(static n =>
        {
            var both = Sorted(n);
            n.Set(0, both[0]);
            n.Set(1, both[1]);
        }, "sort");
        t.Add(static n => Sorted(n)[1], "argsort");
        t.Add(static n => Reduce(n, "ReduceSum", n.Cast(n.As(n.First, DType.Bool), DType.Bool, DType.Int64)), "count_nonzero");
    }

    /// <summary>Axes are an attribute before version 18, except for sums.</summary>
    internal static string Over(ExportNode n, string op, string x, long[]? axes, bool keep)
    {
        var kept = ("keepdims", (object?)(keep ? 1L : 0L));
        if (axes is null || axes.Length == 0) return n.E(op, [x], kept);
        return n.Opset >= 18 || op == "ReduceSum" ? n.E(op, [x, n.I(axes)], kept) : n.E(op, [x], ("axes", axes), kept);
    }

    static string Reduce(ExportNode n, string op, string x)
    {
        if (n.Try("dim") is not { IsConstant: false } dim) return Static(n, op, x);
        if (n.Opset < 18 && op != "ReduceSum") throw n.Error("axes that are computed when the graph runs need opset 18");
        return n.E(op, [x, n.IntList(dim)], ("keepdims", n.Bool("keepdim") ? 1L : 0L));
    }

    static string Static(ExportNode n, string op, string x) => Over(n, op, x, n.Try("dim").IsNone ? null : n.Ints("dim"), !n.Try("keepdim").IsNone && n.Bool("keepdim"));

    static string Arg(ExportNode n, string op)
    {
        var keep = n.Bool("keepdim");
        var x = n.DType(n.First) == DType.Bool ? n.As(n.First, DType.Int32) : n.T(n.First);
        if (n.IntOrNull("dim") is { } dim) return n.E(op, [x], ("axis", dim), ("keepdims", keep ? 1L : 0L));
        return n.E(op, [n.E("Reshape", [x, n.I([-1L])])], ("axis", 0L), ("keepdims", 0L));
    }

    /// <summary>Of all elements, along an axis with its place, or of two tensors.</summary>
    static void Extreme(ExportNode n, string which)
    {
        if (!n.Try("other").IsNone) n.Set(0, n.E(which, [n.As(n.First, n.ResultType()), n.As(n["other"], n.ResultType())]));
        else if (n.Try("dim").IsNone) n.Set(0, Over(n, "Reduce" + which, n.T(n.First), null, false));
        else
        {
            n.Set(0, Over(n, "Reduce" + which, n.T(n.First), [n.Int("dim")], n.Bool("keepdim")));
            n.Set(1, n.E("Arg" + which, [n.T(n.First)], ("axis", n.Int("dim")), ("keepdims", n.Bool("keepdim") ? 1L : 0L)));
        }
    }

    static string Variance(ExportNode n, bool root)
    {
        var d = n.ResultType();
        var axes = n.Ints("dim") is { Length: > 0 } a ? a : null;
        var x = n.T(n.First);
        var centred = n.E("Sub", [x, Over(n, "ReduceMean", x, axes, true)]);
        var squares = n.E("Mul", [centred, centred]);
        var keep = n.Bool("keepdim");
        var correction = n.Try("unbiased") is { IsNone: false } ? n.Bool("unbiased") ? 1 : 0 : n.Const("correction") is { } c ? Convert.ToDouble(c, System.Globalization.CultureInfo.InvariantCulture) : 1;
        string v;
        if (correction == 0) v = Over(n, "ReduceMean", squares, axes, keep);
        else
        {
            var shape = n.E("Shape", [x]);
            var count = n.E("ReduceProd", [axes is null ? shape : n.E("Gather", [shape, n.I(Wrapped(n, axes))])], ("keepdims", 0L));
            v = n.E("Div", [Over(n, "ReduceSum", squares, axes, keep), n.E("Sub", [n.Cast(count, DType.Int64, d), n.C(correction, d)])]);
        }
        return root ? n.E("Sqrt", [v]) : v;
    }

    static long[] Wrapped(ExportNode n, long[] axes) => axes.Any(static a => a < 0) ? [.. axes.Select(a => a < 0 ? a + n.Rank(n.First) : a)] : axes;

    static string[] Sorted(ExportNode n)
    {
        var dim = n.Int("dim");
        return n.Es("TopK", 2, [n.T(n.First), n.SizeAt(n.T(n.First), dim)], ("axis", dim), ("largest", n.Bool("descending") ? 1L : 0L), ("sorted", 1L));
    }
}
