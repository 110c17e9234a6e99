using System.Collections.Concurrent;
using Flambeau.Cpu;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda.Dnn;

/// <summary>Pools on the GPU, in either memory order; floating-point dtypes as they are.</summary>
internal sealed class Pools(CudaBackend backend)
{
    readonly ConcurrentDictionary<string, Tensor> windows = new(StringComparer.Ordinal);

    internal static void Register()
    {
        DeviceKernels<MaxPool, (Tensor, Tensor)>.Set(DeviceKind.Cuda, static (in op, t) => Takes(t[0]!)
            ? Of(t).Max(t[0]!, op.Axes(t[0]!.Layout.Sizes.AsSpan()[^op.KernelSize.Length..]), true) : op.Forward(t[0]!));
        DeviceKernels<MaxPoolValues, Tensor>.Set(DeviceKind.Cuda, static (in op, t) => Takes(t[0]!)
            ? Of(t).Max(t[0]!, new MaxPool(op.KernelSize, op.Stride, op.Padding, op.Dilation, op.CeilMode).Axes(t[0]!.Layout.Sizes.AsSpan()[^op.KernelSize.Length..]), false).Item1 : op.Forward(t[0]!));
        DeviceKernels<AdaptiveMaxPool, (Tensor, Tensor)>.Set(DeviceKind.Cuda, static (in op, t) => Takes(t[0]!)
            ? Of(t).Max(t[0]!, AdaptiveAvgPool.Axes(t[0]!.Layout.Sizes.AsSpan()[^op.OutputSize.Length..], op.OutputSize), true) : op.Forward(t[0]!));
        DeviceKernels<MaxPoolAdjoint, Tensor>.Set(DeviceKind.Cuda, static (in op, t) => Takes(t[0]!) && t[1]!.DType == DType.Int64
            ? Of(t).MaxAdjoint(t[0]!, t[1]!, op.Pool.Axes(op.InputSize)) : op.Forward(t[0]!, t[1]!));
        DeviceKernels<AvgPool, Tensor>.Set(DeviceKind.Cuda, static (in op, t) => Takes(t[0]!)
            ? Of(t).Mean(t[0]!, op.Axes(t[0]!.Layout.Sizes.AsSpan()[^op.KernelSize.Length..]), op.DivisorOverride, false) : op.Forward(t[0]!));
        DeviceKernels<AvgPoolAdjoint, Tensor>.Set(DeviceKind.Cuda, static (in op, t) => Takes(t[0]!)
            ? Of(t).Mean(t[0]!, new AvgPool(op.KernelSize, op.Stride, op.Padding, op.CeilMode, op.CountIncludePad, op.DivisorOverride).Axes(op.InputSize), op.DivisorOverride, true) : op.Forward(t[0]!));
        DeviceKernels<AdaptiveAvgPool, Tensor>.Set(DeviceKind.Cuda, static (in op, t) => Takes(t[0]!)
            ? Of(t).Mean(t[0]!, AdaptiveAvgPool.Axes(t[0]!.Layout.Sizes.AsSpan()[^op.OutputSize.Length..], op.OutputSize), null, false) : op.Forward(t[0]!));
        DeviceKernels<AdaptiveAvgPoolAdjoint, Tensor>.Set(DeviceKind.Cuda, static (in op, t) => Takes(t[0]!)
            ? Of(t).Mean(t[0]!, AdaptiveAvgPool.Axes(op.InputSize, t[0]!.Layout.Sizes[^op.InputSize.Length..]), null, true) : op.Forward(t[0]!));
    }

    static bool Takes(Tensor x) => x.DType.IsFloat() && x.Numel > 0;

    static Pools Of(ReadOnlySpan<Tensor?> t) => ((CudaBackend)DeviceBackend.Of(t)!).Pools;

    /// <summary>Whether the pooled axes are all but the first two and the channels lie innermost.</summary>
    static bool Last(Tensor x, int axes) => x.Rank == axes + 2 && MemoryOrder.IsChannelsLast(x.Layout);

    Tensor Result(Tensor x, PoolAxis[] axes, bool last, bool toInput, DType dtype)
    {
        var sizes = (long[])x.Layout.Sizes.Clone();
        for (var i = 0; i < axes.Length; i++) sizes[sizes.Length - axes.Length + i] = toInput ? axes[i].In : axes[i].Out;
        return backend.Make(MemoryOrder.Of(sizes, last), dtype);
    }

