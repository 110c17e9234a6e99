using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Reductions.</summary>
internal static class ReduceOps
{
    internal static void Add(OpTable t)
    {
        Reduce("ReduceSum", 13, Sum);
        Reduce("ReduceMean", 18, static (x, d, k) => x.IsFloat ? x.Op("mean", d, k) : x.To(DType.Float64).Op("mean", d, k).Op("to", x.DType));
        Reduce("ReduceMax", 18, static (x, d, k) => Extreme(x, d, k, "amax"));
        Reduce("ReduceMin", 18, static (x, d, k) => Extreme(x, d, k, "amin"));
        Reduce("ReduceProd", 18, Product);
        Reduce("ReduceL1", 18, static (x, d, k) => Sum(x.Op("abs"), d, k));
        Reduce("ReduceL2", 18, static (x, d, k) => Sum(x * x, d, k) is var s && x.IsFloat ? s.Op("sqrt") : s.To(DType.Float64).Op("sqrt").Op("to", x.DType));
        Reduce("ReduceLogSum", 18, static (x, d, k) => Sum(x, d, k).Op("log"));
        Reduce("ReduceLogSumExp", 18, static (x, d, k) => x.IsFloat && !Empty(x, d) ? x.Op("logsumexp", d.IsNone ? All(x) : d, k) : Sum(x.Op("exp"), d, k).Op("log"));
        Reduce("ReduceSumSquare", 18, static (x, d, k) => Sum(x * x, d, k));
        t.Add("ArgMax", 1, static n => Arg(n, "argmax"));
        t.Add("ArgMin", 1, static n => Arg(n, "argmin"));

        void Reduce(string op, long dynamic, Func<Item, Operand, bool, Item> make)
        {
            t.Add(op, 1, n => Make(n, n.Ints("axes") is { } a ? Operand.Of(a) : Operand.None, make));
            t.Add(op, dynamic, n => Make(n, n.Try(1) is { } a ? a.IntList : n.Ints("axes") is { } attribute ? Operand.Of(attribute) : Operand.None, make));
        }
    }

    static Item Make(OnnxNode n, Operand axes, Func<Item, Operand, bool, Item> make)
    {
        var x = n[0];
        var keep = n.Int("keepdims", 1) != 0;
        var none = axes.IsNone || axes.List is { Count: 0 };
        if (none && n.Int("noop_with_empty_axes", 0) != 0) return make == (Func<Item, Operand, bool, Item>)Sum || n.Proto.OpType is "ReduceMean" or "ReduceMax" or "ReduceMin" or "ReduceProd" ? x : Elementwise(n.Proto.OpType, x);
        // Axes that are data: which they are, and what an empty list means, is asked of our op when it runs, where it has a list of axes.
        if (axes.List is null && !none && n.Version >= 13 && (n.Proto.OpType is "ReduceProd" or "ReduceMax" or "ReduceMin" || n.Int("noop_with_empty_axes", 0) != 0)) throw n.Unknown(n[1], "the axes");
        if (axes.List is null && !none) return make(x, axes, keep).As(x.Type);
        if (x is { Elements: { Count: > 0 } e, Constant: null } && n.Proto.OpType == "ReduceProd") return n.Ints(Operand.Of([n.Importer.Product(e)]), !keep);
        return make(x, none ? Operand.None : axes, keep).As(x.Type).Sized(Dims(x, none ? (Operand?)null : axes, keep));
    }

    static Item Elementwise(string op, Item x) => op switch
    {
        "ReduceL1" or "ReduceL2" => x.Op("abs"),
        "ReduceLogSum" => x.Op("log"),
        "ReduceSumSquare" => x * x,
        _ => x,
    };

    internal static IReadOnlyList<Dim>? Dims(Item x, Operand? axes, bool keep)
    {
        if (x.Dims is not { } dims) return null;
        if (axes is { IsConstant: false }) return null;
        var gone = axes?.List?.Select(o => (int)(long)o.Constant!).Select(a => a < 0 ? a + dims.Count : a).ToHashSet();
        return [.. dims.Select((d, i) => gone?.Contains(i) != false ? (keep ? 1 : (Dim?)null) : d).OfType<Dim>()];
    }

    static Operand All(Item x) => Operand.Of(Enumerable.Range(0, x.Rank ?? throw new ArgumentException("the number of axes must be known when the model is imported")).Select(static i => (long)i).ToArray());

    static Item Sum(Item x, Operand dims, bool keep) => x.Op("sum", dims, keep, new Kw("dtype", x.DType));

    static Item Product(Item x, Operand dims, bool keep)
    {
        var list = (dims.IsNone ? All(x) : dims).List?.Select(o => (long)o.Constant!).Select(a => a < 0 ? a + (x.Rank ?? 0) : a).Distinct().OrderDescending()
            ?? throw new ArgumentException("the axes must be constant");
        foreach (var d in list) x = x.Op("prod", d, keep, new Kw("dtype", x.DType)).As(x.Type);
        return x;
    }

    static bool Empty(Item x, Operand dims) => x.Dims is { } sizes && (dims.List ?? Operand.Of(Enumerable.Range(0, sizes.Count).Cast<object>()).List!).Any(o =>
        o.Known() is { } a && sizes[(int)(a < 0 ? a + sizes.Count : a)].Size == 0);

    /// <summary>The extreme of nothing is the least or greatest number.</summary>
    static Item Extreme(Item x, Operand dims, bool keep, string op)
    {
        if (!Empty(x, dims)) return x.Op(op, dims.IsNone ? Operand.Of(Array.Empty<long>()) : dims, keep);
        var sizes = Dims(x, dims.IsNone ? (Operand?)null : dims, keep)!.Select(static d => d.Size ?? throw new ArgumentException("sizes around an empty axis must be known")).ToArray();
        object value = x.DType switch
        {
            DType.Bool => op == "amin",
            DType.UInt8 => op == "amin" ? 255L : 0L,
            DType.Int8 => op == "amin" ? 127L : -128L,
            DType.Int32 => op == "amin" ? (long)int.MaxValue : int.MinValue,
            DType.Int64 => op == "amin" ? long.MaxValue : long.MinValue,
            _ => op == "amin" ? double.PositiveInfinity : double.NegativeInfinity,
        };
        return x.Importer.Call("full", sizes, value, new Kw("dtype", x.DType))[0];
    }

    static Item Arg(OnnxNode n, string op)
    {
        var x = n[0];
        var axis = n.Int("axis", 0);
        var keep = n.Int("keepdims", 1) != 0;
        var dims = Dims(x, Operand.Of(new[] { axis }), keep);
        if (n.Int("select_last_index", 0) == 0) return x.Op(op, axis, keep).As(ElementType.Int64).Sized(dims);
        var last = n.Importer.Minus(x.Size((int)axis), 1);
        var flipped = x.Op("flip", new[] { axis }).Op(op, axis, keep).As(ElementType.Int64);
        return flipped.Op("neg").Op("add", last).As(ElementType.Int64).Sized(dims);
    }
}
