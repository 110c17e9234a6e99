namespace Flambeau.Nn;

/// <summary>Zeros around the last axis: one width, or before and after each, the last axis first.</summary>
public sealed partial class ZeroPad1d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ZeroPad1d), nameof(padding), 2);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "constant");
}

/// <summary>Zeros around the last 2 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class ZeroPad2d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ZeroPad2d), nameof(padding), 4);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "constant");
}

/// <summary>Zeros around the last 3 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class ZeroPad3d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ZeroPad3d), nameof(padding), 6);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "constant");
}
