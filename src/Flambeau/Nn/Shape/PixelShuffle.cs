namespace Flambeau.Nn;

/// <summary>Channels into space: <c>[*, C·r², H, W]</c> to <c>[*, C, H·r, W·r]</c> (Shi et al., arXiv 1609.05158).</summary>
public sealed partial class PixelShuffle(long upscaleFactor) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.PixelShuffle(upscaleFactor);
}

/// <summary>Space into channels: <c>[*, C, H·r, W·r]</c> to <c>[*, C·r², H, W]</c>.</summary>
public sealed partial class PixelUnshuffle(long downscaleFactor) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.PixelUnshuffle(downscaleFactor);
}

/// <summary>Channels of several groups interleaved (Zhang et al., arXiv 1707.01083).</summary>
public sealed partial class ChannelShuffle(long groups) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.ChannelShuffle(groups);
}
