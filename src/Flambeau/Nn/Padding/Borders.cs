namespace Flambeau.Nn;

/// <summary>Padding of several axes, the last one first, one axis at a time.</summary>
internal static class Borders
{
    internal static Tensor Pad(this Tensor input, long[] pad, string mode, double value = 0)
    {
        if (pad.Length / 2 > input.Rank) throw new ArgumentException($"pad: widths for {pad.Length / 2} axes are given, the input has shape {input.Shape}");
        for (var i = 0; i < pad.Length / 2; i++) input = Axis(input, input.Rank - 1 - i, pad[2 * i], pad[2 * i + 1], mode, value);
        return input;
    }

    static Tensor Axis(Tensor x, int dim, long before, long after, string mode, double value)
    {
        var n = x.Size(dim);
        // Negative widths cut.
        if (before < 0 || after < 0) (x, n) = (x.Slice(dim, Math.Max(0, -before), n - Math.Max(0, -after)), n - Math.Max(0, -before) - Math.Max(0, -after));
        (before, after) = (Math.Max(0, before), Math.Max(0, after));
        var most = mode switch { "reflect" => n - 1, "circular" => n, "replicate" when n == 0 => 0, _ => long.MaxValue };
        if (before > most || after > most) throw new ArgumentException($"pad: mode {mode} can't add {before} and {after} elements to axis {dim} of an input of shape {x.Shape}; at most {most} fit");
        Tensor[] parts = [.. Part(true, before), x, .. Part(false, after)];
        return parts.Length == 1 ? x : Tensor.Cat(parts, dim);

        IEnumerable<Tensor> Part(bool start, long width)
        {
            if (width == 0) return [];
            long[] shape = x.Shape.ToArray();
            shape[dim] = width;
            return mode switch
            {
                "constant" => [x.NewFull(shape, value)],
                "replicate" => [(start ? x.Slice(dim, 0, 1) : x.Slice(dim, n - 1, n)).Expand(shape)],
                "circular" => [start ? x.Slice(dim, n - width, n) : x.Slice(dim, 0, width)],
                _ => Enumerable.Range(0, (int)width).Select(i => start ? x.Slice(dim, width - i, width - i + 1) : x.Slice(dim, n - 2 - i, n - 1 - i)),
            };
        }
    }
}
