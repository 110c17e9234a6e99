namespace Flambeau.Cpu;

/// <summary>The windows of one pooled axis: which inputs each output position looks at, and what a mean there divides by.</summary>
internal sealed class PoolAxis
{
    internal readonly long In, Out, Step;

    /// <summary>First input of each window and one past the last, both within the input.</summary>
    internal readonly long[] First, End;

    /// <summary>Size of each window for a mean.</summary>
    internal readonly long[] Count;

    /// <summary>Where window o starts, <c>o · Stride − Pad</c>, and how many elements, <see cref="Step"/> apart, it has unless cut; the stride is 0 where windows follow no such rule.</summary>
    internal readonly long Stride, Pad, Kernel;

    PoolAxis(long input, long output, long step, long stride = 0, long pad = 0, long kernel = 0)
    {
        (Stride, Pad, Kernel) = (stride, pad, kernel);
        (In, Out, Step) = (input, output, step);
        (First, End, Count) = (new long[output], new long[output], new long[output]);
    }

    /// <summary>The outputs whose windows are regular and whole; none where the stride is 0.</summary>
    internal (long From, long To) Whole()
    {
        if (Stride == 0 || Kernel == 0) return (0, 0);
        var room = In + Pad - ((Kernel - 1) * Step + 1);
        long from = (Pad + Stride - 1) / Stride, to = room < 0 ? 0 : Math.Min(Out, room / Stride + 1);
        return to > from ? (from, to) : (0, 0);
    }

    /// <summary>An axis that isn't pooled.</summary>
    internal static PoolAxis Single => Adaptive(1, 1);

    /// <summary>Number of outputs: windows that end outside only count with <paramref name="ceil"/>, and only if they start inside the input or its low padding.</summary>
    internal static long Outputs(long input, long kernel, long stride, long pad, long dilation, bool ceil)
    {
        var room = input + 2 * pad - dilation * (kernel - 1) - 1;
        if (ceil) room += stride - 1;
        var n = (room >= 0 ? room / stride : -((-room + stride - 1) / stride)) + 1;
        if (ceil && (n - 1) * stride >= input + pad) n--;
        return n > 0 ? n : throw new ArgumentException($"a pool of kernel size {kernel}, stride {stride}, padding {pad} and dilation {dilation} gives {n} outputs for an axis of size {input}; the window must fit the padded input");
    }

    /// <summary>Windows of a mean; with <paramref name="countPad"/> padding counts as zeros.</summary>
    internal static PoolAxis Mean(long input, long kernel, long stride, long pad, bool ceil, bool countPad)
    {
        var axis = new PoolAxis(input, Outputs(input, kernel, stride, pad, 1, ceil), 1, stride, pad, kernel);
        for (long o = 0; o < axis.Out; o++)
        {
            long start = o * stride - pad, end = Math.Min(start + kernel, input + pad);
            axis.Count[o] = end - start;
            axis.First[o] = Math.Max(0, start);
            axis.End[o] = Math.Min(input, end);
            if (!countPad) axis.Count[o] = axis.End[o] - axis.First[o];
        }
        return axis;
    }

    /// <summary>Windows of a maximum, whose elements lie <paramref name="dilation"/> apart.</summary>
    internal static PoolAxis Max(long input, long kernel, long stride, long pad, long dilation, bool ceil)
    {
        var axis = new PoolAxis(input, Outputs(input, kernel, stride, pad, dilation, ceil), dilation, stride, pad, kernel);
        for (long o = 0; o < axis.Out; o++)
        {
            var start = o * stride - pad;
            axis.End[o] = Math.Min(start + (kernel - 1) * dilation + 1, input);
            if (start < 0) start += (-start + dilation - 1) / dilation * dilation;
            axis.First[o] = start;
        }
        return axis;
    }

    /// <summary>Windows at pseudo-random places (Graham, "Fractional Max-Pooling", arXiv:1412.6071); <paramref name="sample"/> in [0, 1) picks them.</summary>
    internal static PoolAxis Fractional(long input, long kernel, long output, double sample)
    {
        var axis = new PoolAxis(input, output, 1);
        var alpha = output > 1 ? (input - kernel) / (double)(output - 1) : 0;
        for (long o = 0; o < output; o++)
        {
            axis.First[o] = o == output - 1 ? input - kernel : (long)((o + sample) * alpha) - (long)(sample * alpha);
            axis.End[o] = axis.First[o] + kernel;
        }
        return axis;
    }

    /// <summary>A given number of windows that cover the input as evenly as may be.</summary>
    internal static PoolAxis Adaptive(long input, long output)
    {
        var even = output > 0 && input % output == 0 ? input / output : 0;
        var axis = new PoolAxis(input, output, 1, even, 0, even);
        for (long o = 0; o < output; o++)
        {
            axis.First[o] = o * input / output;
            axis.End[o] = ((o + 1) * input + output - 1) / output;
            axis.Count[o] = axis.End[o] - axis.First[o];
        }
        return axis;
    }
}
