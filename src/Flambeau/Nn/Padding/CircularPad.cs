namespace Flambeau.Nn;

/// <summary>The elements of the other end around the last axis: one width, or before and after each, the last axis first.</summary>
public sealed partial class CircularPad1d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(CircularPad1d), nameof(padding), 2);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "circular");
}

/// <summary>The elements of the other end around the last 2 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class CircularPad2d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(CircularPad2d), nameof(padding), 4);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "circular");
}

/// <summary>The elements of the other end around the last 3 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class CircularPad3d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(CircularPad3d), nameof(padding), 6);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "circular");
}
