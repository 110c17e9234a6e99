namespace Flambeau.Graphs;

/// <summary>What a value of a graph is.</summary>
public abstract record GraphType
{
    /// <summary>A tensor of which nothing more is known.</summary>
    public static readonly TensorType Tensor = new();

    /// <summary>A 64-bit integer.</summary>
    public static readonly GraphType Int = new PlainType("int");

    /// <summary>A double.</summary>
    public static readonly GraphType Float = new PlainType("float");

    /// <summary>True or false.</summary>
    public static readonly GraphType Bool = new PlainType("bool");

    /// <summary>Text.</summary>
    public static readonly GraphType String = new PlainType("str");

    /// <summary>An element type.</summary>
    public static readonly GraphType DType = new PlainType("dtype");

    /// <summary>A bool, an integer, a real or a complex number; which, is known when the graph runs.</summary>
    public static readonly GraphType Scalar = new PlainType("Scalar");

    /// <summary>Nothing.</summary>
    public static readonly GraphType None = new PlainType("None");

    /// <summary>Known only when the graph runs.</summary>
    public static readonly GraphType Any = new PlainType("any");

    /// <summary>Whether every value of the other type is one of this.</summary>
    public virtual bool Accepts(GraphType other) => this == Any || Equals(other) || (this == Scalar && (other == Int || other == Float || other == Bool));

    /// <summary>The smallest type that takes the values of both; null if there is none.</summary>
    public static GraphType? Join(GraphType a, GraphType b)
    {
        if (a.Accepts(b)) return a;
        if (b.Accepts(a)) return b;
        if (a == None) return b is OptionalType ? b : new OptionalType(b);
        if (b == None) return a is OptionalType ? a : new OptionalType(a);
        return (a, b) switch
        {
            (TensorType x, TensorType y) => x.Join(y),
            (OptionalType x, OptionalType y) => Join(x.Element, y.Element) is { } e ? new OptionalType(e) : null,
            (OptionalType x, _) => Join(x.Element, b) is { } e ? new OptionalType(e) : null,
            (_, OptionalType y) => Join(a, y.Element) is { } e ? new OptionalType(e) : null,
            (ListType x, ListType y) => Join(x.Element, y.Element) is { } e ? new ListType(e) : null,
            (TupleType x, TupleType y) when x.Elements.Count == y.Elements.Count => JoinAll(x, y),
            _ => null,
        };
    }

    static TupleType? JoinAll(TupleType x, TupleType y)
    {
        var joined = new GraphType[x.Elements.Count];
        for (var i = 0; i < joined.Length; i++)
        {
            if (Join(x.Elements[i], y.Elements[i]) is not { } e) return null;
            joined[i] = e;
        }
        return new(joined);
    }

    /// <summary>The type of a value given to or taken from a graph.</summary>
    public static GraphType Of(object? value) => value switch
    {
        null => None,
        Tensor t => TensorType.Of(t),
        bool => Bool,
        long or int => Int,
        double or float => Float,
        string => String,
        Flambeau.DType => DType,
        Flambeau.Scalar or System.Numerics.Complex => Scalar,
        Operand[] list => new ListType(list.Select(static o => o.Type).Aggregate((GraphType?)null, static (a, b) => a is null ? b : Join(a, b) ?? Any) ?? Any),
        System.Collections.IDictionary d => new DictType(Elements(d.Keys), Elements(d.Values)),
        System.Collections.IEnumerable e => new ListType(Elements(e)),
        _ => Any,
    };

    static GraphType Elements(System.Collections.IEnumerable list)
    {
        GraphType? type = null;
        foreach (var o in list) type = type is null ? Of(o) : Join(type, Of(o)) ?? Any;
        return type ?? Any;
    }

    /// <summary>The type that a signature's word stands for, such as <c>Tensor</c>, <c>int[2]</c>, <c>float?</c>, <c>(Tensor, Tensor)</c>.</summary>
    public static GraphType OfSchema(string type)
    {
        type = type.Trim();
        if (type.EndsWith('?')) return new OptionalType(OfSchema(type[..^1]));
        if (type.EndsWith(']')) return new ListType(OfSchema(type[..type.LastIndexOf('[')]));
        if (type.StartsWith('(')) return new TupleType([.. OpSchemaTypes.Components(type).Select(OfSchema)]);
        return type switch
        {
            "Tensor" => Tensor,
            "int" => Int,
            "float" => Float,
            "bool" => Bool,
            "str" => String,
            "dtype" => DType,
            "Scalar" => Scalar,
            "None" => None,
            _ => Any,
        };
    }
}

/// <summary>A type without parts.</summary>
public sealed record PlainType(string Name) : GraphType
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Values of one type in order.</summary>
public sealed record ListType(GraphType Element) : GraphType
{
    /// <inheritdoc/>
    public override bool Accepts(GraphType other) => other is ListType l && (Element.Accepts(l.Element) || l.Element == Any);

    /// <inheritdoc/>
    public override string ToString() => Element + "[]";
}

/// <summary>Values of stated types in order.</summary>
public sealed record TupleType(IReadOnlyList<GraphType> Elements) : GraphType
{
    /// <inheritdoc/>
    public override bool Accepts(GraphType other) => other is TupleType t && t.Elements.Count == Elements.Count && Elements.Zip(t.Elements).All(static p => p.First.Accepts(p.Second))
        || other is ListType l && Elements.All(e => l.Element == Any || e.Accepts(l.Element)); // what a tuple looks like when it runs

    /// <inheritdoc/>
    public bool Equals(TupleType? other) => other is not null && Elements.SequenceEqual(other.Elements);

    /// <inheritdoc/>
    public override int GetHashCode() => Elements.Aggregate(17, static (h, e) => HashCode.Combine(h, e));

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(", ", Elements)})";
}

/// <summary>Values found by key.</summary>
public sealed record DictType(GraphType Key, GraphType Item) : GraphType
{
    /// <inheritdoc/>
    public override bool Accepts(GraphType other) => other is DictType d && (Key.Accepts(d.Key) || d.Key == Any) && (Item.Accepts(d.Item) || d.Item == Any);

    /// <inheritdoc/>
    public override string ToString() => $"dict({Key}, {Item})";
}

/// <summary>A value or nothing.</summary>
public sealed record OptionalType(GraphType Element) : GraphType
{
    /// <inheritdoc/>
    public override bool Accepts(GraphType other) => other == None || Element.Accepts(other) || (other is OptionalType o && Element.Accepts(o.Element));

    /// <inheritdoc/>
    public override string ToString() => Element + "?";
}
