namespace Flambeau.Graphs;

/// <summary>What a node takes for an argument: a value, a constant, or a list of operands.</summary>
public readonly struct Operand : IEquatable<Operand>
{
    readonly object? item;

    Operand(object? item) => this.item = item;

    /// <summary>Nothing.</summary>
    public static Operand None => default;

    /// <summary>The value; null for anything else.</summary>
    public Value? Value => item as Value;

    /// <summary>The parts of a list; null for anything else.</summary>
    public IReadOnlyList<Operand>? List => item as Operand[];

    /// <summary>Whether it holds no value.</summary>
    public bool IsConstant => item switch
    {
        Graphs.Value => false,
        Operand[] l => Array.TrueForAll(l, static o => o.IsConstant),
        _ => true,
    };

    /// <summary>Whether it is the constant null.</summary>
    public bool IsNone => item is null;

    /// <summary>The constant: null, bool, long, double, Complex, string, DType, Generator, or an array of constants.</summary>
    /// <exception cref="InvalidOperationException">It holds a value.</exception>
    public object? Constant => item switch
    {
        Value v => throw new InvalidOperationException($"{v} is no constant"),
        Operand[] l => Array.ConvertAll(l, static o => o.Constant),
        _ => item,
    };

    /// <summary>Its type.</summary>
    public GraphType Type => item is Value v ? v.Type : GraphType.Of(item);

    /// <summary>Every value in it.</summary>
    public IEnumerable<Value> Values => item switch
    {
        Value v => [v],
        Operand[] l => l.SelectMany(static o => o.Values),
        _ => [],
    };

    /// <summary>The same with other values.</summary>
    public Operand Map(Func<Value, Operand> map) => item switch
    {
        Value v => map(v),
        Operand[] l => new(Array.ConvertAll(l, o => o.Map(map))),
        _ => this,
    };

    /// <summary>A list.</summary>
    public static Operand Of(IEnumerable<Operand> list) => new(list.ToArray());

    /// <summary>A value, a number, text, a dtype, an array of these, or nothing.</summary>
    /// <exception cref="ArgumentException">Nothing of the sort.</exception>
    public static Operand Of(object? o) => o switch
    {
        Operand x => x,
        null or Graphs.Value or bool or long or double or string or DType or System.Numerics.Complex or Generator => new(o),
        int v => new((long)v),
        float v => new((double)v),
        Scalar s => new(Plain(s)),
        Shape s => new(s.ToArray().Select(static v => Of(v)).ToArray()),
        System.Collections.IEnumerable e => new(e.Cast<object?>().Select(Of).ToArray()),
        _ => throw new ArgumentException($"a graph can't hold a constant of type {o.GetType()}; expected a number, text, a dtype, or a list of these"),
    };

    static object Plain(Scalar s) => s.Kind switch
    {
        DType.Bool => s.ToBool(),
        DType.Int64 => s.ToLong(),
        DType.Complex128 => s.ToComplex(),
        _ => s.ToDouble(),
    };

    public static implicit operator Operand(Value? value) => new(value);
    public static implicit operator Operand(bool value) => new(value);
    public static implicit operator Operand(int value) => new((long)value);
    public static implicit operator Operand(long value) => new(value);
    public static implicit operator Operand(double value) => new(value);
    public static implicit operator Operand(string? value) => new(value);
    public static implicit operator Operand(DType value) => new(value);
    public static implicit operator Operand(long[] value) => Of(value);

    /// <summary>The operand as an argument for matching signatures: a value, a constant, or an array.</summary>
    internal object? Argument => item is Operand[] l ? Array.ConvertAll(l, static o => o.Argument) : item;

    /// <inheritdoc/>
    public bool Equals(Operand other) => item is Operand[] a && other.item is Operand[] b ? a.AsSpan().SequenceEqual(b) : Equals(item, other.item);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Operand o && Equals(o);

    /// <inheritdoc/>
    public override int GetHashCode() => item is Operand[] l ? l.Aggregate(l.Length, static (h, o) => HashCode.Combine(h, o)) : HashCode.Combine(item);

    public static bool operator ==(Operand a, Operand b) => a.Equals(b);
    public static bool operator !=(Operand a, Operand b) => !a.Equals(b);

    /// <inheritdoc/>
    public override string ToString() => Text.Literal.Write(this, static v => v.Hint ?? "?");
}
