namespace Flambeau.Ops;

/// <summary>Sizes, axes and normalization as the functions of <c>torch.fft</c> take them.</summary>
internal static class FftArguments
{
    internal static double Scale(long normalization, long n) => normalization switch
    {
        0 => 1,
        1 => 1 / Math.Sqrt(n),
        _ => 1.0 / n,
    };

    /// <summary>"backward" scales only the inverse, "forward" only the forward transform, "ortho" both by the square root.</summary>
    internal static long Mode(string? norm, bool forward, string op) => norm switch
    {
        null or "backward" => forward ? 0 : 2,
        "forward" => forward ? 2 : 0,
        "ortho" => 1,
        _ => throw new ArgumentException($"{op}: norm is '{norm}'; expected 'backward', 'forward' or 'ortho'"),
    };

    /// <summary>Axes to transform and their sizes; without axes, the last ones that sizes were given for, or all.</summary>
    internal static (long[] Dim, long[] Size) Resolve(Tensor x, long[]? s, long[]? dim, string op)
    {
        if (s is not null && dim is not null && s.Length != dim.Length)
            throw new ArgumentException($"{op}: {s.Length} sizes and {dim.Length} axes were given; expected equally many");
        if (s is not null && s.Length > x.Rank) throw new ArgumentException($"{op}: {s.Length} sizes were given for a tensor of {x.Rank} axes");
        var axes = dim is not null ? Array.ConvertAll(dim, d => (long)Dims.Wrap(d, x.Rank))
            : [.. Enumerable.Range(0, x.Rank).Select(static d => (long)d).Skip(s is null ? 0 : x.Rank - s.Length)];
        if (axes.Distinct().Count() != axes.Length) throw new ArgumentException($"{op}: an axis appears twice in [{string.Join(", ", dim!)}]");
        if (x.Rank == 0) throw new ArgumentException($"{op}: a 0-d tensor has no axis to transform");
        var sizes = new long[axes.Length];
        for (var i = 0; i < axes.Length; i++) sizes[i] = s is null || s[i] == -1 ? x.Size((int)axes[i]) : s[i];
        return (axes, sizes);
    }

    /// <summary>Cuts or fills with zeros to the sizes.</summary>
    internal static Tensor Resize(Tensor x, long[] dim, long[] sizes, string op)
    {
        for (var i = 0; i < dim.Length; i++)
        {
            long have = x.Size((int)dim[i]), want = sizes[i];
            if (want < 1) throw new ArgumentException($"{op}: {want} data points along axis {dim[i]}; expected at least one");
            if (want < have) x = x.Slice(dim[i], 0, want);
            else if (want > have)
            {
                var full = x.Shape.ToArray();
                full[dim[i]] = want;
                x = x.SliceBackward(full, dim[i], 0, have, 1);
            }
        }
        return x;
    }

    /// <summary>float32 for integers and half types, other dtypes as they are.</summary>
    internal static Tensor Float(Tensor x) => x.DType.IsIntegral() || x.DType is DType.Float16 or DType.BFloat16 ? x.To(DType.Float32) : x;

    internal static Tensor Complex(Tensor x)
    {
        x = Float(x);
        return x.To(x.DType.ToComplex());
    }

    internal static Tensor Real(Tensor x, string op) => x.DType.IsComplex()
        ? throw new ArgumentException($"{op}: the tensor is {x.DType.Name()}; expected a real one. Fft.Transform takes complex tensors") : Float(x);
}
