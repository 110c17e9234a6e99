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
        var types = $"T={T(x)};A={RowPlan.Computed(x)};V={16 / x.DType.Size()};TH=1024;KIND={(int)kind}";
        if (axis.Inner == 1) Blocks("warp+long_rows+softmax", name + "_rows", types, axis.Lines, 1024, axis.Lines, axis.Size, axis.Inner, x, output, y);
        else Each("warp+long_rows+softmax", name + "_lines", types, axis.Lines, axis.Lines, axis.Size, axis.Inner, x, output, y);
        return y;
    }

    /// <summary>Elements of a chunk of <c>Sources/scan.cu</c>, and the most of a tile of <c>Sources/order.cu</c>.</summary>
    const int ScanChunk = 2048, SortTile = 1024;

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
        var types = $"SCAN={(int)kind};T={T(x)};L={lane};REVERSE={(reverse ? 1 : 0)}";
        if (axis.Inner == 1 && axis.Size >= 256)
        {
            var chunks = (axis.Size + ScanChunk - 1) / ScanChunk;
            var totals = chunks > 1 ? Make(new Layout([axis.Lines * chunks]), DType.Complex128) : null;
            if (totals is not null)
            {
                Blocks("warp+scan_step+scan", "chunk_totals", types, axis.Lines * chunks, 256, axis.Lines, axis.Size, chunks, 0L, x, y, totals);
                Blocks("warp+scan_step+scan", "before_chunks", types, axis.Lines, 256, axis.Lines, axis.Size, chunks, 0L, x, y, totals);
            }
            Blocks("warp+scan_step+scan", "scan_chunks", types, axis.Lines * chunks, 256, axis.Lines, axis.Size, chunks, 0L, x, y, totals);
            return;
        }
        Each("scan_step+lines", "scan", types, axis.Lines, axis.Lines, axis.Size, axis.Inner, 0L, x, y);
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
        if (axis.Size >= int.MaxValue) throw NoKernel(DeviceBackend.Op);
        var tile = 32;
        while (tile < SortTile && tile < axis.Size) tile *= 2;
        long tiles = (axis.Size + tile - 1) / tile, n = x.Numel;
        var types = $"T={T(x)};L={Ordered(x)};DESCENDING={(descending ? 1 : 0)};TILE={tile}";
        // keys are at most 8 bytes
        Tensor? Keys() => tiles > 1 ? Make(new Layout([n]), DType.Float64) : null;
        Tensor? Places() => tiles > 1 ? Make(new Layout([n]), DType.Int32) : null;
        var (keys, at, keysTo, atTo) = (Keys(), Places(), tiles > 2 ? Keys() : null, tiles > 2 ? Places() : null);
        Blocks("warp+order", "sort_tiles", types, axis.Lines * tiles, Math.Max(32, tile / 2), axis.Lines, axis.Size, axis.Inner, count, (long)tile, tiles, x, keys, at, keysTo, atTo, y);
        for (long width = tile; width < axis.Size; width *= 2)
        {
            Each("warp+order", "merge", types, n, axis.Lines, axis.Size, axis.Inner, count, width, tiles, x, keys, at, keysTo, atTo, y);
            (keys, at, keysTo, atTo) = (keysTo, atTo, keys, at);
        }
    }
}
