using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Between numbers and small integers or floats with a scale.</summary>
internal static class QuantizeOps
{
    internal static void Add(OpTable t)
    {
        t.Add("QuantizeLinear", 10, static n => QuantizeLinear(n));
        t.Add("DequantizeLinear", 10, DequantizeLinear);
        t.Many("DynamicQuantizeLinear", 11, Dynamic);
        t.Add("QLinearMatMul", 10, static n =>
        {
            var a = (LinearOps.Centred(n[0], n[2], -2).To(DType.Float64) * Rows(n[1])).As(ElementType.Double);
            var b = (LinearOps.Centred(n[3], n[5], -1).To(DType.Float64) * n[4].To(DType.Float64)).As(ElementType.Double);
            return Quantize(n.Op("matmul", a, b).As(ElementType.Double), n[6].To(DType.Float64), n[7]);
        });
    }

    static Item Rows(Item scale) => scale is { Rank: 1 } && scale.Dims![0].Size != 1 ? scale.To(DType.Float64).Op("unsqueeze", -1) : scale.To(DType.Float64);

    /// <summary>Rounded to even, moved by the zero point, and held to the type's range.</summary>
    internal static Item Quantize(Item x, Item scale, Item zero)
    {
        var (min, max) = Range(zero.Type);
        return ((x / scale).Op("round") + zero.To(DType.Float64)).Op("clamp", min, max).Op("to", zero.DType).As(zero.Type).Sized(x.Dims);
    }

    static (double, double) Range(ElementType type) => type switch
    {
        ElementType.UInt8 => (0, 255),
        ElementType.Int8 => (-128, 127),
        ElementType.UInt16 => (0, 65535),
        ElementType.Int16 => (-32768, 32767),
        ElementType.UInt4 => (0, 15),
        ElementType.Int4 => (-8, 7),
        ElementType.UInt2 => (0, 3),
        ElementType.Int2 => (-2, 1),
        _ => (int.MinValue, int.MaxValue),
    };

    /// <summary>A scale or zero point in the input's shape: one number, one for each place of an axis, or one for each block.</summary>
    static Item Spread(OnnxNode n, Item x, Item v)
    {
        var block = n.Int("block_size", 0);
        var rank = n.Rank(x);
        var axis = (int)n.Int("axis", 1);
        if (axis < 0) axis += rank;
        if (block > 0) return v.Op("repeat_interleave", block, axis).Op("narrow", axis, 0, x.Size(axis)).As(v.Type);
        if (v.Rank == 1 && v.Dims![0].Size != 1) return v.Op("reshape", Enumerable.Range(0, rank).Select(d => d == axis ? -1L : 1L).ToArray()).As(v.Type);
        return v.Rank == 1 ? v.Op("reshape", Array.Empty<long>()).As(v.Type) : v;
    }

    static Item QuantizeLinear(OnnxNode n)
    {
        var x = n[0];
        var type = n.Try(2)?.Type ?? (n.Int("output_dtype", 0) is var o && o != 0 ? (ElementType)o : ElementType.UInt8);
        var wide = x.To(DType.Float32) / Spread(n, x, n[1]).To(DType.Float32);
        var zero = n.Try(2) is { } z ? Spread(n, x, z) : null;
        if (SmallFloat.Of(type) is { } small)
        {
            if (zero is not null) wide = wide + zero.To(DType.Float32);
            return CastOps.Round(wide.As(ElementType.Float), small, n.Int("saturate", 1) != 0, "up").As(type).Sized(x.Dims);
        }
        var (min, max) = Range(type);
        var q = wide.As(ElementType.Float).Op("round");
        if (zero is not null) q = q + zero.To(DType.Float32);
        return q.Op("clamp", min, max).Op("to", ElementTypes.Carrier(type)!.Value).As(type).Sized(x.Dims);
    }

    static Item DequantizeLinear(OnnxNode n)
    {
        var x = n[0];
        var type = n.Int("output_dtype", 0) is var o && o != 0 ? (ElementType)o : n[1].Type;
        var wide = x.DType.IsFloat() ? x.To(DType.Float32) : x.To(DType.Int32).Sized(x.Dims);
        if (n.Try(2) is { } z) wide = wide - Spread(n, x, z).To(wide.DType);
        return (wide.As(ElementType.Float).Op("to", DType.Float32) * Spread(n, x, n[1]).To(DType.Float32)).Op("to", ElementTypes.Carrier(type)!.Value).As(type).Sized(x.Dims);
    }

    static Item?[] Dynamic(OnnxNode n)
    {
        var x = n[0];
        var (low, high) = (x.Op("min").Op("clamp_max", 0.0), x.Op("max").Op("clamp_min", 0.0));
        var scale = (high - low) / 255.0;
        var zero = (low.Op("neg") / scale).Op("round").Op("clamp", 0, 255);
        var y = ((x / scale).Op("round") + zero).Op("clamp", 0, 255).Op("to", DType.UInt8).As(ElementType.UInt8).Sized(x.Dims);
        return [y, scale.As(ElementType.Float).Sized([]), zero.Op("to", DType.UInt8).As(ElementType.UInt8).Sized([])];
    }
}
