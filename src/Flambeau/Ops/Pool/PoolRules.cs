namespace Flambeau.Ops;

/// <summary>Defaults and checks of the public pools.</summary>
internal static class PoolRules
{
    internal static object Either((Tensor Values, Tensor Indices) r, bool indices) => indices ? new[] { r.Values, r.Indices } : r.Values;

    static long[] Spread(long[]? given, int dims, long[] missing, string op, string name) =>
        given is null || given.Length == 0 ? missing : ConvRules.Each(given, dims, 0, op, name);

    static void CheckRank(string op, int dims, Tensor input)
    {
        if (input.Rank != dims + 1 && input.Rank != dims + 2)
            throw new ArgumentException($"{op}: input has shape {input.Shape}; expected {dims + 1} or {dims + 2} axes ([N,] C and {dims} spatial)");
    }

    static void CheckPadding(string op, long[] kernel, long[] stride, long[] padding, long[] dilation)
    {
        for (var i = 0; i < kernel.Length; i++)
        {
            if (kernel[i] <= 0 || stride[i] <= 0 || dilation[i] <= 0 || padding[i] < 0 || padding[i] > ((kernel[i] - 1) * dilation[i] + 1) / 2)
                throw new ArgumentException($"{op}: kernel_size {new Shape(kernel)}, stride {new Shape(stride)}, padding {new Shape(padding)}, dilation {new Shape(dilation)}; expected positive numbers, and padding from 0 to half the kernel's reach");
        }
    }

    internal static (Tensor Values, Tensor Indices) Max(string op, int dims, Tensor input, long[] kernelSize, long[]? stride, long[]? padding, long[]? dilation, bool ceilMode)
    {
        using var cast = Amp.Autocast.Whole(op, ref input);
        var (k, s, p, d) = MaxWindows(op, dims, input, kernelSize, stride, padding, dilation);
        return input.MaxPool(k, s, p, d, ceilMode);
    }

    /// <summary>Positions are found only where a gradient will need them.</summary>
    internal static Tensor MaxValues(string op, int dims, Tensor input, long[] kernelSize, long[]? stride, long[]? padding, long[]? dilation, bool ceilMode)
    {
        using var cast = Amp.Autocast.Whole(op, ref input);
        var (k, s, p, d) = MaxWindows(op, dims, input, kernelSize, stride, padding, dilation);
        return Autograd.Grad.Needs(input) ? input.MaxPool(k, s, p, d, ceilMode).Item1 : input.MaxPoolValues(k, s, p, d, ceilMode);
    }

    static (long[] Kernel, long[] Stride, long[] Padding, long[] Dilation) MaxWindows(string op, int dims, Tensor input, long[] kernelSize, long[]? stride, long[]? padding, long[]? dilation)
    {
        CheckRank(op, dims, input);
        var k = ConvRules.Each(kernelSize, dims, 1, op, "kernel_size");
        var s = Spread(stride, dims, k, op, "stride");
        var p = ConvRules.Each(padding, dims, 0, op, "padding");
        var d = ConvRules.Each(dilation, dims, 1, op, "dilation");
        CheckPadding(op, k, s, p, d);
        return (k, s, p, d);
    }

    internal static Tensor Mean(string op, int dims, Tensor input, long[] kernelSize, long[]? stride, long[]? padding, bool ceilMode, bool countIncludePad, long? divisor)
    {
        using var cast = Amp.Autocast.Whole(op, ref input);
        CheckRank(op, dims, input);
        if (divisor == 0) throw new ArgumentException($"{op}: divisor_override is 0; expected another number, or none");
        var k = ConvRules.Each(kernelSize, dims, 1, op, "kernel_size");
        var s = Spread(stride, dims, k, op, "stride");
        var p = ConvRules.Each(padding, dims, 0, op, "padding");
        CheckPadding(op, k, s, p, ConvRules.Each(null, dims, 1, op, "dilation"));
        return input.AvgPool(k, s, p, ceilMode, countIncludePad, divisor);
    }

