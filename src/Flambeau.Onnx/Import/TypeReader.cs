using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Types of the format as types of our graphs.</summary>
internal static class TypeReader
{
    /// <summary>The type, its elements', sizes if it is a tensor, and whether it is something else.</summary>
    internal static (GraphType Type, ElementType Element, IReadOnlyList<Dim>? Dims, bool Other) Read(TypeProto? type, string name)
    {
        if (type?.TensorType is { } t)
        {
            if (ElementTypes.Carrier(t.ElemType) is not { } dtype) throw new OnnxException($"value {OnnxException.Quote(name)} has elements of type {t.ElemType}, of which Flambeau has no tensors");
            var dims = Dims(t.Shape);
            return (new TensorType(dtype, dims), t.ElemType, dims, false);
        }
        if (type?.SequenceType is { } s)
        {
            var (inner, element, _, _) = Read(s.ElemType, name);
            return (new ListType(inner is TensorType tensor ? tensor with { Shape = null } : inner), element, null, true);
        }
        if (type?.OptionalType is { } o)
        {
            var (inner, element, _, _) = Read(o.ElemType, name);
            return (new OptionalType(inner), element, null, true);
        }
        throw new OnnxException($"value {OnnxException.Quote(name)} has no type that Flambeau knows; tensors, sequences and optional values of these are supported");
    }

    internal static IReadOnlyList<Dim>? Dims(TensorShapeProto? shape) =>
        shape is null ? null : [.. shape.Dim.Select(static d => d.DimValue is { } v ? new Dim(v) : d.DimParam is { Length: > 0 } p ? new Dim(Name(p)) : default)];

    /// <summary>A name that the text form of graphs can hold.</summary>
    static string Name(string s)
    {
        var name = string.Concat(s.Select(static c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));
        return char.IsAsciiDigit(name[0]) ? "_" + name : name;
    }
}
