namespace Flambeau.OnnxFormat;

/// <summary>A float of at most 8 bits by its fields, and whether it has infinities and a negative zero.</summary>
internal readonly record struct SmallFloat(int Exponent, int Mantissa, int Bias, bool HasSign, bool HasInfinity, bool Unsigned0, bool HasNan)
{
    internal static SmallFloat? Of(ElementType type) => type switch
    {
        ElementType.Float8E4M3FN => new(4, 3, 7, true, false, false, true),
        ElementType.Float8E4M3FNUZ => new(4, 3, 8, true, false, true, true),
        ElementType.Float8E5M2 => new(5, 2, 15, true, true, false, true),
        ElementType.Float8E5M2FNUZ => new(5, 2, 16, true, false, true, true),
        ElementType.Float4E2M1 => new(2, 1, 1, true, false, false, false),
        ElementType.Float8E8M0 => new(8, 0, 127, false, false, false, true),
        _ => null,
    };

    /// <summary>The value of these bits.</summary>
    internal float Decode(int bits)
    {
        if (!HasSign) return bits == 0xFF ? float.NaN : MathF.ScaleB(1, bits - Bias);
        var sign = bits >> (Exponent + Mantissa) & 1;
        var e = bits >> Mantissa & ((1 << Exponent) - 1);
        var m = bits & ((1 << Mantissa) - 1);
        if (Unsigned0 && sign == 1 && e == 0 && m == 0) return float.NaN;
        if (HasNan && !Unsigned0 && e == (1 << Exponent) - 1)
        {
            if (HasInfinity) return m != 0 ? float.NaN : sign == 1 ? float.NegativeInfinity : float.PositiveInfinity;
            if (m == (1 << Mantissa) - 1) return float.NaN;
        }
        var v = e == 0 ? MathF.ScaleB(m, 1 - Bias - Mantissa) : MathF.ScaleB(1 + (float)m / (1 << Mantissa), e - Bias);
        return sign == 1 ? -v : v;
    }

    /// <summary>The bits of a value that this type has.</summary>
    internal int Encode(float value)
    {
        for (var bits = 0; bits < 1 << (Exponent + Mantissa + (HasSign ? 1 : 0)); bits++)
        {
            if (BitConverter.SingleToInt32Bits(Decode(bits)) == BitConverter.SingleToInt32Bits(value)) return bits;
        }
        return float.IsNaN(value) ? Nan : value == 0 ? 0 : throw new OnnxException($"{value} is no value of this float of {1 + Exponent + Mantissa} bits; cast it first");
    }

    int Nan => !HasSign ? 0xFF : Unsigned0 ? 0x80 : 0x7F;
}
