using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>
/// A value of the model while it is imported: a tensor, a list or an optional value of the graph, with what is known about it beforehand.
/// Integers that are sizes are kept as such, so that a shape computed from sizes reaches <c>reshape</c> as numbers.
/// </summary>
internal sealed class Item
{
    readonly Importer importer;
    Operand? operand;
    Importer.Level? level;

    Item(Importer importer) => this.importer = importer;

    /// <summary>Element type as the model has it.</summary>
    internal ElementType Type { get; set; }

    /// <summary>Sizes as far as they are known; null if even their number isn't.</summary>
    internal IReadOnlyList<Dim>? Dims { get; set; }

    /// <summary>The tensor, if it is known.</summary>
    internal Tensor? Constant { get; private init; }

    /// <summary>Name of a constant or an input that the model names.</summary>
    internal string? Name { get; init; }

    /// <summary>The elements of an int64 tensor of at most one axis as a list of ints.</summary>
    internal Operand? Ints { get; private init; }

    /// <summary>The move of another item that this is, so that its inverse gives that item back.</summary>
    internal (string Op, Item From, long[] Arguments)? Move { get; private set; }

    /// <summary>The same, known as a move of another item.</summary>
    internal Item Moved(string op, Item from, params long[] arguments)
    {
        Move = (op, from, arguments);
        return this;
    }

    /// <summary>A list, an optional value, or a string.</summary>
    internal bool IsOther { get; private init; }

    internal DType DType => ElementTypes.Carrier(Type) ?? DType.Float32;

    internal int? Rank => Dims?.Count;

    internal bool IsFloat => DType.IsFloat();

    internal Importer Importer => importer;

    internal static Item Of(Importer importer, Operand value, ElementType type, IReadOnlyList<Dim>? dims = null, string? name = null) =>
        new(importer) { operand = value, level = importer.Here, Type = type, Dims = dims, Name = name };

    internal static Item Other(Importer importer, Operand value, ElementType element = ElementType.Undefined) =>
        new(importer) { operand = value, level = importer.Here, IsOther = true, Type = element };

    internal static Item Of(Importer importer, Tensor constant, ElementType? type = null, string? name = null) =>
        new(importer)
        {
            Constant = constant, Name = name, Type = type ?? ElementTypes.Of(constant.DType), Dims = [.. constant.Shape.ToArray().Select(static s => new Dim(s))],
            Ints = constant.DType == DType.Int64 && constant.Rank <= 1 && constant.Numel <= 64 ? Operand.Of(constant.ToArray<long>()) : (Operand?)null,
        };

    /// <summary>Integers; of shape [] if scalar, else of one axis.</summary>
    internal static Item OfInts(Importer importer, Operand list, bool scalar = false)
    {
        if (list.IsConstant && list.List is { } known)
        {
            var t = Flambeau.Tensor.From(known.Select(static o => (long)o.Constant!).ToArray());
            return Of(importer, scalar ? t.Reshape([]) : t, ElementType.Int64);
        }
        return new(importer) { Ints = list, Type = ElementType.Int64, Dims = scalar ? [] : [list.List is { } l ? new Dim(l.Count) : default] };
    }

    /// <summary>The elements one by one, if their number is known.</summary>
    internal IReadOnlyList<Operand>? Elements => Ints?.List;

    /// <summary>One of the integers.</summary>
    internal Operand Element(int i) => Elements is { } e ? e[i] : importer.Prim("prim.getitem", IntList, i);

    /// <summary>How many integers there are, if that is known.</summary>
    internal int? Length => Elements?.Count ?? (Dims is [{ Size: { } n }] ? (int)n : Dims is { Count: 0 } ? 1 : null);

    /// <summary>The only integer.</summary>
    internal Operand Int => Elements is [var one] ? one : Ints is { } list ? importer.Prim("prim.getitem", list, 0) : importer.Prim("prim.item_int", Tensor);

    /// <summary>The integers as a list.</summary>
    internal Operand IntList => Ints ?? (Constant is { } c ? Operand.Of(c.ToArray<long>()) : importer.Prim("prim.ints", Tensor));

    /// <summary>The only number, if it is known.</summary>
    internal double? Number => Constant is { Numel: 1 } c && !c.DType.IsComplex() ? c.Item<double>() : null;

    /// <summary>What nodes take.</summary>
    internal Operand Tensor
    {
        get
        {
            if (operand is { } o && importer.Sees(level)) return o;
            if (Constant is { } c)
            {
                operand = importer.State(Name, c);
                level = null;
                return operand.Value;
            }
            if (Ints is not { } list) throw new OnnxException("a value of an inner graph is used outside of it");
            var t = importer.Prim("prim.tensor_of_ints", list);
            if (Dims is { Count: 0 }) t = importer.Prim("reshape", t, Operand.Of(Array.Empty<long>()));
            (operand, level) = (t, importer.Here);
            return t;
        }
    }

    /// <summary>The size of an axis: a number where it is known.</summary>
    internal Operand Size(int dim)
    {
        if (Dims is { } d && (dim < 0 ? dim + d.Count : dim) is var i && i >= 0 && i < d.Count && d[i].Size is { } n) return n;
        return importer.Prim("prim.size", Tensor, dim);
    }

    /// <summary>All sizes, of a tensor whose rank is known.</summary>
    internal Operand[]? Sizes => Rank is { } r ? [.. Enumerable.Range(0, r).Select(Size)] : null;

    /// <summary>Calls an op with this as its first argument.</summary>
    internal Item Op(string name, params object?[] arguments) => importer.Call(name, [this, .. arguments])[0];

    /// <summary>The same, the result having this element type.</summary>
    internal Item As(ElementType type)
    {
        Type = type;
        return this;
    }

    /// <summary>The same, the result having these sizes.</summary>
    internal Item Sized(IReadOnlyList<Dim>? dims)
    {
        Dims ??= dims;
        return this;
    }

    /// <summary>Cast to a dtype of ours, which is the element type afterwards.</summary>
    internal Item To(DType dtype) => DType == dtype ? this : Op("to", dtype).As(ElementTypes.Of(dtype)).Sized(Dims);

    public static Item operator +(Item a, object b) => a.Op("add", b);
    public static Item operator -(Item a, object b) => a.Op("sub", b);
    public static Item operator *(Item a, object b) => a.Op("mul", b);
    public static Item operator /(Item a, object b) => a.Op("div", b);
    public static Item operator -(Item a) => a.Op("neg");
}

/// <summary>An argument given by name.</summary>
internal readonly record struct Kw(string Name, object? Value);
