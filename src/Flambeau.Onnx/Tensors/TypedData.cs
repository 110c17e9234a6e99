using System.Runtime.InteropServices;

namespace Flambeau.OnnxFormat;

/// <summary>Elements in the fields for numbers of one type.</summary>
internal static class TypedData
{
    internal static Tensor Read(TensorProto p, long count, long[] sizes, DType dtype) => p.DataType switch
    {
        ElementType.Float => Tensor.From(Take(p, p.FloatData, count), sizes),
        ElementType.Complex64 => Tensor.From<Complex64>(MemoryMarshal.Cast<float, Complex64>(Take(p, p.FloatData, 2 * count)), sizes),
        ElementType.Double => Tensor.From(Take(p, p.DoubleData, count), sizes),
        ElementType.Complex128 => Tensor.From<System.Numerics.Complex>(MemoryMarshal.Cast<double, System.Numerics.Complex>(Take(p, p.DoubleData, 2 * count)), sizes),
        ElementType.Int64 => Tensor.From(Take(p, p.Int64Data, count), sizes),
        ElementType.UInt32 or ElementType.UInt64 => TensorCodec.Carry(Array.ConvertAll(Take(p, p.UInt64Data, count), static v => (long)v), sizes, p.DataType, dtype, OnnxException.Quote(p.Name)),
        ElementType.Float16 => Tensor.From(Array.ConvertAll(Take(p, p.Int32Data, count), static v => BitConverter.UInt16BitsToHalf((ushort)v)), sizes),
        ElementType.BFloat16 => Tensor.From(Array.ConvertAll(Take(p, p.Int32Data, count), static v => BitConverter.Int32BitsToSingle(v << 16)), sizes).To(DType.BFloat16),
        var t when ElementTypes.IsNative(t) => Tensor.From(Take(p, p.Int32Data, count), sizes).To(dtype),
        var t => TensorCodec.Carry(Patterns(p, t, count), sizes, t, dtype, OnnxException.Quote(p.Name)),
    };

    /// <summary>Elements of fewer than 8 bits share an int; others have one each.</summary>
    static long[] Patterns(TensorProto p, ElementType type, long count)
    {
        var bits = ElementTypes.Bits(type);
        if (bits >= 8) return Array.ConvertAll(Take(p, p.Int32Data, count), v => v & (1L << bits) - 1);
        var packed = Take(p, p.Int32Data, (count * bits + 7) / 8);
        var patterns = new long[count];
        for (var i = 0; i < count; i++) patterns[i] = packed[i * bits / 8] >> (i * bits % 8) & ((1 << bits) - 1);
        return patterns;
    }

    static T[] Take<T>(TensorProto p, Google.Protobuf.Collections.RepeatedField<T> data, long count)
    {
        if (data.Count == count) return [.. data];
        throw new OnnxException($"tensor {OnnxException.Quote(p.Name)} of shape [{string.Join(", ", p.Dims)}] and type {p.DataType} has {data.Count:N0} elements in its field; expected {count:N0}");
    }
}
