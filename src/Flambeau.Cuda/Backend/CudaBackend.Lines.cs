using Flambeau.Cpu;
using Flambeau.Cuda.Kernels;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    internal override Tensor Softmax(SoftmaxKernel.Kind kind, Tensor x, Tensor? output, int dim)
    {
        var y = Make(x.Layout.Sizes, x.DType);
        if (y.Numel == 0) return y;
        var axis = Axis.Of(x.Layout.Sizes, dim);
        var name = output is null ? "forward" : "backward";
        if (axis.Inner == 1 && RowPlan.For(axis.Size, x, output, y) is { } plan)
        {
            Blocks("warp+rows", name, $"{plan.Types};KIND={(int)kind}", plan.Blocks(axis.Lines), plan.Threads, axis.Lines, axis.Size, x, output, y);
            return y;
        }
        var types = $"T={T(x)};A={RowPlan.Computed(x)};V={16 / x.DType.Size()};KIND={(int)kind}";
        if (axis.Inner == 1) Blocks("warp+softmax", name + "_rows", types, axis.Lines, 1024, axis.Lines, axis.Size, axis.Inner, x, output, y);
        else Each("warp+softmax", name + "_lines", types, axis.Lines, axis.Lines, axis.Size, axis.Inner, x, output, y);
        return y;
    }

    /// <summary>What elements are compared in.</summary>
    static string Ordered(Tensor x) => x.DType == DType.Bool ? "i32" : Sources.LaneOf(Cpu.Pointwise.Wide(x.DType));

    internal override void Arg(Tensor x, Tensor y, int dim, bool largest)
    {
        var axis = Axis.Of(x.Layout.Sizes, dim);
        var types = $"ARG=1;T={T(x)};L={Ordered(x)};LARGEST={(largest ? 1 : 0)}";
        if (axis.Inner == 1 && axis.Size >= 64) Blocks("lines", "arg_rows", types, axis.Lines, Threads(axis.Size), axis.Lines, axis.Size, axis.Inner, 0L, x, y);
        else Each("lines", "arg", types, axis.Lines, axis.Lines, axis.Size, axis.Inner, 0L, x, y);
    }

    internal override void Scan(Scans.Kind kind, Tensor x, Tensor y, int dim, bool reverse)
    {
        var axis = Axis.Of(x.Layout.Sizes, dim);
        var lane = x.DType == DType.Float32 ? "f64" : T(x);
        Each("lines", "scan", $"SCAN={(int)kind};T={T(x)};L={lane};REVERSE={(reverse ? 1 : 0)}", axis.Lines, axis.Lines, axis.Size, axis.Inner, 0L, x, y);
    }

    internal override void ScanExtremes(Tensor x, Tensor y, int dim, bool largest)
    {
        var axis = Axis.Of(x.Layout.Sizes, dim);
        Each("lines", "extremes", $"ARG=1;T={T(x)};L={Ordered(x)};LARGEST={(largest ? 1 : 0)}", axis.Lines, axis.Lines, axis.Size, axis.Inner, 0L, x, y);
    }

    internal override void Sort(Tensor x, Tensor y, int dim, bool descending)
    {
        var axis = Axis.Of(x.Layout.Sizes, dim);
        var count = Axis.Of(y.Layout.Sizes, dim).Size;
        Each("lines", "rank", $"SORT=1;T={T(x)};L={Ordered(x)};DESCENDING={(descending ? 1 : 0)}", x.Numel, x.Numel, axis.Size, axis.Inner, count, x, y);
    }
}
