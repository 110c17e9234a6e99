using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Types of our graphs as types of the format: numbers are tensors without axes, lists of integers tensors of one axis.</summary>
internal static class TypeWriter
{
    internal static TypeProto Write(GraphType type, string name)
    {
        if (type == GraphType.Int) return Tensor(ElementType.Int64, []);
        if (type == GraphType.Float || type == GraphType.Scalar) return Tensor(ElementType.Double, []);
        if (type == GraphType.Bool) return Tensor(ElementType.Bool, []);
        return type switch
        {
            TensorType { Type: { } d } t => Tensor(ElementTypes.Of(d), t.Shape),
            ListType { Element: TensorType e } => new() { SequenceType = new() { ElemType = Write(e with { Shape = null }, name) } },
            ListType l when l.Element == GraphType.Int => Tensor(ElementType.Int64, [default]),
            ListType l when l.Element == GraphType.Float => Tensor(ElementType.Double, [default]),
            OptionalType o => new() { OptionalType = new() { ElemType = Write(o.Element, name) } },
            TensorType => throw new OnnxException($"the dtype of '{name}' isn't known; give example inputs to Onnx.Export"),
            _ => throw new OnnxException($"'{name}' is {type}, which ONNX has no type for; tensors, numbers, bools, and lists of tensors or integers can be exported"),
        };
    }

    static TypeProto Tensor(ElementType type, IReadOnlyList<Dim>? dims)
    {
        var t = new TensorTypeProto { ElemType = type };
        if (dims is not null)
        {
            t.Shape = new();
            foreach (var d in dims) t.Shape.Dim.Add(new DimensionProto { DimValue = d.Size, DimParam = d.Name });
        }
        return new() { TensorType = t };
    }
}
