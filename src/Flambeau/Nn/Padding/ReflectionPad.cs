namespace Flambeau.Nn;

/// <summary>The input mirrored at its border around the last axis: one width, or before and after each, the last axis first.</summary>
public sealed partial class ReflectionPad1d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ReflectionPad1d), nameof(padding), 2);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "reflect");
}

/// <summary>The input mirrored at its border around the last 2 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class ReflectionPad2d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ReflectionPad2d), nameof(padding), 4);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "reflect");
}

/// <summary>The input mirrored at its border around the last 3 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class ReflectionPad3d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ReflectionPad3d), nameof(padding), 6);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "reflect");
}
