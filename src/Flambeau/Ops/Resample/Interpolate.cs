using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// The spatial axes of <c>[N, C, …]</c> (one to three of them) resampled to <paramref name="size"/> or by <paramref name="scaleFactor"/>. Modes: nearest, nearest-exact, linear, bilinear,
    /// trilinear, bicubic, area. With <paramref name="recomputeScaleFactor"/> the resulting sizes, not the factor, set the distances. <paramref name="antialias"/>: bilinear and bicubic, when shrinking.
    /// </summary>
    /// <exception cref="ArgumentException">The mode doesn't fit the rank, or not exactly one of size and factor is given.</exception>
    [Op("nn.functional.interpolate(Tensor input, int[]? size=None, float[]? scale_factor=None, str mode='nearest', bool? align_corners=None, bool? recompute_scale_factor=None, bool antialias=False) -> Tensor")]
    [Op("nn.functional.upsample(Tensor input, int[]? size=None, float[]? scale_factor=None, str mode='nearest', bool? align_corners=None, bool? recompute_scale_factor=None, bool antialias=False) -> Tensor")]
    public static Tensor Interpolate(this Tensor input, long[]? size = null, double[]? scaleFactor = null, string mode = "nearest", bool? alignCorners = null, bool? recomputeScaleFactor = null, bool antialias = false)
    {
        var dims = input.Rank - 2;
        if (dims is < 1 or > 3) throw new ArgumentException($"interpolate: input has shape {input.Shape}; expected [N, C, …] with one to three spatial axes");
        if (size is null == scaleFactor is null) throw new ArgumentException("interpolate: give either size or scale_factor");
        var filter = (mode, dims) switch
        {
            ("nearest" or "nearest-exact", _) => mode,
            ("area", _) => "area",
            ("linear", 1) or ("bilinear", 2) or ("trilinear", 3) => "linear",
            ("bicubic", 2) => "cubic",
            _ => throw new ArgumentException($"interpolate: mode is '{mode}', the input has {dims} spatial axes; expected nearest, nearest-exact, area, linear (1), bilinear (2), trilinear (3) or bicubic (2)"),
        };
        if (alignCorners is not null && filter is not ("linear" or "cubic")) throw new ArgumentException($"interpolate: align_corners has no meaning for mode '{mode}'");
        if (antialias && (dims != 2 || filter is not ("linear" or "cubic"))) throw new ArgumentException($"interpolate: antialias needs mode bilinear or bicubic; the mode is '{mode}'");
        var sizes = Sizes("interpolate", input, size, scaleFactor);
        if (filter == "area") return input.AdaptiveAvgPool(sizes);
        var y = input;
        for (var i = dims - 1; i >= 0; i--)
        {
            double? factor = scaleFactor is null || recomputeScaleFactor == true ? null : scaleFactor[scaleFactor.Length == 1 ? 0 : i];
            if (sizes[i] == y.Size(i + 2) && factor is null or 1 && !antialias) continue;
            y = y.ResampleAxis(i + 2, sizes[i], filter, alignCorners ?? false, factor, antialias);
        }
        return ReferenceEquals(y, input) ? input.Clone() : y;
    }

    static long[] Sizes(string op, Tensor input, long[]? size, double[]? factor)
    {
        var dims = input.Rank - 2;
        var n = size?.Length ?? factor!.Length;
        if (n != 1 && n != dims) throw new ArgumentException($"{op}: {(size is null ? "scale_factor" : "size")} has {n} numbers; expected 1 or {dims}");
        var r = new long[dims];
        for (var i = 0; i < dims; i++)
        {
            r[i] = size is not null ? size[n == 1 ? 0 : i] : (long)Math.Floor(input.Size(i + 2) * factor![n == 1 ? 0 : i]);
            if (r[i] <= 0) throw new ArgumentException($"{op}: the output would have size {r[i]} along axis {i + 2}; input {input.Shape}");
        }
        return r;
    }

    /// <summary>Each spatial position of <c>[N, C, …]</c> repeated, or skipped, to another size.</summary>
    [Op("nn.functional.upsample_nearest(Tensor input, int[]? size=None, float[]? scale_factor=None) -> Tensor")]
    public static Tensor UpsampleNearest(this Tensor input, long[]? size = null, double[]? scaleFactor = null) => Interpolate(input, size, scaleFactor);

    /// <summary>Bilinear resampling of <c>[N, C, H, W]</c> with aligned corners.</summary>
    [Op("nn.functional.upsample_bilinear(Tensor input, int[]? size=None, float[]? scale_factor=None) -> Tensor")]
    public static Tensor UpsampleBilinear(this Tensor input, long[]? size = null, double[]? scaleFactor = null) => Interpolate(input, size, scaleFactor, "bilinear", true);

    [Op("_upsample_bilinear2d_aa(Tensor input, int[2]? output_size, bool align_corners, float[]? scale_factors) -> Tensor")]
    internal static Tensor BilinearAntialias(Tensor input, long[]? outputSize, bool alignCorners, double[]? scaleFactors) => Antialias("linear", input, outputSize, alignCorners, scaleFactors?[0], scaleFactors?[1]);

    [Op("_upsample_bilinear2d_aa(Tensor input, int[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor")]
    internal static Tensor BilinearAntialias(Tensor input, long[] outputSize, bool alignCorners, double? scalesH, double? scalesW) => Antialias("linear", input, outputSize, alignCorners, scalesH, scalesW);

    [Op("_upsample_bicubic2d_aa(Tensor input, int[2]? output_size, bool align_corners, float[]? scale_factors) -> Tensor")]
    internal static Tensor BicubicAntialias(Tensor input, long[]? outputSize, bool alignCorners, double[]? scaleFactors) => Antialias("cubic", input, outputSize, alignCorners, scaleFactors?[0], scaleFactors?[1]);

    [Op("_upsample_bicubic2d_aa(Tensor input, int[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor")]
    internal static Tensor BicubicAntialias(Tensor input, long[] outputSize, bool alignCorners, double? scalesH, double? scalesW) => Antialias("cubic", input, outputSize, alignCorners, scalesH, scalesW);

    static Tensor Antialias(string filter, Tensor input, long[]? size, bool align, double? h, double? w)
    {
        var sizes = Sizes("upsample", input, size, size is null ? [h ?? 1, w ?? 1] : null);
        return input.ResampleAxis(3, sizes[1], filter, align, w, true).ResampleAxis(2, sizes[0], filter, align, h, true);
    }
}
