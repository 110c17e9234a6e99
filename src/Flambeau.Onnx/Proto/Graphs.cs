using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Flambeau.OnnxFormat;

/// <summary>A file: a graph, and which versions of the operator sets its nodes mean.</summary>
public sealed class ModelProto : Message<ModelProto>
{
    /// <summary>Version of the format.</summary>
    public long IrVersion { get; set; }
    /// <summary>The program that wrote it.</summary>
    public string ProducerName { get; set; } = "";
    /// <summary>The program's version.</summary>
    public string ProducerVersion { get; set; } = "";
    /// <summary>Name space of the graph's name.</summary>
    public string Domain { get; set; } = "";
    /// <summary>The model's own version.</summary>
    public long ModelVersion { get; set; }
    /// <summary>Text for readers.</summary>
    public string DocString { get; set; } = "";
    /// <summary>What is computed.</summary>
    public GraphProto? Graph { get; set; }
    /// <summary>Operator sets; one for each domain.</summary>
    public RepeatedField<OperatorSetIdProto> OpsetImport { get; } = [];
    /// <summary>Further facts by name.</summary>
    public RepeatedField<StringStringEntryProto> MetadataProps { get; } = [];
    /// <summary>How it is trained.</summary>
    public RepeatedField<TrainingInfoProto> TrainingInfo { get; } = [];
    /// <summary>Operators that the model defines itself.</summary>
    public RepeatedField<FunctionProto> Functions { get; } = [];

    private protected override void Visit(Fields f)
    {
        IrVersion = f.Long(1, IrVersion);
        ProducerName = f.Text(2, ProducerName);
        ProducerVersion = f.Text(3, ProducerVersion);
        Domain = f.Text(4, Domain);
        ModelVersion = f.Long(5, ModelVersion);
        DocString = f.Text(6, DocString);
        Graph = f.Message(7, Graph);
        f.Messages(8, OpsetImport);
        f.Messages(14, MetadataProps);
        f.Messages(20, TrainingInfo);
        f.Messages(25, Functions);
    }
}

/// <summary>Nodes in an order in which they can run.</summary>
public sealed class GraphProto : Message<GraphProto>
{
    /// <summary>Steps.</summary>
    public RepeatedField<NodeProto> Node { get; } = [];
    /// <summary>What it is called.</summary>
    public string Name { get; set; } = "";
    /// <summary>Constants by name; values of inputs that aren't given.</summary>
    public RepeatedField<TensorProto> Initializer { get; } = [];
    /// <summary>Text for readers.</summary>
    public string DocString { get; set; } = "";
    /// <summary>What it takes.</summary>
    public RepeatedField<ValueInfoProto> Input { get; } = [];
    /// <summary>What it gives.</summary>
    public RepeatedField<ValueInfoProto> Output { get; } = [];
    /// <summary>Types of values in between.</summary>
    public RepeatedField<ValueInfoProto> ValueInfo { get; } = [];
    /// <summary>How values were quantized.</summary>
    public RepeatedField<TensorAnnotation> QuantizationAnnotation { get; } = [];
    /// <summary>Sparse constants.</summary>
    public RepeatedField<SparseTensorProto> SparseInitializer { get; } = [];
    /// <summary>Further facts by name.</summary>
    public RepeatedField<StringStringEntryProto> MetadataProps { get; } = [];

    private protected override void Visit(Fields f)
    {
        f.Messages(1, Node);
        Name = f.Text(2, Name);
        f.Messages(5, Initializer);
        DocString = f.Text(10, DocString);
        f.Messages(11, Input);
        f.Messages(12, Output);
        f.Messages(13, ValueInfo);
        f.Messages(14, QuantizationAnnotation);
        f.Messages(15, SparseInitializer);
        f.Messages(16, MetadataProps);
    }
}

/// <summary>One call of an operator.</summary>
public sealed class NodeProto : Message<NodeProto>
{
    /// <summary>Names of the values it takes; an empty name for one left out.</summary>
    public RepeatedField<string> Input { get; } = [];
    /// <summary>Names of the values it gives; an empty name for one nobody wants.</summary>
    public RepeatedField<string> Output { get; } = [];
    /// <summary>What it is called; need not be unique.</summary>
    public string Name { get; set; } = "";
    /// <summary>The operator.</summary>
    public string OpType { get; set; } = "";
    /// <summary>Arguments known beforehand.</summary>
    public RepeatedField<AttributeProto> Attribute { get; } = [];
    /// <summary>Text for readers.</summary>
    public string DocString { get; set; } = "";
    /// <summary>The operator's name space; empty for ONNX's own.</summary>
    public string Domain { get; set; } = "";
    /// <summary>Which of several functions of one name.</summary>
    public string Overload { get; set; } = "";
    /// <summary>Further facts by name.</summary>
    public RepeatedField<StringStringEntryProto> MetadataProps { get; } = [];

