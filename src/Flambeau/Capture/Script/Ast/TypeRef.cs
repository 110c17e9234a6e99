namespace Flambeau.Capture.Ast;

/// <summary>A type as a front end names it. Types made by the C# front end can also make host values from what a graph gives.</summary>
public abstract record TypeRef
{
    /// <summary>A tensor.</summary>
    public static TypeRef Tensor { get; } = new SimpleRef(SimpleKind.Tensor);

    /// <summary>A 64-bit integer.</summary>
    public static TypeRef Int { get; } = new SimpleRef(SimpleKind.Int);

    /// <summary>A double.</summary>
    public static TypeRef Float { get; } = new SimpleRef(SimpleKind.Float);

    /// <summary>A truth value.</summary>
    public static TypeRef Bool { get; } = new SimpleRef(SimpleKind.Bool);

    /// <summary>Text.</summary>
    public static TypeRef String { get; } = new SimpleRef(SimpleKind.String);

    /// <summary>An element type.</summary>
    public static TypeRef DType { get; } = new SimpleRef(SimpleKind.DType);

    /// <summary>A number of any kind.</summary>
    public static TypeRef Number { get; } = new SimpleRef(SimpleKind.Number);

    /// <summary>Nothing.</summary>
    public static TypeRef None { get; } = new SimpleRef(SimpleKind.None);

    /// <summary>A host object known while building: a module, a generator of random numbers, a device.</summary>
    public static TypeRef Object { get; } = new SimpleRef(SimpleKind.Object);
}

/// <summary>Types without parts.</summary>
public enum SimpleKind
{
    /// <summary>A tensor.</summary>
    Tensor,
    /// <summary>A 64-bit integer.</summary>
    Int,
    /// <summary>A double.</summary>
    Float,
    /// <summary>A truth value.</summary>
    Bool,
    /// <summary>Text.</summary>
    String,
    /// <summary>An element type.</summary>
    DType,
    /// <summary>A number of any kind.</summary>
    Number,
    /// <summary>Nothing.</summary>
    None,
    /// <summary>A host object known while building.</summary>
    Object,
}

/// <summary>A type without parts. <paramref name="Host"/> makes the host's value where it isn't the boxed long, double, … itself: <c>int</c>, <c>float</c>.</summary>
public sealed record SimpleRef(SimpleKind Kind, Func<object, object>? Host = null) : TypeRef;

/// <summary>A list. <paramref name="Host"/> makes the host's collection, an <c>object?[]</c> if null.</summary>
public sealed record ListRef(TypeRef Element, Func<object?[], object>? Host = null) : TypeRef;

/// <summary>A tuple. <paramref name="Host"/> makes the host's tuple, an <c>object?[]</c> if null.</summary>
public sealed record TupleRef(IReadOnlyList<TypeRef> Items, IReadOnlyList<string>? Names = null, Func<object?[], object>? Host = null) : TypeRef;

/// <summary>A dictionary. <paramref name="Host"/> makes the host's dictionary of keys and as many values.</summary>
public sealed record DictRef(TypeRef Key, TypeRef Value, Func<object?[], object?[], object>? Host = null) : TypeRef;

/// <summary>A value or null.</summary>
public sealed record OptionalRef(TypeRef Element) : TypeRef;

/// <summary>A record: a structure of values without identity, which graphs carry as a tuple.</summary>
/// <param name="Name">Name of the type.</param>
/// <param name="Fields">Names of its fields.</param>
/// <param name="Types">As many types.</param>
/// <param name="Take">A host record's fields; null if there is no host type.</param>
/// <param name="Host">A host record of its fields; null if there is no host type.</param>
public sealed record RecordRef(string Name, IReadOnlyList<string> Fields, IReadOnlyList<TypeRef> Types, Func<object, object?[]>? Take = null, Func<object?[], object>? Host = null) : TypeRef;
