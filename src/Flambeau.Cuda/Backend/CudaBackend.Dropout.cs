using Flambeau.Cpu;
using Flambeau.Cuda.Kernels;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    /// <summary>The same draws as on the host, mask and product in one pass.</summary>
    internal (Tensor, Tensor) Dropout(Tensor input, double p, double scale)
    {
        var x = Cast.Contiguous(input);
        Tensor y = Make(x.Layout, x.DType), mask = Make(x.Layout, DType.Bool);
        if (x.Numel == 0) return (y, mask);
        var stream = Generator.Current.Take(x.Numel, RandomFill.PerBlock32);
        var kept = (long)Math.Round(Math.Clamp(1 - p, 0, 1) * (1L << 32));
        Each("philox+dropout", "forward", $"T={T(x)};A={RowPlan.Computed(x)}", (x.Numel + 3) / 4, x.Numel, (long)stream.Key, (long)stream.Block, kept, scale, 0L, x, mask, y);
        return (y, mask);
    }

    internal Tensor DropoutBackward(Tensor dy, Tensor mask, double scale)
    {
        (dy, mask) = (Cast.Contiguous(dy), Cast.Contiguous(mask));
        var y = Make(dy.Layout, dy.DType);
        Each("philox+dropout", "backward", $"T={T(dy)};A={RowPlan.Computed(dy)}", (dy.Numel + 3) / 4, dy.Numel, 0L, 0L, 0L, scale, 0L, dy, mask, y);
        return y;
    }
}
