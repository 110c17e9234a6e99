using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>One length for each of depth, height and width; missing leading axes hold a neutral value.</summary>
[InlineArray(3)]
internal struct Axes
{
    private long first;

    /// <summary>The product of the three.</summary>
    public readonly long Volume => this[0] * this[1] * this[2];

    /// <summary>Right-aligns up to three lengths, filling the leading axes with <paramref name="missing"/>.</summary>
    public static Axes Of(ReadOnlySpan<long> lengths, long missing)
    {
        Axes axes = default;
        for (var i = 0; i < 3; i++) axes[i] = i < 3 - lengths.Length ? missing : lengths[i - 3 + lengths.Length];
        return axes;
    }
}

/// <summary>
/// A grouped convolution over one to three axes, NCHW and contiguous: x [N, Cin, in], w [Cout, Cin / Groups, kernel],
/// y [N, Cout, out]. Only the low side of the padding is stated; the high side is whatever <see cref="Out"/> implies, so
/// uneven padding and the output padding of a transposed convolution need nothing more.
/// </summary>
internal struct ConvShape
{
    public long N, Cin, Cout, Groups;
    public int Dims;
    public Axes In, Out, Kernel, Stride, Pad, Dilation;

    public readonly long CinGroup => Cin / Groups;
    public readonly long CoutGroup => Cout / Groups;

    /// <summary>The shape with its <see cref="Out"/> worked out for equal padding on both sides.</summary>
    public static ConvShape Create(long n, long cin, long cout, long groups, ReadOnlySpan<long> input, ReadOnlySpan<long> kernel,
        ReadOnlySpan<long> stride, ReadOnlySpan<long> pad, ReadOnlySpan<long> dilation)
    {
        var shape = new ConvShape
        {
            N = n, Cin = cin, Cout = cout, Groups = groups, Dims = input.Length,
            In = Axes.Of(input, 1), Kernel = Axes.Of(kernel, 1), Stride = Axes.Of(stride, 1), Pad = Axes.Of(pad, 0), Dilation = Axes.Of(dilation, 1),
        };
        for (var i = 0; i < 3; i++)
            shape.Out[i] = Math.Max(0, (shape.In[i] + 2 * shape.Pad[i] - shape.Dilation[i] * (shape.Kernel[i] - 1) - 1) / shape.Stride[i] + 1);
        return shape;
    }

    /// <summary>
    /// The convolution whose <see cref="Conv.BackwardInput{T}"/> is the transposed convolution from <paramref name="input"/> to
    /// <paramref name="output"/>: its x is the transposed output [N, cout, output], its y the transposed input [N, cin, input].
    /// </summary>
    public static ConvShape Transposed(long n, long cin, long cout, long groups, ReadOnlySpan<long> input, ReadOnlySpan<long> output,
        ReadOnlySpan<long> kernel, ReadOnlySpan<long> stride, ReadOnlySpan<long> pad, ReadOnlySpan<long> dilation) => new()
    {
        N = n, Cin = cout, Cout = cin, Groups = groups, Dims = input.Length, In = Axes.Of(output, 1), Out = Axes.Of(input, 1),
        Kernel = Axes.Of(kernel, 1), Stride = Axes.Of(stride, 1), Pad = Axes.Of(pad, 0), Dilation = Axes.Of(dilation, 1),
    };
}
