using Flambeau.Cpu;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    internal override void Convolution(int which, in ConvShape s, Tensor a, Tensor b, Tensor? bias, Tensor y)
    {
        Check(DeviceBackend.Op, a, b, bias);
        Convolve(which, s, a, b, bias, y);
    }

    void Convolve(int which, in ConvShape s, Tensor a, Tensor b, Tensor? bias, Tensor y)
    {
        var types = $"T={T(y)}";
        ReadOnlySpan<Kernels.Arg> args =
        [
            s.N, s.Cin, s.Cout, s.Groups, s.In[0], s.In[1], s.In[2], s.Out[0], s.Out[1], s.Out[2], s.Kernel[0], s.Kernel[1], s.Kernel[2], s.Stride[0], s.Stride[1], s.Stride[2],
            s.Pad[0], s.Pad[1], s.Pad[2], s.Dilation[0], s.Dilation[1], s.Dilation[2], y.Numel, a, b, bias, y,
        ];
        if (which == 2) Blocks("conv", "weight", types, y.Numel, 128, args);
        else Each("conv", which == 0 ? "forward" : "input", types, y.Numel, args);
    }

    internal override void Draw(string kind, Tensor y, RandomStream stream, double a, double b, long low, ulong range)
    {
        var (code, wide) = kind switch { "uniform" => (0, y.DType == DType.Float64), "normal" => (1, y.DType == DType.Float64), "bernoulli" => (2, false), _ => (3, true) };
        // the threshold that a word is compared with
        if (code == 2) range = (ulong)Math.Round(Math.Clamp(a, 0, 1) * (1L << 32));
        var blocks = (y.Numel + (wide ? 1 : 3)) / (wide ? 2 : 4);
        Each("philox+random", "draw", $"KIND={code};WIDE={(wide ? 1 : 0)};T={T(y)}", blocks, y.Numel, (long)stream.Key, (long)stream.Block, a, b, low, (long)range, y);
    }
}
