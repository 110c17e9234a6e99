using Flambeau.Cpu;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    static string LossTypes(Tensor x) => $"T={T(x)};A={RowPlan.Computed(x)};V={16 / x.DType.Size()};TH={(x.Size(1) > 4096 ? 1024 : x.Size(1) > 512 ? 256 : 64)}";

    static int LossThreads(Tensor x) => x.Size(1) > 4096 ? 1024 : x.Size(1) > 512 ? 256 : 64;

    internal (Tensor, Tensor) CrossEntropy(Tensor x, Tensor target, long ignore)
    {
        NllKernel.Check(x.Shape, target, null);
        (x, target) = (Cast.Contiguous(x), Cast.Contiguous(Cast.To(target, DType.Int64)));
        var wide = Cpu.Pointwise.Wide(x.DType);
        Tensor loss = Make([x.Size(0)], wide), lse = Make([x.Size(0)], wide);
        Blocks("warp+long_rows+cross_entropy", "forward", LossTypes(x), x.Size(0), LossThreads(x), x.Size(1), ignore, x, target, loss, lse, null, Bad);
        return (loss, lse);
    }

    internal Tensor CrossEntropyBackward(Tensor dy, Tensor x, Tensor target, Tensor lse, long ignore)
    {
        var wide = Cpu.Pointwise.Wide(x.DType);
        (x, target, dy, lse) = (Cast.Contiguous(x), Cast.Contiguous(Cast.To(target, DType.Int64)), Cast.Contiguous(Cast.To(dy, wide)), Cast.Contiguous(Cast.To(lse, wide)));
        var y = Make(x.Layout.Sizes, x.DType);
        Blocks("warp+long_rows+cross_entropy", "backward", LossTypes(x), x.Size(0), LossThreads(x), x.Size(1), ignore, x, target, dy, lse, y, Bad);
        return y;
    }
}
