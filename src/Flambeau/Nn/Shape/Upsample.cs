namespace Flambeau.Nn;

/// <summary>Resampling of the spatial axes to a size or by a factor: nearest, linear, bilinear, bicubic, trilinear or area.</summary>
public partial class Upsample(Ints size = default, double[]? scaleFactor = null, string mode = "nearest", bool? alignCorners = null, bool? recomputeScaleFactor = null) : Layer
{
    readonly long[]? sizes = size.IsDefault ? null : size.AsSpan().ToArray();

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input)
    {
        var spatial = input.Rank - 2;
        List<long>? to = null;
        if (sizes is not null)
        {
            to = [];
            // One number stands for all axes.
            for (var i = 0; i < (sizes.Length == 1 ? spatial : sizes.Length); i++) to.Add(sizes.Length == 1 ? sizes[0] : sizes[i]);
        }
        List<double>? by = null;
        if (scaleFactor is not null)
        {
            by = [];
            for (var i = 0; i < (scaleFactor.Length == 1 ? spatial : scaleFactor.Length); i++) by.Add(scaleFactor.Length == 1 ? scaleFactor[0] : scaleFactor[i]);
        }
        return input.Interpolate(to?.ToArray(), by?.ToArray(), mode, alignCorners, recomputeScaleFactor);
    }
}

/// <summary><see cref="Upsample"/> of <c>[N, C, H, W]</c> by copying the nearest element.</summary>
public sealed partial class UpsamplingNearest2d(Ints size = default, double[]? scaleFactor = null) : Upsample(size, scaleFactor);

/// <summary><see cref="Upsample"/> of <c>[N, C, H, W]</c>, bilinear with corners aligned.</summary>
public sealed partial class UpsamplingBilinear2d(Ints size = default, double[]? scaleFactor = null) : Upsample(size, scaleFactor, "bilinear", true);
