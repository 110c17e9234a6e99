using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Flambeau.OnnxFormat;

/// <summary>Element types of the format.</summary>
public enum ElementType
{
    Undefined = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    Complex64 = 14,
    Complex128 = 15,
    BFloat16 = 16,
    Float8E4M3FN = 17,
    Float8E4M3FNUZ = 18,
    Float8E5M2 = 19,
    Float8E5M2FNUZ = 20,
    UInt4 = 21,
    Int4 = 22,
    Float4E2M1 = 23,
    Float8E8M0 = 24,
    UInt2 = 25,
    Int2 = 26,
}

/// <summary>A tensor with its elements, or with the place of a file where they are.</summary>
public sealed class TensorProto : Message<TensorProto>
{
    /// <summary>Sizes of the axes.</summary>
    public RepeatedField<long> Dims { get; } = [];
    /// <summary>Element type.</summary>
    public ElementType DataType { get; set; }
    /// <summary>Which part of a tensor of several parts.</summary>
    public SegmentProto? Segment { get; set; }
    /// <summary>Elements of float and complex64.</summary>
    public RepeatedField<float> FloatData { get; } = [];
    /// <summary>Elements of types up to 32 bits; floats of 16 bits and less by their bits.</summary>
    public RepeatedField<int> Int32Data { get; } = [];
    /// <summary>Elements of strings.</summary>
    public RepeatedField<ByteString> StringData { get; } = [];
    /// <summary>Elements of int64.</summary>
    public RepeatedField<long> Int64Data { get; } = [];
    /// <summary>What it is called.</summary>
    public string Name { get; set; } = "";
    /// <summary>Elements one after the other, little-endian.</summary>
    public ByteString? RawData { get; set; }
    /// <summary>Elements of double and complex128.</summary>
    public RepeatedField<double> DoubleData { get; } = [];
    /// <summary>Elements of uint32 and uint64.</summary>
    public RepeatedField<ulong> UInt64Data { get; } = [];
    /// <summary>Text for readers.</summary>
    public string DocString { get; set; } = "";
    /// <summary>For elements in a file: <c>location</c>, <c>offset</c>, <c>length</c>, <c>checksum</c>.</summary>
    public RepeatedField<StringStringEntryProto> ExternalData { get; } = [];
    /// <summary>1 for elements in a file.</summary>
    public long DataLocation { get; set; }
    /// <summary>Further facts by name.</summary>
    public RepeatedField<StringStringEntryProto> MetadataProps { get; } = [];

    private protected override void Visit(Fields f)
    {
        f.Longs(1, Dims);
        DataType = (ElementType)f.Long(2, (long)DataType);
        Segment = f.Message(3, Segment);
        f.Packed(4, FloatData);
        f.Packed(5, Int32Data);
        f.Bytes(6, StringData);
        f.Packed(7, Int64Data);
        Name = f.Text(8, Name);
        RawData = f.Bytes(9, RawData);
        f.Packed(10, DoubleData);
        f.Packed(11, UInt64Data);
        DocString = f.Text(12, DocString);
        f.Messages(13, ExternalData);
        DataLocation = f.Long(14, DataLocation);
        f.Messages(16, MetadataProps);
    }
}

/// <summary>A part of a tensor.</summary>
public sealed class SegmentProto : Message<SegmentProto>
{
    /// <summary>First element.</summary>
    public long Begin { get; set; }
    /// <summary>One past the last.</summary>
    public long End { get; set; }

    private protected override void Visit(Fields f)
    {
        Begin = f.Long(1, Begin);
        End = f.Long(2, End);
    }
}

/// <summary>A tensor of which only some elements are given; the others are 0.</summary>
public sealed class SparseTensorProto : Message<SparseTensorProto>
{
    /// <summary>The elements, of shape [n].</summary>
    public TensorProto? Values { get; set; }
    /// <summary>Where they are: of shape [n], numbers into the flat tensor, or [n, rank].</summary>
    public TensorProto? Indices { get; set; }
    /// <summary>Sizes of the axes.</summary>
    public RepeatedField<long> Dims { get; } = [];

    private protected override void Visit(Fields f)
    {
        Values = f.Message(1, Values);
        Indices = f.Message(2, Indices);
        f.Longs(3, Dims);
    }
}
