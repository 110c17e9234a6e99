using System.Runtime.CompilerServices;

namespace Flambeau.Nn;

/// <summary>One integer for all spatial axes, or one for each: <c>3</c>, <c>(3, 5)</c>, <c>[3, 5, 7]</c>. The default value means "not given".</summary>
[CollectionBuilder(typeof(Ints), nameof(Create))]
public readonly struct Ints
{
    readonly long[]? values;

    Ints(params long[] values) => this.values = values;

    /// <summary>Made from a collection expression.</summary>
    public static Ints Create(ReadOnlySpan<long> values) => new(values.ToArray());

    /// <summary>Whether no value was given.</summary>
    public bool IsDefault => values is null;

    /// <summary>The values as they were given.</summary>
    public ReadOnlySpan<long> AsSpan() => values;

    /// <summary>Walks the values.</summary>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)(values ?? [])).GetEnumerator();

    /// <summary>Exactly <paramref name="count"/> values: a single one is repeated, an absent one becomes <paramref name="fallback"/>.</summary>
    /// <exception cref="ArgumentException">Another number of values was given.</exception>
    internal long[] Of(string owner, string name, int count, long? fallback = null)
    {
        var given = values ?? (fallback is { } f ? [f] : throw new ArgumentException($"{owner}: {name} is missing"));
        if (given.Length == count) return (long[])given.Clone();
        if (given.Length != 1) throw new ArgumentException($"{owner}: {name} has {given.Length} values [{string.Join(", ", given)}]; expected one, or {count}");
        var all = new long[count];
        all.AsSpan().Fill(given[0]);
        return all;
    }

    public static implicit operator Ints(int value) => new(value);
    public static implicit operator Ints(long value) => new(value);
    public static implicit operator Ints(long[] values) => new((long[])values.Clone());
    public static implicit operator Ints(int[] values) => new(Array.ConvertAll(values, static v => (long)v));
    public static implicit operator Ints(Flambeau.Shape values) => new(values.ToArray());
    public static implicit operator Ints((int, int) v) => new(v.Item1, v.Item2);
    public static implicit operator Ints((int, int, int) v) => new(v.Item1, v.Item2, v.Item3);
    public static implicit operator Ints((int, int, int, int) v) => new(v.Item1, v.Item2, v.Item3, v.Item4);
    public static implicit operator Ints((long, long) v) => new(v.Item1, v.Item2);
    public static implicit operator Ints((long, long, long) v) => new(v.Item1, v.Item2, v.Item3);
    public static implicit operator Ints((long, long, long, long) v) => new(v.Item1, v.Item2, v.Item3, v.Item4);

    /// <inheritdoc/>
    public override string ToString() => values is null ? "" : values.Length == 1 ? $"{values[0]}" : $"({string.Join(", ", values)})";
}
