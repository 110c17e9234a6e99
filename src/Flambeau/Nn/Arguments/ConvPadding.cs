namespace Flambeau.Nn;

/// <summary>How a convolution pads: a number for all axes, one for each, <c>"same"</c> (the output is as large as the input; stride 1) or <c>"valid"</c> (none).</summary>
public readonly struct ConvPadding
{
    /// <summary>"same" or "valid", if given so.</summary>
    public string? Mode { get; }

    /// <summary>The sizes, if given so.</summary>
    public Ints Sizes { get; }

    ConvPadding(Ints sizes) => Sizes = sizes;

    ConvPadding(string mode)
    {
        if (mode is not ("same" or "valid")) throw new ArgumentException($"padding is '{mode}'; expected numbers, 'same' or 'valid'", nameof(mode));
        Mode = mode;
    }

    public static implicit operator ConvPadding(string mode) => new(mode);
    public static implicit operator ConvPadding(int value) => new((Ints)value);
    public static implicit operator ConvPadding(long value) => new((Ints)value);
    public static implicit operator ConvPadding(long[] values) => new((Ints)values);
    public static implicit operator ConvPadding(int[] values) => new((Ints)values);
    public static implicit operator ConvPadding((int, int) values) => new((Ints)values);
    public static implicit operator ConvPadding((int, int, int) values) => new((Ints)values);
    public static implicit operator ConvPadding((long, long) values) => new((Ints)values);
    public static implicit operator ConvPadding((long, long, long) values) => new((Ints)values);
    public static implicit operator ConvPadding(Ints values) => new(values);

    /// <inheritdoc/>
    public override string ToString() => Mode ?? Sizes.ToString();
}
