namespace Flambeau.Ops;

/// <summary>
/// <c>relu(input ∗ weight + bias + residual)</c> with what there is of it: what compiled programs make of a convolution and what follows it, on devices that have a kernel for that.
/// It has no gradient.
/// </summary>
[Op("_conv_end(Tensor input, Tensor weight, Tensor? bias, Tensor? residual, int[] stride, int[] padding, int[] dilation, int groups, int[] output_size, bool relu) -> Tensor")]
public readonly partial record struct ConvEnd(long[] Stride, long[] Padding, long[] Dilation, long Groups, long[] OutputSize, bool Relu)
{
    internal Tensor Forward(Tensor input, Tensor weight, Tensor? bias, Tensor? residual)
    {
        var y = input.ConvForward(weight, bias, Stride, Padding, Dilation, Groups, OutputSize);
        if (residual is not null) y += residual;
        return Relu ? y.Relu() : y;
    }
}
