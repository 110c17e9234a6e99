namespace Flambeau.Nn;

/// <summary>Resampling of the spatial axes to a size or by a factor: nearest, linear, bilinear, bicubic, trilinear or area.</summary>
public class Upsample(Ints size = default, double[]? scaleFactor = null, string mode = "nearest", bool? alignCorners = null, bool? recomputeScaleFactor = null) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var spatial = input.Rank - 2;
        var sizes = size.IsDefault ? null : size.Of(GetType().Name, nameof(size), spatial);
        var factors = scaleFactor is [var f] ? [.. Enumerable.Repeat(f, spatial)] : scaleFactor;
        return input.Interpolate(sizes, factors, mode, alignCorners, recomputeScaleFactor);
    }
}

/// <summary><see cref="Upsample"/> of <c>[N, C, H, W]</c> by copying the nearest element.</summary>
public sealed class UpsamplingNearest2d(Ints size = default, double[]? scaleFactor = null) : Upsample(size, scaleFactor);

/// <summary><see cref="Upsample"/> of <c>[N, C, H, W]</c>, bilinear with corners aligned.</summary>
public sealed class UpsamplingBilinear2d(Ints size = default, double[]? scaleFactor = null) : Upsample(size, scaleFactor, "bilinear", true);
