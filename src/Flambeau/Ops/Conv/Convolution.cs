using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Convolution of <c>[N, Cin, spatial…]</c> by <c>[Cout, Cin / groups, kernel…]</c> to a stated output size; the high side of the padding is whatever
/// that implies. Its gradients are <see cref="ConvInput"/> and <see cref="ConvWeight"/>: all three are derivatives of one trilinear form.
/// </summary>
[Op("_conv(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups, int[] output_size) -> Tensor")]
public readonly partial record struct ConvForward(long[] Stride, long[] Padding, long[] Dilation, long Groups, long[] OutputSize)
{
    internal Tensor Forward(Tensor input, Tensor weight, Tensor? bias)
    {
        var g = new ConvGeometry(Stride, Padding, Dilation, Groups);
        return g.Forward(input, weight, bias, OutputSize);
    }

    internal Tensor VjpInput(Shape inputShape, Tensor weight, Tensor dy) =>
        dy.ConvInput(weight, null, Stride, Padding, Dilation, Groups, [.. inputShape.AsSpan()[2..]]);

    internal Tensor VjpWeight(Tensor input, Shape weightShape, Tensor dy) =>
        input.ConvWeight(dy, Stride, Padding, Dilation, Groups, [.. weightShape.AsSpan()[2..]]);

    internal Tensor VjpBias(Tensor dy) => ConvGeometry.SumPerChannel(dy);
}

/// <summary>The adjoint of <see cref="ConvForward"/> in its input, which is the transposed convolution: <c>[N, Cout, spatial…]</c> to <c>[N, Cin, input_size…]</c>.</summary>
[Op("_conv_input(Tensor grad_output, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups, int[] input_size) -> Tensor")]
public readonly partial record struct ConvInput(long[] Stride, long[] Padding, long[] Dilation, long Groups, long[] InputSize)
{
    internal Tensor Forward(Tensor gradOutput, Tensor weight, Tensor? bias)
    {
        var g = new ConvGeometry(Stride, Padding, Dilation, Groups);
        return g.Input(gradOutput, weight, bias, InputSize);
    }

    internal Tensor VjpGradOutput(Shape gradOutputShape, Tensor weight, Tensor dy) =>
        dy.ConvForward(weight, null, Stride, Padding, Dilation, Groups, [.. gradOutputShape.AsSpan()[2..]]);

    internal Tensor VjpWeight(Tensor gradOutput, Shape weightShape, Tensor dy) =>
        dy.ConvWeight(gradOutput, Stride, Padding, Dilation, Groups, [.. weightShape.AsSpan()[2..]]);

    internal Tensor VjpBias(Tensor dy) => ConvGeometry.SumPerChannel(dy);
}

/// <summary>The adjoint of <see cref="ConvForward"/> in its weight: <c>[Cout, Cin / groups, kernel_size…]</c>.</summary>
[Op("_conv_weight(Tensor input, Tensor grad_output, int[] stride, int[] padding, int[] dilation, int groups, int[] kernel_size) -> Tensor")]
public readonly partial record struct ConvWeight(long[] Stride, long[] Padding, long[] Dilation, long Groups, long[] KernelSize)
{
    internal Tensor Forward(Tensor input, Tensor gradOutput)
    {
        var g = new ConvGeometry(Stride, Padding, Dilation, Groups);
        return g.Weight(input, gradOutput, KernelSize);
    }

    internal Tensor VjpInput(Shape inputShape, Tensor gradOutput, Tensor dy) =>
        gradOutput.ConvInput(dy, null, Stride, Padding, Dilation, Groups, [.. inputShape.AsSpan()[2..]]);

    internal Tensor VjpGradOutput(Tensor input, Shape gradOutputShape, Tensor dy) =>
        input.ConvForward(dy, null, Stride, Padding, Dilation, Groups, [.. gradOutputShape.AsSpan()[2..]]);
}

