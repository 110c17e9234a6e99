namespace Flambeau.Nn;

/// <summary>One value around the last axis: one width, or before and after each, the last axis first.</summary>
public sealed partial class ConstantPad1d(Ints padding, double value) : Layer
{
    readonly long[] pad = padding.Of(nameof(ConstantPad1d), nameof(padding), 2);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "constant", value);
}

/// <summary>One value around the last 2 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class ConstantPad2d(Ints padding, double value) : Layer
{
    readonly long[] pad = padding.Of(nameof(ConstantPad2d), nameof(padding), 4);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "constant", value);
}

/// <summary>One value around the last 3 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class ConstantPad3d(Ints padding, double value) : Layer
{
    readonly long[] pad = padding.Of(nameof(ConstantPad3d), nameof(padding), 6);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "constant", value);
}
