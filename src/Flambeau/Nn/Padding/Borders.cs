namespace Flambeau.Nn;

/// <summary>Padding of several axes, the last one first, one axis at a time.</summary>
internal static partial class Borders
{
    [Script]
    internal static Tensor Pad(this Tensor input, long[] pad, string mode, double value = 0)
    {
        if (pad.Length / 2 > input.Rank) throw new ArgumentException($"pad: widths for {pad.Length / 2} axes are given, the input has shape {input.Shape}");
        for (var i = 0; i < pad.Length / 2; i++) input = Axis(input, -1 - i, pad[2 * i], pad[2 * i + 1], mode, value);
        return input;
    }

    [Script]
    internal static Tensor Axis(Tensor x, int dim, long before, long after, string mode, double value)
    {
        // Negative widths cut.
        if (before < 0 || after < 0) x = x.Slice(dim, Math.Max(0, -before), x.Size(dim) - Math.Max(0, -after));
        (before, after) = (Math.Max(0, before), Math.Max(0, after));
        if (before == 0 && after == 0) return x;
        var n = x.Size(dim);
        var most = mode switch { "reflect" => n - 1, "circular" => n, "replicate" when n == 0 => 0, _ => long.MaxValue };
        if (before > most || after > most) throw new ArgumentException($"pad: mode {mode} can't add {before} and {after} elements to axis {dim} of an input of shape {x.Shape}; at most {most} fit");
        var parts = new List<Tensor>();
        if (before > 0) parts.Add(Part(x, dim, true, before, mode, value));
        parts.Add(x);
        if (after > 0) parts.Add(Part(x, dim, false, after, mode, value));
        return Tensor.Cat([.. parts], dim);
    }

    [Script]
    internal static Tensor Part(Tensor x, int dim, bool start, long width, string mode, double value)
    {
        var n = x.Size(dim);
        if (mode == "circular") return start ? x.Slice(dim, n - width, n) : x.Slice(dim, 0, width);
        if (mode == "reflect") return (start ? x.Slice(dim, 1, width + 1) : x.Slice(dim, n - 1 - width, n - 1)).Flip([dim]);
        var shape = x.Shape.ToArray();
        shape[x.Rank + dim] = width;
        if (mode == "constant") return x.NewFull(shape, value);
        return (start ? x.Slice(dim, 0, 1) : x.Slice(dim, n - 1, n)).Expand(shape);
    }
}
