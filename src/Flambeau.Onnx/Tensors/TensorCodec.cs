using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Flambeau.OnnxFormat;

/// <summary>Between the format's tensors and Flambeau's.</summary>
public static class TensorCodec
{
    /// <summary>Elements of a dense tensor that a sparse one may stand for.</summary>
    const long MaxSparse = 1L << 28;

    /// <summary>The tensor of a message; see <see cref="ElementTypes"/> for the dtype.</summary>
    /// <param name="proto">The message.</param>
    /// <param name="folder">Where the model lies; files of external data must be in it. Null refuses external data.</param>
    /// <exception cref="OnnxException">Sizes, type and data don't agree, or the data can't be read.</exception>
    public static Tensor Read(TensorProto proto, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(proto);
        var name = OnnxException.Quote(proto.Name);
        var type = proto.DataType;
        if (ElementTypes.Carrier(type) is not { } dtype)
            throw new OnnxException($"tensor {name} has elements of type {type}, of which Flambeau has no tensors; numbers and bools are supported");
        if (proto.Segment is not null) throw new OnnxException($"tensor {name} is given in segments, which is not supported; write it whole");
        var sizes = Sizes(proto.Dims, name);
        var count = sizes.Aggregate(1L, static (a, b) => a * b);
        var bytes = checked(count * ElementTypes.Bits(type) + 7) / 8;
        if (proto.DataLocation == 1)
        {
            var data = ExternalData.Open(proto, bytes, folder);
            if (ElementTypes.IsNative(type) && type != ElementType.Bool) return data.Map(sizes, dtype);
            return Decode(data.ReadAll(), sizes, type, dtype, name);
        }
        if (proto.RawData is { } raw)
        {
            if (raw.Length != bytes) throw new OnnxException($"tensor {name} of shape [{string.Join(", ", sizes)}] and type {type} has {raw.Length:N0} bytes of data; expected {bytes:N0}");
            return Decode(raw.Span, sizes, type, dtype, name);
        }
        return TypedData.Read(proto, count, sizes, dtype);
    }

    /// <summary>The dense tensor of a sparse one.</summary>
    /// <exception cref="OnnxException">Sizes, indices and values don't agree, or the dense tensor has more than 2²⁸ elements.</exception>
    public static Tensor Read(SparseTensorProto proto, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(proto);
        if (proto.Values is not { } v || proto.Indices is not { } i) throw new OnnxException("a sparse tensor lacks its values or indices");
        var name = OnnxException.Quote(v.Name);
        var sizes = Sizes(proto.Dims, name);
        var count = sizes.Aggregate(1L, static (a, b) => a * b);
        if (count > MaxSparse) throw new OnnxException($"sparse tensor {name} of shape [{string.Join(", ", sizes)}] would have {count:N0} elements as a dense one; {MaxSparse:N0} are read at most");
        var values = Read(v, folder);
        var indices = Read(i, folder);
        var n = values.Numel;
        if (indices.DType != DType.Int64 || values.Rank != 1 || !(indices.Rank == 1 && indices.Numel == n || indices.Rank == 2 && indices.Size(0) == n && indices.Size(1) == sizes.Length))
            throw new OnnxException($"sparse tensor {name} has values of shape {values.Shape} and indices of shape {indices.Shape} and type {i.DataType}; expected [n] and int64 [n] or [n, {sizes.Length}]");
        var at = indices.ToArray<long>();
        var flat = new long[n];
        for (var k = 0; k < n; k++)
        {
            long f = at[k];
            if (indices.Rank == 2)
            {
                f = 0;
                for (var d = 0; d < sizes.Length; d++)
                {
                    var x = at[k * sizes.Length + d];
                    f = x >= 0 && x < sizes[d] ? f * sizes[d] + x : count;
                    if (f >= count) break;
                }
            }
            flat[k] = f >= 0 && f < count ? f : throw new OnnxException($"sparse tensor {name} has an index outside of shape [{string.Join(", ", sizes)}]");
        }
        return Tensor.Zeros([count], values.DType).Scatter(0, Tensor.From(flat), values).Reshape(sizes);
    }

    /// <summary>The message of a tensor, its elements in raw data.</summary>
    /// <param name="tensor">Of shape and dtype as they are written.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="type">A type that the tensor's dtype carries; by default the dtype's own.</param>
    public static TensorProto Write(Tensor tensor, string name = "", ElementType? type = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var proto = new TensorProto { Name = name, DataType = type ?? ElementTypes.Of(tensor.DType) };
        proto.Dims.AddRange(tensor.Shape.ToArray());
        proto.RawData = UnsafeByteOperations.UnsafeWrap(Bytes(tensor, proto.DataType));
        return proto;
    }

    /// <summary>Elements one after the other as the format stores them.</summary>
    public static byte[] Bytes(Tensor tensor) => Bytes(tensor, ElementTypes.Of((tensor ?? throw new ArgumentNullException(nameof(tensor))).DType));

