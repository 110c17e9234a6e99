namespace Flambeau.OnnxFormat;

/// <summary>
/// Element types and the dtypes that carry them. Types Flambeau has no tensors of are carried by a type that holds all their values: uint16 by int32,
/// uint32 and uint64 by int64, integers of 2 and 4 bits by (u)int8, floats of 4 and 8 bits by float32.
/// </summary>
public static class ElementTypes
{
    /// <summary>The dtype that holds elements of this type; null for strings and unknown types.</summary>
    public static DType? Carrier(ElementType type) => type switch
    {
        ElementType.Float or ElementType.Float8E4M3FN or ElementType.Float8E4M3FNUZ or ElementType.Float8E5M2 or ElementType.Float8E5M2FNUZ
            or ElementType.Float4E2M1 or ElementType.Float8E8M0 => DType.Float32,
        ElementType.UInt8 or ElementType.UInt4 or ElementType.UInt2 => DType.UInt8,
        ElementType.Int8 or ElementType.Int4 or ElementType.Int2 => DType.Int8,
        ElementType.Int16 => DType.Int16,
        ElementType.Int32 or ElementType.UInt16 => DType.Int32,
        ElementType.Int64 or ElementType.UInt32 or ElementType.UInt64 => DType.Int64,
        ElementType.Bool => DType.Bool,
        ElementType.Float16 => DType.Float16,
        ElementType.BFloat16 => DType.BFloat16,
        ElementType.Double => DType.Float64,
        ElementType.Complex64 => DType.Complex64,
        ElementType.Complex128 => DType.Complex128,
        _ => null,
    };

    /// <summary>The type of a dtype's own elements.</summary>
    public static ElementType Of(DType dtype) => dtype switch
    {
        DType.Bool => ElementType.Bool,
        DType.UInt8 => ElementType.UInt8,
        DType.Int8 => ElementType.Int8,
        DType.Int16 => ElementType.Int16,
        DType.Int32 => ElementType.Int32,
        DType.Int64 => ElementType.Int64,
        DType.Float16 => ElementType.Float16,
        DType.BFloat16 => ElementType.BFloat16,
        DType.Float32 => ElementType.Float,
        DType.Float64 => ElementType.Double,
        DType.Complex64 => ElementType.Complex64,
        _ => ElementType.Complex128,
    };

    /// <summary>Whether the dtype is the type itself, not a carrier.</summary>
    public static bool IsNative(ElementType type) => Carrier(type) is { } d && Of(d) == type;

    /// <summary>Bits of an element as the format stores it; 0 for strings and unknown types.</summary>
    public static int Bits(ElementType type) => type switch
    {
        ElementType.UInt2 or ElementType.Int2 => 2,
        ElementType.UInt4 or ElementType.Int4 or ElementType.Float4E2M1 => 4,
        ElementType.Float8E4M3FN or ElementType.Float8E4M3FNUZ or ElementType.Float8E5M2 or ElementType.Float8E5M2FNUZ or ElementType.Float8E8M0 => 8,
        ElementType.UInt16 => 16,
        ElementType.UInt32 => 32,
        ElementType.UInt64 => 64,
        _ => Carrier(type) is { } d ? 8 * d.Size() : 0,
    };
}
