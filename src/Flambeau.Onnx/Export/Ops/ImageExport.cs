using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Images of other sizes, and samples of images.</summary>
internal static class ImageExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(Interpolate, "nn.functional.interpolate", "nn.functional.upsample");
        t.Add(static n =>
        {
            var rank = n.Rank(n.First);
            var dim = n.Int("dim");
            if (dim < 0) dim += rank;
            return Resize(n, n.Text("mode")!, n.Bool("align_corners"), n.Bool("antialias"), [dim], [n["size"]], n.Const("scale") is double s ? [s] : null);
        }, "_resample");
        t.Add(static n => Sample(n, n.Text("mode")!, n.Text("padding_mode")!, n.Const("align_corners") is true), "nn.functional.grid_sample");
        t.Add(static n => Sample(n, n.Int("interpolation_mode") switch { 0 => "bilinear", 1 => "nearest", _ => "bicubic" }, n.Int("padding_mode") switch { 0 => "zeros", 1 => "border", _ => "reflection" }, n.Bool("align_corners")),
            "grid_sampler", "grid_sampler_2d", "grid_sampler_3d");
    }

    static string Interpolate(ExportNode n)
    {
        var rank = n.Rank(n.First);
        var mode = n.Text("mode")!;
        long[] axes = [.. Enumerable.Range(2, rank - 2).Select(static i => (long)i)];
        var antialias = !n.Try("antialias").IsNone && n.Bool("antialias");
        if (!n["size"].IsNone)
        {
            var sizes = n["size"].List is { } l ? l.Count == 1 ? [.. axes.Select(_ => l[0])] : l.ToArray() : throw n.Error("the size must be a list whose length is known");
            return Resize(n, mode, n.Const("align_corners") is true, antialias, axes, sizes, null);
        }
        var factors = n.Const("scale_factor") switch { object?[] l => l.Select(static x => Convert.ToDouble(x, System.Globalization.CultureInfo.InvariantCulture)).ToArray(), double d => [d], long v => [v], _ => throw n.Error("size or scale factor must be given") };
        if (factors.Length == 1) factors = [.. axes.Select(_ => factors[0])];
        return Resize(n, mode, n.Const("align_corners") is true, antialias, axes, null, factors);
    }

    static string Resize(ExportNode n, string mode, bool align, bool antialias, long[] axes, Operand[]? sizes, double[]? scales)
    {
        var x = n.T(n.First);
        var rank = n.Rank(n.First);
        var kind = mode switch { "nearest" or "nearest-exact" => "nearest", "bicubic" or "cubic" => "cubic", "area" => throw n.Error("mode 'area' can't be exported; use AdaptiveAvgPool"), _ => "linear" };
        (string, object?)[] attributes =
        [
            ("mode", kind),
            ("coordinate_transformation_mode", mode == "nearest" ? "asymmetric" : align ? "align_corners" : kind == "linear" ? "pytorch_half_pixel" : "half_pixel"),
            ("nearest_mode", mode == "nearest" ? "floor" : kind == "nearest" ? "round_prefer_ceil" : null),
            ("cubic_coeff_a", kind == "cubic" ? antialias ? -0.5 : -0.75 : null),
            ("antialias", antialias ? n.Opset >= 18 ? 1L : throw n.Error("antialiasing needs opset 18") : null),
        ];
        if (sizes is null)
        {
            var all = Enumerable.Repeat(1f, rank).ToArray();
            for (var i = 0; i < axes.Length; i++) all[axes[i]] = (float)scales![i];
            return n.E("Resize", [x, null, n.To.Constant(Tensor.From(all))], attributes);
        }
        // Sizes of all axes: those of the others are the input's.
        var parts = new List<string?>();
        for (var d = 0; d < rank; d++)
        {
            var at = Array.IndexOf(axes, (long)d);
            parts.Add(at >= 0 ? n.IntList(Operand.Of([sizes[at]])) : n.E("Shape", [x], ("start", (long)d), ("end", (long)d + 1)));
        }
        if (n.Type(n.First).Sizes is { } known && sizes.All(static s => s.IsConstant))
            return n.E("Resize", [x, null, null, n.I([.. Enumerable.Range(0, rank).Select(d => Array.IndexOf(axes, (long)d) is var at && at >= 0 ? (long)sizes[at].Constant! : known[d])])], attributes);
        return n.E("Resize", [x, null, null, n.E("Concat", parts, ("axis", 0L))], attributes);
    }

    static string Sample(ExportNode n, string mode, string padding, bool align) => n.E("GridSample", [n.T("input"), n.T("grid")],
        ("mode", n.Opset >= 20 ? mode switch { "bilinear" => "linear", "bicubic" => "cubic", _ => mode } : mode), ("padding_mode", padding), ("align_corners", align ? 1L : 0L));
}