/// <summary>What the three convolution ops share: attributes, and the way to the kernels.</summary>
internal readonly unsafe struct ConvGeometry(long[] stride, long[] padding, long[] dilation, long groups)
{
    internal static Tensor SumPerChannel(Tensor dy)
    {
        var dims = new long[dy.Rank - 1];
        for (var d = 1; d < dims.Length; d++) dims[d] = d + 1;
        return dy.Sum(dims);
    }

    internal Tensor Forward(Tensor x, Tensor w, Tensor? bias, long[] output)
    {
        var dtype = x.DType;
        (x, w) = (Ready(x), Ready(w));
        bias = bias is null ? null : Ready(bias);
        var y = Tensor.New([x.Size(0), w.Size(0), .. output], x.DType);
        var s = Shape(x.Size(0), x.Size(1), w.Size(0), Spatial(x), output, Spatial(w));
        if (x.DType == DType.Float32) Run<float>(0, s, x, w, bias, y);
        else Run<double>(0, s, x, w, bias, y);
        return Cast.To(y, dtype);
    }

    internal Tensor Input(Tensor dy, Tensor w, Tensor? bias, long[] input)
    {
        var dtype = dy.DType;
        (dy, w) = (Ready(dy), Ready(w));
        bias = bias is null ? null : Ready(bias);
        var dx = Tensor.New([dy.Size(0), w.Size(1) * groups, .. input], dy.DType);
        var s = Shape(dy.Size(0), w.Size(1) * groups, dy.Size(1), input, Spatial(dy), Spatial(w));
        if (dy.DType == DType.Float32) Run<float>(1, s, dy, w, bias, dx);
        else Run<double>(1, s, dy, w, bias, dx);
        return Cast.To(dx, dtype);
    }

    internal Tensor Weight(Tensor x, Tensor dy, long[] kernel)
    {
        var dtype = x.DType;
        (x, dy) = (Ready(x), Ready(dy));
        var dw = Tensor.New([dy.Size(1), x.Size(1) / groups, .. kernel], x.DType);
        var s = Shape(x.Size(0), x.Size(1), dy.Size(1), Spatial(x), Spatial(dy), kernel);
        if (x.DType == DType.Float32) Run<float>(2, s, x, dy, null, dw);
        else Run<double>(2, s, x, dy, null, dw);
        return Cast.To(dw, dtype);
    }

    /// <summary>Half types compute in float32, integers in float64.</summary>
    static Tensor Ready(Tensor t)
    {
        if (t.DType.IsComplex()) throw new ArgumentException("a convolution kernel got a complex tensor; convolve real and imaginary parts");
        return Cast.Contiguous(Cast.To(t, t.DType.IsFloat() ? Pointwise.Wide(t.DType) : DType.Float64));
    }

    static long[] Spatial(Tensor t) => t.Layout.Sizes[2..];

    ConvShape Shape(long n, long cin, long cout, long[] input, long[] output, long[] kernel) => new()
    {
        N = n, Cin = cin, Cout = cout, Groups = groups, Dims = input.Length, In = Axes.Of(input, 1), Out = Axes.Of(output, 1),
        Kernel = Axes.Of(kernel, 1), Stride = Axes.Of(stride, 1), Pad = Axes.Of(padding, 0), Dilation = Axes.Of(dilation, 1),
    };

    static void Run<T>(int which, in ConvShape s, Tensor a, Tensor b, Tensor? bias, Tensor y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (y.Numel == 0) return;
        if (y.Storage.Backend is { } device)
        {
            device.Convolution(which, s, a, b, bias, y);
            return;
        }
        fixed (T* pa = &a.First<T>(), pb = &b.First<T>(), py = &y.First<T>())
        {
            if (bias is null) Run(which, s, pa, pb, null, py);
            else
            {
                fixed (T* pbias = &bias.First<T>()) Run(which, s, pa, pb, pbias, py);
            }
        }
    }

    static void Run<T>(int which, in ConvShape s, T* a, T* b, T* bias, T* y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (which == 0) Cpu.Conv.Forward(s, a, b, bias, y);
        else if (which == 1) Cpu.Conv.BackwardInput(s, a, b, y, bias);
        else Cpu.Conv.BackwardWeight(s, a, b, y);
    }
}
