namespace Flambeau.Ops;

/// <summary>Sizes, defaults and checks of the public convolutions.</summary>
internal static class ConvRules
{
    /// <summary>One number for every axis from one or all; the default for none.</summary>
    internal static long[] Each(long[]? given, int dims, long missing, string op, string name)
    {
        if (given is null || given.Length == 0) return Repeat(missing, dims);
        if (given.Length == dims) return given;
        return given.Length == 1 ? Repeat(given[0], dims)
            : throw new ArgumentException($"{op}: {name} has {given.Length} numbers; expected 1 or {dims}");
    }

    static long[] Repeat(long value, int n)
    {
        var r = new long[n];
        Array.Fill(r, value);
        return r;
    }

    /// <summary>Runs a convolution; <paramref name="padding"/> null means "same".</summary>
    internal static Tensor Convolve(string op, int dims, Tensor input, Tensor weight, Tensor? bias, long[]? stride, long[]? padding, bool same, long[]? dilation, long groups)
    {
        if (input.Rank == dims + 1) return Convolve(op, dims, input.Unsqueeze(0), weight, bias, stride, padding, same, dilation, groups).Select(0, 0);
        using var cast = Amp.Autocast.Whole("_conv", ref input, ref weight, ref bias);
        Check(op, dims, input, weight, bias, groups, weight.Rank > 0 ? weight.Shape[0] : 0);
        if (input.Size(1) != weight.Size(1) * groups || weight.Size(0) % groups != 0)
            throw new ArgumentException($"{op}: an input of shape {input.Shape} and a weight of shape {weight.Shape} don't fit with groups={groups}; expected input [N, Cin, …] and weight [Cout, Cin / groups, …] with Cin and Cout divisible by groups");
        var s = Each(stride, dims, 1, op, "stride");
        var p = Each(padding, dims, 0, op, "padding");
        var d = Each(dilation, dims, 1, op, "dilation");
        var output = new long[dims];
        for (var i = 0; i < dims; i++)
        {
            long size = input.Size(i + 2), reach = d[i] * (weight.Size(i + 2) - 1);
            if (s[i] <= 0 || d[i] <= 0 || p[i] < 0) throw new ArgumentException($"{op}: stride {new Shape(s)}, padding {new Shape(p)}, dilation {new Shape(d)}; expected positive strides and dilations, padding of at least 0");
            if (same)
            {
                if (s[i] != 1) throw new ArgumentException($"{op}: padding 'same' needs stride 1; the stride is {new Shape(s)}");
                p[i] = reach / 2;
                output[i] = size;
            }
            else
            {
                var room = size + 2 * p[i] - reach - 1;
                if (room < 0) throw new ArgumentException($"{op}: the kernel reaches over {reach + 1} elements of axis {i + 2}, but the padded input has {size + 2 * p[i]}; input {input.Shape}, weight {weight.Shape}");
                output[i] = room / s[i] + 1;
            }
        }
        var (x, w, b) = Promote(input, weight, bias, op);
        return x.ConvForward(w, b, s, p, d, groups, output);
    }

    internal static Tensor Transpose(string op, int dims, Tensor input, Tensor weight, Tensor? bias, long[]? stride, long[]? padding, long[]? outputPadding, long groups, long[]? dilation)
    {
        if (input.Rank == dims + 1) return Transpose(op, dims, input.Unsqueeze(0), weight, bias, stride, padding, outputPadding, groups, dilation).Select(0, 0);
        using var cast = Amp.Autocast.Whole("_conv_input", ref input, ref weight, ref bias);
        Check(op, dims, input, weight, bias, groups, weight.Rank > 1 ? weight.Shape[1] * groups : 0);
        if (input.Size(1) != weight.Size(0) || weight.Size(0) % groups != 0)
            throw new ArgumentException($"{op}: an input of shape {input.Shape} and a weight of shape {weight.Shape} don't fit with groups={groups}; expected input [N, Cin, …] and weight [Cin, Cout / groups, …] with Cin divisible by groups");
        var s = Each(stride, dims, 1, op, "stride");
        var p = Each(padding, dims, 0, op, "padding");
        var d = Each(dilation, dims, 1, op, "dilation");
        var more = Each(outputPadding, dims, 0, op, "output_padding");
        var output = new long[dims];
        for (var i = 0; i < dims; i++)
        {
            if (more[i] != 0 && more[i] >= Math.Max(s[i], d[i]))
                throw new ArgumentException($"{op}: output_padding {new Shape(more)} must be smaller than stride {new Shape(s)} or dilation {new Shape(d)}");
            output[i] = (input.Size(i + 2) - 1) * s[i] - 2 * p[i] + d[i] * (weight.Size(i + 2) - 1) + more[i] + 1;
            if (output[i] <= 0) throw new ArgumentException($"{op}: the output would have size {output[i]} along axis {i + 2}; input {input.Shape}, weight {weight.Shape}, padding {new Shape(p)}");
        }
        var (x, w, b) = Promote(input, weight, bias, op);
        return x.ConvInput(w, b, s, p, d, groups, output);
    }

    static (Tensor X, Tensor W, Tensor? B) Promote(Tensor x, Tensor w, Tensor? b, string op)
    {
        if (x.DType != w.DType || (b is not null && b.DType != x.DType))
            throw new ArgumentException($"{op}: input is {x.DType.Name()}, weight {w.DType.Name()}{(b is null ? "" : $", bias {b.DType.Name()}")}; all must have the same dtype. Convert with To(dtype).");
        return (x, w, b);
    }

    static void Check(string op, int dims, Tensor input, Tensor weight, Tensor? bias, long groups, long channels)
    {
        if (input.Rank != dims + 2 || weight.Rank != dims + 2)
            throw new ArgumentException($"{op}: input has shape {input.Shape}, weight {weight.Shape}; expected an input of {dims + 1} or {dims + 2} axes and a weight of {dims + 2}");
        if (groups <= 0) throw new ArgumentException($"{op}: groups is {groups}; expected a positive number");
        if (bias is not null && (bias.Rank != 1 || bias.Size(0) != channels))
            throw new ArgumentException($"{op}: bias has shape {bias.Shape}; expected [{channels}], one number an output channel");
    }
}
