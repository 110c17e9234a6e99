using Google.Protobuf.Collections;

namespace Flambeau.OnnxFormat;

/// <summary>A value's name and type.</summary>
public sealed class ValueInfoProto : Message<ValueInfoProto>
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";
    /// <summary>Its type.</summary>
    public TypeProto? Type { get; set; }
    /// <summary>Text for readers.</summary>
    public string DocString { get; set; } = "";
    /// <summary>Further facts by name.</summary>
    public RepeatedField<StringStringEntryProto> MetadataProps { get; } = [];

    private protected override void Visit(Fields f)
    {
        Name = f.Text(1, Name);
        Type = f.Message(2, Type);
        DocString = f.Text(3, DocString);
        f.Messages(4, MetadataProps);
    }
}

/// <summary>A type: one of its members is set.</summary>
public sealed class TypeProto : Message<TypeProto>
{
    /// <summary>A tensor.</summary>
    public TensorTypeProto? TensorType { get; set; }
    /// <summary>A list.</summary>
    public ElementTypeProto? SequenceType { get; set; }
    /// <summary>Values by key.</summary>
    public MapTypeProto? MapType { get; set; }
    /// <summary>What it means, in words of the format.</summary>
    public string Denotation { get; set; } = "";
    /// <summary>A sparse tensor.</summary>
    public TensorTypeProto? SparseTensorType { get; set; }
    /// <summary>A value or nothing.</summary>
    public ElementTypeProto? OptionalType { get; set; }

    private protected override void Visit(Fields f)
    {
        TensorType = f.Message(1, TensorType);
        SequenceType = f.Message(4, SequenceType);
        MapType = f.Message(5, MapType);
        Denotation = f.Text(6, Denotation);
        SparseTensorType = f.Message(8, SparseTensorType);
        OptionalType = f.Message(9, OptionalType);
    }
}

/// <summary>A tensor's type.</summary>
public sealed class TensorTypeProto : Message<TensorTypeProto>
{
    /// <summary>Element type.</summary>
    public ElementType ElemType { get; set; }
    /// <summary>Sizes; null if even their number is unknown.</summary>
    public TensorShapeProto? Shape { get; set; }

    private protected override void Visit(Fields f)
    {
        ElemType = (ElementType)f.Long(1, (long)ElemType);
        Shape = f.Message(2, Shape);
    }
}

/// <summary>The type of a sequence or of an optional value.</summary>
public sealed class ElementTypeProto : Message<ElementTypeProto>
{
    /// <summary>Type of what is in it.</summary>
    public TypeProto? ElemType { get; set; }

    private protected override void Visit(Fields f) => ElemType = f.Message(1, ElemType);
}

/// <summary>The type of a map.</summary>
public sealed class MapTypeProto : Message<MapTypeProto>
{
    /// <summary>Type of the keys.</summary>
    public ElementType KeyType { get; set; }
    /// <summary>Type of the values.</summary>
    public TypeProto? ValueType { get; set; }

    private protected override void Visit(Fields f)
    {
        KeyType = (ElementType)f.Long(1, (long)KeyType);
        ValueType = f.Message(2, ValueType);
    }
}

/// <summary>Sizes of axes.</summary>
public sealed class TensorShapeProto : Message<TensorShapeProto>
{
    /// <summary>One for each axis.</summary>
    public RepeatedField<DimensionProto> Dim { get; } = [];

    private protected override void Visit(Fields f) => f.Messages(1, Dim);
}

/// <summary>A size: a number, a name, or unknown.</summary>
public sealed class DimensionProto : Message<DimensionProto>
{
    /// <summary>The number.</summary>
    public long? DimValue { get; set; }
    /// <summary>The name: equal names are equal sizes.</summary>
    public string? DimParam { get; set; }
    /// <summary>What the axis means, in words of the format.</summary>
    public string Denotation { get; set; } = "";

    private protected override void Visit(Fields f)
    {
        DimValue = f.LongOrNull(1, DimValue);
        DimParam = f.TextOrNull(2, DimParam);
        Denotation = f.Text(3, Denotation);
    }
}

/// <summary>A list as a file of its own, as test data has them.</summary>
public sealed class SequenceProto : Message<SequenceProto>
{
    /// <summary>What it is called.</summary>
    public string Name { get; set; } = "";
    /// <summary>1 tensor, 2 sparse tensor, 3 sequence, 4 map, 5 optional.</summary>
    public long ElemType { get; set; }
    /// <summary>Tensors.</summary>
    public RepeatedField<TensorProto> TensorValues { get; } = [];
    /// <summary>Sequences.</summary>
    public RepeatedField<SequenceProto> SequenceValues { get; } = [];
    /// <summary>Optional values.</summary>
    public RepeatedField<OptionalProto> OptionalValues { get; } = [];

    private protected override void Visit(Fields f)
    {
        Name = f.Text(1, Name);
        ElemType = f.Long(2, ElemType);
        f.Messages(3, TensorValues);
        f.Messages(5, SequenceValues);
        f.Messages(7, OptionalValues);
    }
}

/// <summary>A value or nothing as a file of its own.</summary>
public sealed class OptionalProto : Message<OptionalProto>
{
    /// <summary>What it is called.</summary>
    public string Name { get; set; } = "";
    /// <summary>0 nothing, 1 tensor, 2 sparse tensor, 3 sequence, 4 map, 5 optional.</summary>
    public long ElemType { get; set; }
    /// <summary>A tensor.</summary>
    public TensorProto? TensorValue { get; set; }
    /// <summary>A sequence.</summary>
    public SequenceProto? SequenceValue { get; set; }

    private protected override void Visit(Fields f)
    {
        Name = f.Text(1, Name);
        ElemType = f.Long(2, ElemType);
        TensorValue = f.Message(3, TensorValue);
        SequenceValue = f.Message(5, SequenceValue);
    }
}