    private protected override void Visit(Fields f)
    {
        f.Texts(1, Input);
        f.Texts(2, Output);
        Name = f.Text(3, Name);
        OpType = f.Text(4, OpType);
        f.Messages(5, Attribute);
        DocString = f.Text(6, DocString);
        Domain = f.Text(7, Domain);
        Overload = f.Text(8, Overload);
        f.Messages(9, MetadataProps);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(Domain.Length > 0 ? Domain + "." : "")}{OpType}({string.Join(", ", Input)}) -> {string.Join(", ", Output)}";
}

/// <summary>An operator made of others.</summary>
public sealed class FunctionProto : Message<FunctionProto>
{
    /// <summary>The operator it defines.</summary>
    public string Name { get; set; } = "";
    /// <summary>Names of what it takes.</summary>
    public RepeatedField<string> Input { get; } = [];
    /// <summary>Names of what it gives.</summary>
    public RepeatedField<string> Output { get; } = [];
    /// <summary>Names of attributes without default.</summary>
    public RepeatedField<string> Attribute { get; } = [];
    /// <summary>Steps.</summary>
    public RepeatedField<NodeProto> Node { get; } = [];
    /// <summary>Text for readers.</summary>
    public string DocString { get; set; } = "";
    /// <summary>Operator sets its nodes mean.</summary>
    public RepeatedField<OperatorSetIdProto> OpsetImport { get; } = [];
    /// <summary>Its name space.</summary>
    public string Domain { get; set; } = "";
    /// <summary>Attributes with their defaults.</summary>
    public RepeatedField<AttributeProto> AttributeProto { get; } = [];
    /// <summary>Types of values in between.</summary>
    public RepeatedField<ValueInfoProto> ValueInfo { get; } = [];
    /// <summary>Which of several functions of one name.</summary>
    public string Overload { get; set; } = "";
    /// <summary>Further facts by name.</summary>
    public RepeatedField<StringStringEntryProto> MetadataProps { get; } = [];

    private protected override void Visit(Fields f)
    {
        Name = f.Text(1, Name);
        f.Texts(4, Input);
        f.Texts(5, Output);
        f.Texts(6, Attribute);
        f.Messages(7, Node);
        DocString = f.Text(8, DocString);
        f.Messages(9, OpsetImport);
        Domain = f.Text(10, Domain);
        f.Messages(11, AttributeProto);
        f.Messages(12, ValueInfo);
        Overload = f.Text(13, Overload);
        f.Messages(14, MetadataProps);
    }
}

/// <summary>A version of the operators of a name space.</summary>
public sealed class OperatorSetIdProto : Message<OperatorSetIdProto>
{
    /// <summary>The name space; empty for ONNX's own.</summary>
    public string Domain { get; set; } = "";
    /// <summary>The version.</summary>
    public long Version { get; set; }

    private protected override void Visit(Fields f)
    {
        Domain = f.Text(1, Domain);
        Version = f.Long(2, Version);
    }
}

/// <summary>A name and what it stands for.</summary>
public sealed class StringStringEntryProto : Message<StringStringEntryProto>
{
    /// <summary>The name.</summary>
    public string Key { get; set; } = "";
    /// <summary>What it stands for.</summary>
    public string Value { get; set; } = "";

    private protected override void Visit(Fields f)
    {
        Key = f.Text(1, Key);
        Value = f.Text(2, Value);
    }
}

/// <summary>How a model is trained.</summary>
public sealed class TrainingInfoProto : Message<TrainingInfoProto>
{
    /// <summary>Computes first values.</summary>
    public GraphProto? Initialization { get; set; }
    /// <summary>Computes a step.</summary>
    public GraphProto? Algorithm { get; set; }
    /// <summary>Initializers and the outputs that replace them at the start.</summary>
    public RepeatedField<StringStringEntryProto> InitializationBinding { get; } = [];
    /// <summary>Initializers and the outputs that replace them in each step.</summary>
    public RepeatedField<StringStringEntryProto> UpdateBinding { get; } = [];

    private protected override void Visit(Fields f)
    {
        Initialization = f.Message(1, Initialization);
        Algorithm = f.Message(2, Algorithm);
        f.Messages(3, InitializationBinding);
        f.Messages(4, UpdateBinding);
    }
}

/// <summary>How a value was quantized.</summary>
public sealed class TensorAnnotation : Message<TensorAnnotation>
{
    /// <summary>The value.</summary>
    public string TensorName { get; set; } = "";
    /// <summary>Names of the tensors with scale and zero point.</summary>
    public RepeatedField<StringStringEntryProto> QuantParameterTensorNames { get; } = [];

    private protected override void Visit(Fields f)
    {
        TensorName = f.Text(1, TensorName);
        f.Messages(2, QuantParameterTensorNames);
    }
}
