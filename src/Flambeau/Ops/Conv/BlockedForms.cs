using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>What the blocked convolutions share.</summary>
internal static class BlockedForms
{
    internal static BlockedShape Shape(Tensor input, long cin, long cout, long[] kernel, long[] stride, long[] padding, long[] dilation, long[] output)
    {
        if (input.Rank != 5 || input.DType != DType.Float32 || input.Size(4) is not (4 or 8 or 16) || (cin + input.Size(4) - 1) / input.Size(4) != input.Size(1))
            throw new ArgumentException($"a blocked convolution got {input.DType.Name()} of shape {input.Shape} for {cin} channels; expected float32 [N, blocks, H, W, 4 or 8 or 16]");
        return Shape(input.Size(0), cin, cout, input.Size(2), input.Size(3), input.Size(4), kernel, stride, padding, dilation, output);
    }

    internal static BlockedShape Shape(long n, long cin, long cout, long height, long width, long block, long[] kernel, long[] stride, long[] padding, long[] dilation, long[] output)
    {
        if (kernel.Length != 2 || stride.Length != 2 || padding.Length != 2 || dilation.Length != 2 || output.Length != 2 || stride.Any(static v => v <= 0) || dilation.Any(static v => v <= 0) || padding.Any(static v => v < 0) || kernel.Any(static v => v <= 0))
            throw new ArgumentException("a blocked convolution needs two numbers each of kernel, stride, padding, dilation and output size, positive but for padding");
        return new()
        {
            N = n, Cin = cin, Cout = cout, Block = (int)block, H = height, W = width, OutH = output[0], OutW = output[1],
            KernelH = kernel[0], KernelW = kernel[1], StrideH = stride[0], StrideW = stride[1], PadH = padding[0], PadW = padding[1], DilationH = dilation[0], DilationW = dilation[1],
        };
    }

    /// <summary>The sizes of a blocked image; all its lanes count as channels.</summary>
    internal static BlockedShape Image(Tensor x, string name) => x.Rank == 5 && x.DType == DType.Float32 && x.Size(4) is 4 or 8 or 16
        ? new() { N = x.Size(0), Cin = x.Size(1) * x.Size(4), Cout = x.Size(1) * x.Size(4), H = x.Size(2), W = x.Size(3), OutH = x.Size(2), OutW = x.Size(3), Block = (int)x.Size(4) }
        : throw new ArgumentException($"{name} got {x.DType.Name()} of shape {x.Shape}; expected float32 [N, blocks, H, W, 4 or 8 or 16]");

    internal static Epilogue End(string name) => name switch
    {
        "none" => Epilogue.None,
        "relu" => Epilogue.Relu,
        "relu6" => Epilogue.Relu6,
        "hardswish" => Epilogue.Hardswish,
        _ => throw new ArgumentException($"'{name}' is no epilogue; expected none, relu, relu6 or hardswish"),
    };
}