    /// <summary>Elements one after the other as the format stores them.</summary>
    internal static byte[] Bytes(Tensor tensor, ElementType type)
    {
        var t = tensor.Detach().To(Device.Cpu).Contiguous();
        if (ElementTypes.Carrier(type) != t.DType) throw new OnnxException($"a tensor of {t.DType.Name()} can't be written with elements of type {type}");
        if (ElementTypes.IsNative(type))
        {
            var bytes = Raw(t).ToArray();
            GC.KeepAlive(t);
            Ordered(bytes, type);
            return bytes;
        }
        var bits = ElementTypes.Bits(type);
        var result = new byte[(t.Numel * bits + 7) / 8];
        var small = SmallFloat.Of(type);
        var floats = small is null ? [] : t.ToArray<float>();
        var longs = small is null ? t.ToArray<long>() : [];
        for (var i = 0; i < t.Numel; i++)
        {
            var v = small is { } s ? s.Encode(floats[i]) : longs[i];
            if (bits >= 8) for (var b = 0; b < bits / 8; b++) result[i * (bits / 8) + b] = (byte)(v >> (8 * b));
            else result[i * bits / 8] |= (byte)((v & ((1 << bits) - 1)) << (i * bits % 8));
        }
        return result;
    }

    internal static long[] Sizes(IReadOnlyList<long> dims, string name)
    {
        if (dims.Count > 64) throw new OnnxException($"tensor {name} has {dims.Count} axes; 64 are read at most");
        long count = 1;
        foreach (var d in dims)
        {
            if (d < 0) throw new OnnxException($"tensor {name} has shape [{string.Join(", ", dims)}]; sizes can't be negative");
            if (count != 0 && d != 0 && d > (1L << 40) / count) throw new OnnxException($"tensor {name} has shape [{string.Join(", ", dims)}], more elements than any memory holds");
            count *= d;
        }
        return [.. dims];
    }

    static Tensor Decode(ReadOnlySpan<byte> data, long[] sizes, ElementType type, DType dtype, string name)
    {
        if (ElementTypes.IsNative(type))
        {
            var t = Tensor.Empty(sizes, dtype);
            var to = Raw(t);
            data.CopyTo(to);
            if (type == ElementType.Bool) for (var i = 0; i < to.Length; i++) to[i] = to[i] != 0 ? (byte)1 : (byte)0;
            Ordered(to, type);
            GC.KeepAlive(t);
            return t;
        }
        var count = sizes.Aggregate(1L, static (a, b) => a * b);
        var values = new long[count];
        var bits = ElementTypes.Bits(type);
        for (var i = 0; i < count; i++)
        {
            values[i] = bits switch
            {
                16 => BinaryPrimitives.ReadUInt16LittleEndian(data[(2 * i)..]),
                32 => BinaryPrimitives.ReadUInt32LittleEndian(data[(4 * i)..]),
                64 => BinaryPrimitives.ReadInt64LittleEndian(data[(8 * i)..]),
                8 => data[i],
                _ => data[(int)((long)i * bits / 8)] >> (i * bits % 8) & ((1 << bits) - 1),
            };
        }
        return Carry(values, sizes, type, dtype, name);
    }

    /// <summary>Bit patterns of a type that Flambeau lacks, as the values of its carrier.</summary>
    internal static Tensor Carry(long[] patterns, long[] sizes, ElementType type, DType dtype, string name)
    {
        if (SmallFloat.Of(type) is { } small) return Tensor.From(Array.ConvertAll(patterns, p => small.Decode((int)p)), sizes);
        if (type is ElementType.Int4 or ElementType.Int2)
        {
            var shift = type == ElementType.Int4 ? 60 : 62;
            patterns = Array.ConvertAll(patterns, p => p << shift >> shift);
        }
        if (type == ElementType.UInt64 && Array.Exists(patterns, static p => p < 0))
            throw new OnnxException($"tensor {name} has uint64 elements of 2^63 and more, which int64, by which they are carried, can't hold");
        return Tensor.From(patterns, sizes).To(dtype);
    }

    internal static Span<byte> Raw(Tensor t) => t.DType switch
    {
        DType.Bool => MemoryMarshal.AsBytes(t.AsSpan<bool>()),
        DType.UInt8 => t.AsSpan<byte>(),
        DType.Int8 => MemoryMarshal.AsBytes(t.AsSpan<sbyte>()),
        DType.Int16 => MemoryMarshal.AsBytes(t.AsSpan<short>()),
        DType.Int32 => MemoryMarshal.AsBytes(t.AsSpan<int>()),
        DType.Int64 => MemoryMarshal.AsBytes(t.AsSpan<long>()),
        DType.Float16 => MemoryMarshal.AsBytes(t.AsSpan<Half>()),
        DType.BFloat16 => MemoryMarshal.AsBytes(t.AsSpan<BFloat16>()),
        DType.Float32 => MemoryMarshal.AsBytes(t.AsSpan<float>()),
        DType.Float64 => MemoryMarshal.AsBytes(t.AsSpan<double>()),
        DType.Complex64 => MemoryMarshal.AsBytes(t.AsSpan<Complex64>()),
        _ => MemoryMarshal.AsBytes(t.AsSpan<System.Numerics.Complex>()),
    };

    /// <summary>The format is little-endian.</summary>
    internal static Span<byte> Ordered(Span<byte> bytes, ElementType type)
    {
        var size = type switch { ElementType.Complex64 => 4, ElementType.Complex128 => 8, _ => ElementTypes.Bits(type) / 8 };
        if (BitConverter.IsLittleEndian || size == 1) return bytes;
        for (var i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
        return bytes;
    }
}
