using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// Values of <c>[N, C, H, W]</c> (or <c>[N, C, D, H, W]</c>) at places that <paramref name="grid"/> <c>[N, …, 2 or 3]</c> gives as (x, y[, z]), −1 and 1 being the ends of each axis.
    /// Modes: bilinear, nearest, bicubic (images only). Outside: zeros, border or reflection. Jaderberg et al., "Spatial Transformer Networks", arXiv:1506.02025.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes, mode or padding mode don't fit.</exception>
    [Op("nn.functional.grid_sample(Tensor input, Tensor grid, str mode='bilinear', str padding_mode='zeros', bool? align_corners=None) -> Tensor")]
    public static Tensor GridSample(this Tensor input, Tensor grid, string mode = "bilinear", string paddingMode = "zeros", bool? alignCorners = null)
    {
        using var cast = Amp.Autocast.Whole("grid_sample", ref input, ref grid);
        var axes = input.Rank - 2;
        if (axes is not (2 or 3) || grid.Rank != input.Rank || grid.Size(-1) != axes || grid.Size(0) != input.Size(0))
            throw new ArgumentException($"grid_sample: input has shape {input.Shape}, grid {grid.Shape}; expected [N, C, H, W] with [N, h, w, 2], or [N, C, D, H, W] with [N, d, h, w, 3]");
        if (mode is not ("bilinear" or "nearest" or "bicubic") || (mode == "bicubic" && axes == 3))
            throw new ArgumentException($"grid_sample: mode is '{mode}'; expected bilinear, nearest or, for images, bicubic");
        if (paddingMode is not ("zeros" or "border" or "reflection"))
            throw new ArgumentException($"grid_sample: padding_mode is '{paddingMode}'; expected zeros, border or reflection");
        if (input.DType != grid.DType) throw new ArgumentException($"grid_sample: input is {input.DType.Name()}, grid {grid.DType.Name()}; both must have the same dtype");
        var taps = new (Tensor Index, Tensor? Weight)[axes][];
        for (var d = 0; d < axes; d++) taps[d] = new GridAxis(input.Size(d + 2), mode, paddingMode, alignCorners ?? false).Taps(grid.Select(-1, axes - 1 - d));
        return SumTaps(input, taps, [.. grid.Shape.AsSpan()[1..^1]]);
    }

    /// <summary>Sums, over one tap of each axis, gathered values times the product of the weights.</summary>
    static Tensor SumTaps(Tensor input, (Tensor Index, Tensor? Weight)[][] taps, long[] output)
    {
        var axes = taps.Length;
        long[] full = [input.Size(0), input.Size(1), .. output];
        var at = new int[axes];
        Tensor? sum = null;
        while (true)
        {
            Tensor? index = null, weight = null;
            for (var d = 0; d < axes; d++)
            {
                var (i, w) = taps[d][at[d]];
                index = index is null ? i : index * input.Size(d + 2) + i;
                weight = weight is null ? w : w is null ? weight : weight * w;
            }
            var value = input.PlaneGather(index!.Unsqueeze(1).Expand(full), axes);
            if (weight is not null) value *= weight.Unsqueeze(1);
            sum = sum is null ? value : sum + value;
            var k = axes - 1;
            while (k >= 0 && ++at[k] == taps[k].Length) at[k--] = 0;
            if (k < 0) return sum;
        }
    }

    [Op("grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor")]
    [Op("grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor")]
    [Op("grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor")]
    internal static Tensor GridSampler(Tensor input, Tensor grid, long interpolationMode, long paddingMode, bool alignCorners) =>
        GridSample(input, grid, interpolationMode switch { 0 => "bilinear", 1 => "nearest", _ => "bicubic" }, paddingMode switch { 0 => "zeros", 1 => "border", _ => "reflection" }, alignCorners);

    /// <summary>
    /// A grid for <see cref="GridSample"/> from affine maps <c>[N, 2, 3]</c> for images of size <c>[N, C, H, W]</c>, or <c>[N, 3, 4]</c> for volumes of size <c>[N, C, D, H, W]</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The maps don't fit the size.</exception>
    [Op("nn.functional.affine_grid(Tensor theta, int[] size, bool? align_corners=None) -> Tensor")]
    [Op("affine_grid_generator(Tensor theta, int[] size, bool align_corners) -> Tensor")]
    public static Tensor AffineGrid(this Tensor theta, long[] size, bool? alignCorners = null)
    {
        var axes = size.Length - 2;
        if (axes is not (2 or 3) || theta.Rank != 3 || theta.Size(0) != size[0] || theta.Size(1) != axes || theta.Size(2) != axes + 1)
            throw new ArgumentException($"affine_grid: theta has shape {theta.Shape}, size is {new Shape(size)}; expected [N, 2, 3] with [N, C, H, W], or [N, 3, 4] with [N, C, D, H, W]");
        var spatial = size[2..];
        var points = spatial.Aggregate(1L, static (p, n) => p * n);
        var b = new double[points * (axes + 1)];
        for (long p = 0; p < points; p++)
        {
            var rest = p;
            for (var d = axes - 1; d >= 0; d--)
            {
                double n = spatial[d], i = rest % spatial[d];
                rest /= spatial[d];
                b[p * (axes + 1) + axes - 1 - d] = alignCorners == true ? n > 1 ? -1 + 2 * i / (n - 1) : 0 : (2 * i + 1) / n - 1;
            }
            b[p * (axes + 1) + axes] = 1;
        }
        using var here = Tensor.Beside(theta);
        var points2 = Tensor.From(b, [1, points, axes + 1]).To(theta.DType);
        return points2.MatMul(theta.Permute([0, 2, 1])).Reshape([size[0], .. spatial, axes]);
    }
}