    (Tensor, Tensor) Max(Tensor x, PoolAxis[] axes, bool places)
    {
        var last = Last(x, axes.Length);
        x = backend.Ordered(x, last);
        Tensor y = Result(x, axes, last, false, x.DType), at = places ? Result(x, axes, last, false, DType.Int64) : y;
        Run("maximum", x, y, places ? at : null, axes, 0, last);
        return (y, at);
    }

    Tensor MaxAdjoint(Tensor dy, Tensor at, PoolAxis[] axes)
    {
        var last = Last(dy, axes.Length) || Last(at, axes.Length);
        (dy, at) = (backend.Ordered(dy, last), backend.Ordered(at, last));
        var dx = Result(dy, axes, last, true, dy.DType);
        Run("maximum_adjoint", dy, dx, at, axes, 1, last);
        return dx;
    }

    Tensor Mean(Tensor x, PoolAxis[] axes, long? divisor, bool adjoint)
    {
        var last = Last(x, axes.Length);
        x = backend.Ordered(x, last);
        var y = Result(x, axes, last, adjoint, x.DType);
        Run(adjoint ? "mean_adjoint" : "mean", x, y, null, axes, divisor ?? 0, last);
        return y;
    }

    /// <summary>Runs a kernel of windows, a thread an element of the result or a few; the tensors lie in one order.</summary>
    internal void Run(string name, Tensor x, Tensor y, Tensor? at, PoolAxis[] axes, long divisor, bool last)
    {
        if (y.Numel == 0) return;
        var a = PoolRunner.Three(axes);
        var inner = last ? x.Layout.Sizes[1] : 1;
        var vector = last ? 16 / x.DType.Size() : 1;
        while (vector > 1 && (inner % vector != 0 || ((CudaBackend.Address(x) | CudaBackend.Address(y)) & 15) != 0)) vector /= 2;
        var lane = x.DType.IsFloat() ? Sources.LaneOf(Pointwise.Wide(x.DType)) : Sources.TypeOf(x.DType);
        var wide = Math.Max(x.Numel, y.Numel) > int.MaxValue;
        backend.Each("pool", name, $"WINDOWS=1;T={Sources.TypeOf(x.DType)};L={lane};I={(wide ? "i64" : "u32")};V={vector}", y.Numel / vector, y.Numel / vector, inner, divisor,
            a[0].In, a[1].In, a[2].In, a[0].Out, a[1].Out, a[2].Out, a[0].Step, a[1].Step, a[2].Step,
            a[0].Stride, a[1].Stride, a[2].Stride, a[0].Pad, a[1].Pad, a[2].Pad, Reach(a[0]), Reach(a[1]), Reach(a[2]), 0L, x, y, at, Windows(a));
    }

    /// <summary>From the first element of a window to one past its last.</summary>
    static long Reach(PoolAxis a) => (a.Kernel - 1) * a.Step + 1;

    /// <summary>First, end and count of every output of three axes, in device memory; kept, since a network asks for the same again and again.</summary>
    Tensor Windows(PoolAxis[] axes)
    {
        var key = string.Join(';', axes.Select(static a => $"{a.In},{a.Out},{a.Step},{a.Stride},{a.Pad},{a.Kernel},{(a.Out > 0 ? a.Count[0] : 0)},{(a.Out > 0 ? a.Count[^1] : 0)}"));
        if (windows.TryGetValue(key, out var known)) return known;
        var values = new List<long>();
        foreach (var a in axes)
        {
            values.AddRange(a.First);
            values.AddRange(a.End);
            values.AddRange(a.Count);
        }
        Tensor host;
        using (Placement.On(null)) host = Tensor.From(values.ToArray());
        // kept beyond the step that asks first, so not in that step's planned memory
        var there = new Tensor(((Compiler.Devices.IGraphDevice)backend).Block(host.Numel * sizeof(long), stays: true), host.Layout, DType.Int64);
        backend.Copy(host, there);
        if (windows.Count > 1024) windows.Clear();
        return windows[key] = there;
    }
}
