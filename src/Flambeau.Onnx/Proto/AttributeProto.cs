using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Flambeau.OnnxFormat;

/// <summary>Which field of an attribute holds its value.</summary>
public enum AttributeType
{
    /// <summary>Not stated; read from the field that is there.</summary>
    Undefined = 0,
    Float = 1,
    Int = 2,
    String = 3,
    Tensor = 4,
    Graph = 5,
    Floats = 6,
    Ints = 7,
    Strings = 8,
    Tensors = 9,
    Graphs = 10,
    SparseTensor = 11,
    SparseTensors = 12,
    TypeProto = 13,
    TypeProtos = 14,
}

/// <summary>An argument of a node that is known beforehand.</summary>
public sealed class AttributeProto : Message<AttributeProto>
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";
    /// <summary>A number.</summary>
    public float? F { get; set; }
    /// <summary>An integer.</summary>
    public long? I { get; set; }
    /// <summary>Text, as UTF-8.</summary>
    public ByteString? S { get; set; }
    /// <summary>A tensor.</summary>
    public TensorProto? T { get; set; }
    /// <summary>A graph.</summary>
    public GraphProto? G { get; set; }
    /// <summary>Numbers.</summary>
    public RepeatedField<float> Floats { get; } = [];
    /// <summary>Integers.</summary>
    public RepeatedField<long> Ints { get; } = [];
    /// <summary>Texts.</summary>
    public RepeatedField<ByteString> Strings { get; } = [];
    /// <summary>Tensors.</summary>
    public RepeatedField<TensorProto> Tensors { get; } = [];
    /// <summary>Graphs.</summary>
    public RepeatedField<GraphProto> Graphs { get; } = [];
    /// <summary>Text for readers.</summary>
    public string DocString { get; set; } = "";
    /// <summary>A type.</summary>
    public TypeProto? Tp { get; set; }
    /// <summary>Types.</summary>
    public RepeatedField<TypeProto> TypeProtos { get; } = [];
    /// <summary>Which field counts.</summary>
    public AttributeType Type { get; set; }
    /// <summary>In functions: the attribute of the call whose value this takes.</summary>
    public string RefAttrName { get; set; } = "";
    /// <summary>A sparse tensor.</summary>
    public SparseTensorProto? SparseTensor { get; set; }
    /// <summary>Sparse tensors.</summary>
    public RepeatedField<SparseTensorProto> SparseTensors { get; } = [];

    private protected override void Visit(Fields f)
    {
        Name = f.Text(1, Name);
        F = f.Float(2, F);
        I = f.LongOrNull(3, I);
        S = f.Bytes(4, S);
        T = f.Message(5, T);
        G = f.Message(6, G);
        f.Floats(7, Floats);
        f.Longs(8, Ints);
        f.Bytes(9, Strings);
        f.Messages(10, Tensors);
        f.Messages(11, Graphs);
        DocString = f.Text(13, DocString);
        Tp = f.Message(14, Tp);
        f.Messages(15, TypeProtos);
        Type = (AttributeType)f.Long(20, (long)Type);
        RefAttrName = f.Text(21, RefAttrName);
        SparseTensor = f.Message(22, SparseTensor);
        f.Messages(23, SparseTensors);
    }
}