    internal static Tensor Lp(string op, int dims, Tensor input, double normType, long[] kernelSize, long[]? stride, bool ceilMode)
    {
        var k = ConvRules.Each(kernelSize, dims, 1, op, "kernel_size");
        double volume = 1;
        foreach (var n in k) volume *= n;
        var mean = Mean(op, dims, input.Pow((Scalar)normType), k, stride, null, ceilMode, true, null);
        return (mean.Sign() * mean.Abs().Relu() * volume).Pow((Scalar)(1 / normType));
    }

    internal static long[] Adaptive(string op, int dims, Tensor input, long?[] outputSize)
    {
        CheckRank(op, dims, input);
        if (outputSize.Length != 1 && outputSize.Length != dims)
            throw new ArgumentException($"{op}: output_size has {outputSize.Length} numbers; expected 1 or {dims}");
        var r = new long[dims];
        for (var i = 0; i < dims; i++)
        {
            r[i] = (outputSize.Length == 1 ? outputSize[0] : outputSize[i]) ?? input.Shape[input.Rank - dims + i];
            if (r[i] < 0) throw new ArgumentException($"{op}: output_size {r[i]} is negative");
        }
        return r;
    }

    internal static Tensor Unpool(string op, int dims, Tensor input, Tensor indices, long[] kernelSize, long[]? stride, long[]? padding, long[]? outputSize)
    {
        using var cast = Amp.Autocast.Whole(op, ref input);
        CheckRank(op, dims, input);
        if (input.Shape != indices.Shape) throw new ArgumentException($"{op}: input has shape {input.Shape}, indices {indices.Shape}; they must agree");
        var k = ConvRules.Each(kernelSize, dims, 1, op, "kernel_size");
        var s = Spread(stride, dims, k, op, "stride");
        var p = ConvRules.Each(padding, dims, 0, op, "padding");
        var size = new long[dims];
        for (var i = 0; i < dims; i++) size[i] = (input.Shape[input.Rank - dims + i] - 1) * s[i] + k[i] - 2 * p[i];
        if (outputSize is { Length: > 0 })
        {
            if (outputSize.Length != dims && outputSize.Length != input.Rank)
                throw new ArgumentException($"{op}: output_size {new Shape(outputSize)} has {outputSize.Length} numbers; expected {dims} or {input.Rank}");
            var given = outputSize[^dims..];
            for (var i = 0; i < dims; i++)
            {
                if (given[i] <= size[i] - s[i] || given[i] >= size[i] + s[i])
                    throw new ArgumentException($"{op}: output_size {new Shape(given)} is no size that pools to {input.Shape}; axis {i} must lie between {size[i] - s[i]} and {size[i] + s[i]}");
            }
            size = given;
        }
        return input.PlaneScatter(indices, size, false);
    }

    internal static (Tensor Values, Tensor Indices) Fractional(string op, int dims, Tensor input, long[] kernelSize, long[]? outputSize, double[]? outputRatio, Tensor? samples)
    {
        CheckRank(op, dims, input);
        var k = ConvRules.Each(kernelSize, dims, 1, op, "kernel_size");
        if (outputSize is null == outputRatio is null) throw new ArgumentException($"{op}: give either output_size or output_ratio");
        var size = new long[dims];
        for (var i = 0; i < dims; i++)
        {
            var n = input.Shape[input.Rank - dims + i];
            if (outputRatio is not null)
            {
                var ratio = outputRatio[outputRatio.Length == 1 ? 0 : i];
                if (ratio is not (> 0 and < 1)) throw new ArgumentException($"{op}: output_ratio is {ratio}; expected a number between 0 and 1");
                size[i] = (long)(n * ratio);
            }
            else size[i] = outputSize![outputSize.Length == 1 ? 0 : i];
            if (size[i] < 1 || size[i] + k[i] - 1 > n)
                throw new ArgumentException($"{op}: {size[i]} windows of {k[i]} don't fit an axis of size {n}; input {input.Shape}");
        }
        long batch = input.Rank == dims + 2 ? input.Shape[0] : 1, channels = input.Shape[input.Rank - dims - 1];
        samples ??= input.NewEmpty([batch, channels, dims], input.DType.IsFloat() ? input.DType : DType.Float32).Uniform_();
        if (samples.Shape != new Shape([batch, channels, dims]))
            throw new ArgumentException($"{op}: the random samples have shape {samples.Shape}; expected {new Shape([batch, channels, dims])}");
        return input.FractionalMaxPool(samples, k, size);
    }
}
