namespace Flambeau.Graphs;

/// <summary>Whether values of graph types can be given for arguments of signatures.</summary>
internal static class SchemaFit
{
    internal static bool Fits(GraphType type, string element, bool list, bool optional)
    {
        if (type == GraphType.Any || element == "any") return true;
        if (optional && type == GraphType.None) return true;
        if (type is OptionalType o) return optional && Fits(o.Element, element, list, optional);
        if (list) return type is ListType l && (l.Element == GraphType.Any || Fits(l.Element, element, list: false, optional: true)) || type is TupleType t && t.Elements.All(e => Fits(e, element, list: false, optional: true));
        return element switch
        {
            "Tensor" => type is TensorType,
            "int" => type == GraphType.Int,
            "float" => type == GraphType.Float,
            "bool" => type == GraphType.Bool,
            "str" => type == GraphType.String,
            "dtype" => type == GraphType.DType,
            "Scalar" => type == GraphType.Scalar || type == GraphType.Int || type == GraphType.Float || type == GraphType.Bool,
            "index" => type is TensorType || type == GraphType.Int || type == GraphType.None,
            _ => false,
        };
    }

    /// <summary>Numbers stand for 0-d tensors and for reals.</summary>
    internal static bool Converts(GraphType type, string element) => element switch
    {
        "Tensor" => type == GraphType.Int || type == GraphType.Float || type == GraphType.Bool || type == GraphType.Scalar,
        "float" => type == GraphType.Int || type == GraphType.Bool || type == GraphType.Scalar,
        "int" => type == GraphType.Bool,
        _ => false,
    };
}
