namespace Flambeau.Nn;

/// <summary>The border's elements around the last axis: one width, or before and after each, the last axis first.</summary>
public sealed partial class ReplicationPad1d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ReplicationPad1d), nameof(padding), 2);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "replicate");
}

/// <summary>The border's elements around the last 2 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class ReplicationPad2d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ReplicationPad2d), nameof(padding), 4);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "replicate");
}

/// <summary>The border's elements around the last 3 axes: one width, or before and after each, the last axis first.</summary>
public sealed partial class ReplicationPad3d(Ints padding) : Layer
{
    readonly long[] pad = padding.Of(nameof(ReplicationPad3d), nameof(padding), 6);

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Pad(pad, "replicate");
}
