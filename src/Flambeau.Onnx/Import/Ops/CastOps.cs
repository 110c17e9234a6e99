namespace Flambeau.OnnxFormat;

/// <summary>Between element types.</summary>
internal static class CastOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Cast", 6, static n => Cast(n[0], (ElementType)n.Int("to"), n.Int("saturate", 1) != 0, n.Text("round_mode", "up"), n));
        t.Add("CastLike", 15, static n => Cast(n[0], n[1].Type, n.Int("saturate", 1) != 0, n.Text("round_mode", "up"), n));
        t.Add("BitCast", 26, BitCast);
    }

    internal static Item Cast(Item x, ElementType to, bool saturate, string round, OnnxNode n)
    {
        if (x.Type == to) return x;
        if (ElementTypes.Carrier(to) is not { } dtype) throw n.Error($"elements of type {to} are not supported");
        if (to == ElementType.Int64 && x is { Ints: not null, Constant: null }) return x;
        if (SmallFloat.Of(to) is { } small) return Round(x.To(DType.Float32), small, saturate, round).As(to).Sized(x.Dims);
        if (ElementTypes.IsNative(to)) return x.Op("to", dtype).As(to).Sized(x.Dims);
        var whole = x.IsFloat ? x.Op("to", DType.Int64).As(ElementType.Int64) : x;
        return ArithmeticOps.Wrap(whole, to).Sized(x.Dims);
    }

    /// <summary>The nearest value of a small float, ties to even; what is too large becomes the largest, an infinity or NaN.</summary>
    internal static Item Round(Item x, SmallFloat f, bool saturate, string round)
    {
        if (!f.HasSign) return Power(x, f, saturate, round);
        var parts = x.Importer.Call("frexp", x);
        var least = 1 - f.Bias;
        var exponent = (parts[1].As(ElementType.Int32) - 1L).Op("clamp_min", least) - (long)f.Mantissa;
        var step = x.Op("ones_like").Op("ldexp", exponent);
        var q = x.Op("div", step).Op("round") * step;
        var max = f.Decode((1 << (f.Exponent + f.Mantissa)) - (f.HasInfinity ? 1 << f.Mantissa : f.HasNan && !f.Unsigned0 ? 1 : 0) - 1);
        var over = q.Op("abs").Op("gt", (double)max);
        var isInf = x.Op("isinf");
        var limit = x.Op("sign") * (double)max;
        if (!f.HasNan) q = q.Op("clamp", -(double)max, (double)max);
        else
        {
            var beyond = f.HasInfinity ? x.Op("sign") * double.PositiveInfinity : x.Op("full_like", double.NaN);
            q = q.Op("masked_fill", isInf, 0.0).Importer.Call("_where", over, saturate ? limit : beyond, q)[0];
            q = x.Importer.Call("_where", isInf, saturate ? limit : beyond, q)[0];
        }
        if (f.Unsigned0) q = q + 0.0;
        return x.Importer.Call("_where", x.Op("isnan"), x.Op("full_like", f.HasNan ? double.NaN : -0.0), q)[0].As(ElementType.Float);
    }

    /// <summary>The type that has powers of two only.</summary>
    static Item Power(Item x, SmallFloat f, bool saturate, string round)
    {
        var parts = x.Importer.Call("frexp", x);
        var exponent = parts[1].As(ElementType.Int32) - 1L;
        var mantissa = parts[0].As(ElementType.Float);
        if (round == "up") exponent = exponent + mantissa.Op("gt", 0.5).As(ElementType.Bool);
        else if (round == "nearest") exponent = exponent + mantissa.Op("ge", 0.75).As(ElementType.Bool);
        var over = exponent.Op("gt", 127L);
        var y = x.Op("ones_like").Op("ldexp", exponent.Op("clamp", -(long)f.Bias, 127L));
        var nan = x.Op("full_like", double.NaN);
        if (!saturate) y = x.Importer.Call("_where", over, nan, y)[0];
        y = y.Op("masked_fill", x.Op("eq", 0L), Math.Pow(2, -f.Bias));
        return x.Importer.Call("_where", x.Op("isnan"), nan, y)[0].As(ElementType.Float);
    }

    static Item BitCast(OnnxNode n)
    {
        var (x, to) = (n[0], (ElementType)n.Int("to"));
        if (ElementTypes.Bits(x.Type) != ElementTypes.Bits(to) || ElementTypes.Bits(to) < 8) throw n.Error($"from {x.Type} to {to}: both must have the same number of bits, 8 or more");
        var carried = !ElementTypes.IsNative(x.Type);
        if (SmallFloat.Of(x.Type) is not null || SmallFloat.Of(to) is not null) throw n.Error($"from {x.Type} to {to} is not supported");
        var same = ElementTypes.Bits(x.Type) switch { 16 => DType.Int16, 32 => DType.Int32, 64 => DType.Int64, _ => x.DType };
        if (carried) x = x.Op("to", same).As(ElementTypes.Of(same));
        if (ElementTypes.IsNative(to)) return (x.DType == ElementTypes.Carrier(to) ? x : x.Op("view", ElementTypes.Carrier(to)!.Value)).As(to).Sized(n[0].Dims);
        if (x.DType != same) x = x.Op("view", same).As(ElementTypes.Of(same));
        return ArithmeticOps.Wrap(x, to).Sized(n[0].Dims);
    }
}
