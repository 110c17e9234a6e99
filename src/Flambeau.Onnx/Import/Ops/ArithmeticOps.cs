using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Arithmetic and bits. Unsigned types that a wider type carries wrap as they would.</summary>
internal static class ArithmeticOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Add", 7, static n => Two(n, "add", IntMath.Plus));
        t.Add("Sub", 7, static n => Two(n, "sub", IntMath.Minus));
        t.Add("Mul", 7, static n => Two(n, "mul", IntMath.Times));
        t.Add("Div", 7, static n => n[0].IsFloat ? Two(n, "div", null) : Ints(n, n[0], n[1], IntMath.Over) ?? Wrap(n[0].Op("div", n[1], new Kw("rounding_mode", "trunc")), n[0].Type).Sized(ElementwiseOps.Broadcast(n[0], n[1])));
        t.Add("Pow", 7, Pow);
        t.Add("Mod", 10, static n => n.Op(n.Int("fmod", 0) != 0 ? "fmod" : "remainder", n[0], n[1]).Sized(ElementwiseOps.Broadcast(n[0], n[1])));
        foreach (var (onnx, ours) in new[] { ("Max", "maximum"), ("Min", "minimum"), ("Sum", "add") })
        {
            t.Add(onnx, 6, n => Fold(n, ours));
        }
        t.Add("Mean", 6, static n => Fold(n, "add") / (double)n.Count);
        foreach (var (onnx, ours) in new[] { ("BitwiseAnd", "bitwise_and"), ("BitwiseOr", "bitwise_or"), ("BitwiseXor", "bitwise_xor") })
        {
            t.Add(onnx, 18, n => n.Op(ours, n[0], n[1]).Sized(ElementwiseOps.Broadcast(n[0], n[1])));
        }
        t.Add("BitwiseNot", 18, static n => Wrap(n[0].Op("bitwise_not"), n[0].Type).Sized(n[0].Dims));
        t.Add("BitShift", 11, static n => Wrap(n.Op(n.Text("direction", "") == "LEFT" ? "bitwise_left_shift" : "bitwise_right_shift", n[0], n[1]), n[0].Type).Sized(ElementwiseOps.Broadcast(n[0], n[1])));
        t.Add("Clip", 6, static n => Clip(n[0], n.Has("min") ? n.Float("min", 0) : null, n.Has("max") ? n.Float("max", 0) : null));
        t.Add("Clip", 11, static n =>
        {
            var (min, max) = (n.Try(1), n.Try(2));
            if (min is null && max is null) return n[0];
            return (min is null or { Number: not null }) && (max is null or { Number: not null }) ? Clip(n[0], min?.Number, max?.Number) : n[0].Op("clamp", min, max).As(n[0].Type).Sized(n[0].Dims);
        });
    }

    internal static Item Clip(Item x, double? min, double? max)
    {
        object? Bound(double? v) => v is { } b && !x.IsFloat ? b <= long.MinValue || b >= long.MaxValue ? null : (long)b : v;
        var (lo, hi) = (Bound(min), Bound(max));
        return lo is null && hi is null ? x : x.Op("clamp", lo, hi).As(x.Type).Sized(x.Dims);
    }

    static Item Two(OnnxNode n, string op, Func<Importer, Operand, Operand, Operand>? ints)
    {
        var (a, b) = (n[0], n[1]);
        if (ints is not null && Ints(n, a, b, ints) is { } list) return list;
        return Wrap(a.Op(op, Number(a, b)), a.Type).Sized(ElementwiseOps.Broadcast(a, b));
    }

    /// <summary>A 0-d constant as a number, where that doesn't change the result's shape or dtype.</summary>
    static object Number(Item a, Item b) => a.IsFloat && a.Type == b.Type && b is { Rank: 0, Number: { } v } && double.IsFinite(v) && a.Rank > 0 ? v : b;

    /// <summary>Arithmetic of sizes.</summary>
    static Item? Ints(OnnxNode n, Item a, Item b, Func<Importer, Operand, Operand, Operand> op)
    {
        if (a.Type != ElementType.Int64 || b.Type != ElementType.Int64 || a.Elements is not { } x || b.Elements is not { } y || (a.Constant is not null && b.Constant is not null)) return null;
        if (x.Count != y.Count && x.Count != 1 && y.Count != 1) return null;
        var count = Math.Max(x.Count, y.Count);
        if (x.Count == 0 || y.Count == 0 || count > 16) return null;
        return n.Ints(Operand.Of(Enumerable.Range(0, count).Select(i => op(n.Importer, x[x.Count == 1 ? 0 : i], y[y.Count == 1 ? 0 : i]))), a.Rank == 0 && b.Rank == 0);
    }

    static Item Fold(OnnxNode n, string op)
    {
        var r = n[0];
        for (var i = 1; i < n.Count; i++) r = Wrap(r.Op(op, n[i]), n[0].Type).Sized(ElementwiseOps.Broadcast(r, n[i]));
        return r;
    }

    static Item Pow(OnnxNode n)
    {
        var (x, y) = (n[0], n[1]);
        var dims = ElementwiseOps.Broadcast(x, y);
        if (x.IsFloat && y is { Number: { } v } && y.Rank is 0 && x.Rank > 0) return x.Op("pow", v).Sized(dims);
        if (x.Type == y.Type) return x.Op("pow", y).Sized(dims);
        if (x.IsFloat) return x.Op("pow", y.To(x.DType)).Sized(dims);
        return x.To(DType.Float64).Op("pow", y.To(DType.Float64)).Op("to", x.DType).As(x.Type).Sized(dims);
    }

    /// <summary>The bits that the type has.</summary>
    internal static Item Wrap(Item x, ElementType type)
    {
        var bits = ElementTypes.Bits(type);
        var carrier = ElementTypes.Carrier(type);
        if (ElementTypes.IsNative(type) || carrier is null || carrier.Value.IsFloat() || bits == 64) return x.As(type);
        var wide = x.DType == DType.Int64 ? x : x.Op("to", DType.Int64);
        var mask = (1L << bits) - 1;
        var low = wide.Op("bitwise_and", mask);
        if (type is ElementType.Int4 or ElementType.Int2)
        {
            var half = 1L << (bits - 1);
            low = low.Op("bitwise_xor", half) - half;
        }
        return low.Op("to", carrier.Value).As(type).Sized(x.Dims);
    }
}
