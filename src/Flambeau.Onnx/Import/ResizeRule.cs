namespace Flambeau.OnnxFormat;

/// <summary>How places of a resized axis stand to places of the axis, and which of them count how much.</summary>
internal sealed class ResizeRule(OnnxNode n)
{
    readonly string mode = n.Text("mode", "nearest");
    readonly string transform = n.Text("coordinate_transformation_mode", n.Version >= 11 && n.Proto.OpType == "Resize" ? "half_pixel" : "asymmetric");
    readonly string nearest = n.Text("nearest_mode", n.Version >= 11 && n.Proto.OpType == "Resize" ? "round_prefer_floor" : "floor");
    readonly double cubic = n.Float("cubic_coeff_a", -0.75);
    readonly bool excludeOutside = n.Int("exclude_outside", 0) != 0;
    readonly bool antialias = n.Int("antialias", 0) != 0;

    internal bool NeedsRegion => transform == "tf_crop_and_resize";

    /// <summary>A size of 1 is a case of its own.</summary>
    internal bool HasLoneRule => transform == "pytorch_half_pixel";

    internal bool AlignCorners => transform == "align_corners";

    /// <summary>Our name of this interpolation, if it is ours.</summary>
    internal string? Ours(int rank) => (mode, transform, rank) switch
    {
        _ when antialias || excludeOutside => null,
        ("nearest", "asymmetric", 3 or 4 or 5) when nearest == "floor" => "nearest",
        ("linear" or "bilinear" or "trilinear", "half_pixel" or "pytorch_half_pixel" or "align_corners", 3) => "linear",
        ("linear" or "bilinear" or "trilinear", "half_pixel" or "pytorch_half_pixel" or "align_corners", 4) => "bilinear",
        ("linear" or "bilinear" or "trilinear", "half_pixel" or "pytorch_half_pixel" or "align_corners", 5) => "trilinear",
        ("cubic", "half_pixel" or "pytorch_half_pixel" or "align_corners", 4) when cubic == -0.75 => "bicubic",
        _ => null,
    };

    double Place(long i, long size, long target, double scale, double from, double to) => transform switch
    {
        "half_pixel" => (i + 0.5) / scale - 0.5,
        "half_pixel_symmetric" => size / 2.0 * (1 - target / (scale * size)) + (i + 0.5) / scale - 0.5,
        "pytorch_half_pixel" => target > 1 ? (i + 0.5) / scale - 0.5 : 0,
        "align_corners" => size * scale != 1 ? i * (size - 1) / (size * scale - 1) : 0,
        "asymmetric" => i / scale,
        "tf_half_pixel_for_nn" => (i + 0.5) / scale,
        "tf_crop_and_resize" => target > 1 ? from * (size - 1) + i * (to - from) * (size - 1) / (target - 1) : 0.5 * (from + to) * (size - 1),
        _ => throw n.Error($"coordinate_transformation_mode '{transform}' is unknown"),
    };

    /// <summary>A row of weights for each place of the result.</summary>
    internal float[] Matrix(long size, long target, double scale, double from, double to, bool[] outside)
    {
        var m = new float[checked((int)(target * size))];
        for (long i = 0; i < target; i++)
        {
            var x = Place(i, size, target, scale, from, to);
            outside[i] = x < 0 || x > size - 1;
            var row = m.AsSpan((int)(i * size), (int)size);
            if (mode == "nearest") row[(int)Math.Clamp(Nearest(x), 0, size - 1)] = 1;
            else Spread(row, x, antialias && scale < 1 ? scale : 1);
        }
        return m;
    }

    long Nearest(double x) => (long)(nearest switch
    {
        "round_prefer_floor" => Math.Ceiling(x - 0.5),
        "round_prefer_ceil" => Math.Floor(x + 0.5),
        "ceil" => Math.Ceiling(x),
        _ => Math.Floor(x),
    });

    void Spread(Span<float> row, double x, double scale)
    {
        var reach = (mode == "cubic" ? 2 : 1) / scale;
        double total = 0;
        var weights = new List<(long At, double Weight)>();
        for (var at = (long)Math.Ceiling(x - reach); at <= (long)Math.Floor(x + reach); at++)
        {
            var w = Kernel((at - x) * scale);
            if (w == 0 || (excludeOutside && (at < 0 || at >= row.Length))) continue;
            weights.Add((at, w));
            total += w;
        }
        foreach (var (at, w) in weights) row[(int)Math.Clamp(at, 0, row.Length - 1)] += (float)(excludeOutside || scale < 1 ? w / total : w);
    }

    double Kernel(double d)
    {
        d = Math.Abs(d);
        if (mode != "cubic") return Math.Max(0, 1 - d);
        return d <= 1 ? ((cubic + 2) * d - (cubic + 3)) * d * d + 1 : d < 2 ? ((cubic * d - 5 * cubic) * d + 8 * cubic) * d - 4 * cubic : 0;
    }
}
