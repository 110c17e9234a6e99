namespace Flambeau.Nn;

/// <summary>Output size of an adaptive pool: one for all axes, or one for each; null keeps that axis of the input.</summary>
public readonly struct AdaptiveSize
{
    readonly long?[]? values;

    AdaptiveSize(params long?[] values) => this.values = values;

    internal long?[] Of(string owner, int count)
    {
        var given = values ?? [null];
        if (given.Length == count) return given;
        if (given.Length == 1) return [.. Enumerable.Repeat(given[0], count)];
        throw new ArgumentException($"{owner}: the output size has {given.Length} values; expected one, or {count}");
    }

    public static implicit operator AdaptiveSize(int value) => new(value);
    public static implicit operator AdaptiveSize(long value) => new(value);
    public static implicit operator AdaptiveSize(long?[] values) => new((long?[])values.Clone());
    public static implicit operator AdaptiveSize(long[] values) => new(Array.ConvertAll(values, static v => (long?)v));
    public static implicit operator AdaptiveSize(int[] values) => new(Array.ConvertAll(values, static v => (long?)v));
    public static implicit operator AdaptiveSize((int?, int?) v) => new(v.Item1, v.Item2);
    public static implicit operator AdaptiveSize((int, int) v) => new(v.Item1, v.Item2);
    public static implicit operator AdaptiveSize((int?, int?, int?) v) => new(v.Item1, v.Item2, v.Item3);
    public static implicit operator AdaptiveSize((int, int, int) v) => new(v.Item1, v.Item2, v.Item3);

    /// <inheritdoc/>
    public override string ToString() => values is null ? "None" : string.Join(", ", values.Select(static v => v?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "None"));
}
