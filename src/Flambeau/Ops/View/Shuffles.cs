using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>[…, C·r², H, W] to […, C, H·r, W·r]: channels become pixels.</summary>
    [Op("nn.functional.pixel_shuffle(Tensor input, int upscale_factor) -> Tensor")]
    [Op("pixel_shuffle(Tensor input, int upscale_factor) -> Tensor")]
    public static Tensor PixelShuffle(this Tensor input, long upscaleFactor)
    {
        var r = upscaleFactor;
        if (input.Rank < 3 || r <= 0 || input.Size(-3) % (r * r) != 0)
            throw new ArgumentException($"pixel_shuffle: factor {r} and shape {input.Shape}; expected at least three axes and channels that are a multiple of {r * r}");
        long c = input.Size(-3) / (r * r), h = input.Size(-2), w = input.Size(-1);
        ReadOnlySpan<long> lead = input.Shape.AsSpan()[..^3];
        var n = lead.Length;
        return input.Reshape([.. lead, c, r, r, h, w]).Permute([.. Enumerable.Range(0, n).Select(static i => (long)i), n, n + 3, n + 1, n + 4, n + 2]).Reshape([.. lead, c, h * r, w * r]);
    }

    /// <summary>[…, C, H·r, W·r] to […, C·r², H, W]: the inverse of <see cref="PixelShuffle"/>.</summary>
    [Op("nn.functional.pixel_unshuffle(Tensor input, int downscale_factor) -> Tensor")]
    [Op("pixel_unshuffle(Tensor input, int downscale_factor) -> Tensor")]
    public static Tensor PixelUnshuffle(this Tensor input, long downscaleFactor)
    {
        var r = downscaleFactor;
        if (input.Rank < 3 || r <= 0 || input.Size(-2) % r != 0 || input.Size(-1) % r != 0)
            throw new ArgumentException($"pixel_unshuffle: factor {r} and shape {input.Shape}; expected at least three axes and a height and width that are multiples of {r}");
        long c = input.Size(-3), h = input.Size(-2) / r, w = input.Size(-1) / r;
        ReadOnlySpan<long> lead = input.Shape.AsSpan()[..^3];
        var n = lead.Length;
        return input.Reshape([.. lead, c, h, r, w, r]).Permute([.. Enumerable.Range(0, n).Select(static i => (long)i), n, n + 2, n + 4, n + 1, n + 3]).Reshape([.. lead, c * r * r, h, w]);
    }

    /// <summary>Channels (axis 1) dealt out of their groups in turn.</summary>
    [Op("nn.functional.channel_shuffle(Tensor input, int groups) -> Tensor")]
    [Op("channel_shuffle(Tensor input, int groups) -> Tensor")]
    public static Tensor ChannelShuffle(this Tensor input, long groups)
    {
        if (input.Rank < 3 || groups <= 0 || input.Size(1) % groups != 0)
            throw new ArgumentException($"channel_shuffle: {groups} groups and shape {input.Shape}; expected at least three axes and channels that are a multiple of the groups");
        return input.Reshape([input.Size(0), groups, input.Size(1) / groups, -1]).Transpose(1, 2).Reshape(input.Shape);
    }
}
