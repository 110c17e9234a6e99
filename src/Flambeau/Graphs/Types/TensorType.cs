namespace Flambeau.Graphs;

/// <summary>A size of an axis: a number, a name for one that is known when the graph runs, or nothing known (written <c>?</c>).</summary>
public readonly record struct Dim
{
    /// <summary>A known size.</summary>
    public Dim(long size) => Size = size;

    /// <summary>A named size: equal names are equal sizes.</summary>
    public Dim(string name) => Name = name;

    /// <summary>The number, if known.</summary>
    public long? Size { get; }

    /// <summary>The name, if it has one.</summary>
    public string? Name { get; }

    public static implicit operator Dim(long size) => new(size);
    public static implicit operator Dim(string name) => new(name);

    /// <inheritdoc/>
    public override string ToString() => Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Name ?? "?";
}

/// <summary>A tensor, of which dtype, sizes and device may be known.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes of the axes; null if even their number is unknown.</param>
/// <param name="Device">Where it lies.</param>
public sealed record TensorType(DType? Type = null, IReadOnlyList<Dim>? Shape = null, Device? Device = null) : GraphType
{
    /// <summary>The type of a tensor with its sizes.</summary>
    public static TensorType Of(Tensor t) => new(t.DType, [.. t.Shape.ToArray().Select(static s => new Dim(s))], t.Device);

    /// <summary>Sizes as numbers; null unless all are known.</summary>
    public Shape? Sizes => Shape is { } s && s.All(static d => d.Size is not null) ? new Shape([.. s.Select(static d => d.Size!.Value)]) : (Shape?)null;

    /// <inheritdoc/>
    public override bool Accepts(GraphType other) => other is TensorType t
        && (Type is null || Type == t.Type) && (Device is null || Device == t.Device)
        && (Shape is null || (t.Shape is { } s && s.Count == Shape.Count && Shape.Zip(s).All(static p => p.First == default || p.First == p.Second)));

    /// <summary>What is known of both.</summary>
    public TensorType Join(TensorType other)
    {
        IReadOnlyList<Dim>? shape = null;
        if (Shape is not null && other.Shape?.Count == Shape.Count) shape = [.. Shape.Zip(other.Shape, static (a, b) => a == b ? a : default)];
        return new(Type == other.Type ? Type : null, shape, Device == other.Device ? Device : null);
    }

    /// <inheritdoc/>
    public bool Equals(TensorType? other) => other is not null && Type == other.Type && Device == other.Device
        && (Shape is null ? other.Shape is null : other.Shape is not null && Shape.SequenceEqual(other.Shape));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Device, Shape?.Count);

    /// <inheritdoc/>
    public override string ToString()
    {
        if (Type is null && Shape is null && Device is null) return "Tensor";
        var text = "Tensor<" + (Type?.Name() ?? "?");
        if (Shape is not null) text += $", [{string.Join(", ", Shape)}]";
        if (Device != Flambeau.Device.Cpu) text += $", {Device?.ToString() ?? "?"}";
        return text + ">";
    }
}
