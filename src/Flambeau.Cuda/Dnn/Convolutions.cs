using Flambeau.Cpu;
using Flambeau.Cuda.Driver;
using Flambeau.Ops;

namespace Flambeau.Cuda.Dnn;

/// <summary>
/// The convolution ops on the GPU: all floating-point dtypes as they are, row-major or channels-last. An input or weight with its channels innermost makes the
/// result so too, so a network keeps the order that its input and weights have. Where cuDNN is absent or has no engine, the kernels in <c>conv.cu</c> compute.
/// </summary>
internal sealed class Convolutions(CudaBackend backend, CudaDevice device)
{
    readonly ConvPlans plans = new(device);

    internal static void Register()
    {
        DeviceKernels<ConvForward, Tensor>.Set(DeviceKind.Cuda, static (in op, t) =>
            Takes(t) ? Of(t).Run(0, op.Stride, op.Padding, op.Dilation, op.Groups, op.OutputSize, t[0]!, t[1]!, t[2]) : op.Forward(t[0]!, t[1]!, t[2]));
        DeviceKernels<ConvEnd, Tensor>.Set(DeviceKind.Cuda, static (in op, t) =>
            Takes(t) ? Of(t).Run(0, op.Stride, op.Padding, op.Dilation, op.Groups, op.OutputSize, t[0]!, t[1]!, t[2], t[3], op.Relu) : op.Forward(t[0]!, t[1]!, t[2], t[3]));
        DeviceKernels<ConvInput, Tensor>.Set(DeviceKind.Cuda, static (in op, t) =>
            Takes(t) ? Of(t).Run(1, op.Stride, op.Padding, op.Dilation, op.Groups, op.InputSize, t[0]!, t[1]!, t[2]) : op.Forward(t[0]!, t[1]!, t[2]));
        DeviceKernels<ConvWeight, Tensor>.Set(DeviceKind.Cuda, static (in op, t) =>
            Takes(t) ? Of(t).Run(2, op.Stride, op.Padding, op.Dilation, op.Groups, op.KernelSize, t[0]!, t[1]!, null) : op.Forward(t[0]!, t[1]!));
    }

    static bool Takes(ReadOnlySpan<Tensor?> t) => t[0]!.DType.IsFloat() && t[0]!.Rank <= 5 && t[0]!.Numel > 0 && t[1]!.Numel > 0 && t[0]!.DType == t[1]!.DType;

    static Convolutions Of(ReadOnlySpan<Tensor?> t) => ((CudaBackend)DeviceBackend.Of(t)!).Convolutions;

    /// <summary>
    /// A convolution (0), its gradient to the input (1) or to the weight (2). The last sizes are those of the result's spatial axes.
    /// </summary>
    Tensor Run(int which, long[] stride, long[] padding, long[] dilation, long groups, long[] spatial, Tensor a, Tensor b, Tensor? bias, Tensor? residual = null, bool relu = false)
    {
        var last = MemoryOrder.IsChannelsLast(a.Layout) || MemoryOrder.IsChannelsLast(b.Layout);
        (a, b) = (backend.Ordered(a, last), backend.Ordered(b, last));
        long[] sizes = which switch
        {
            0 => [a.Size(0), b.Size(0), .. spatial],
            1 => [a.Size(0), b.Size(1) * groups, .. spatial],
            _ => [b.Size(1), a.Size(1) / groups, .. spatial],
        };
        var y = backend.Make(MemoryOrder.Of(sizes, last), a.DType);
        if (y.Numel == 0) return y;
        var s = Shape(which, a, b, y, stride, padding, dilation, groups);
        if (which == 0) Forward(s, a, b, bias, residual is null ? null : backend.Ordered(residual, last), relu, y, last);
        else
        {
            var at = which == 1 ? new ConvPointers(CudaBackend.Address(y), CudaBackend.Address(b), CudaBackend.Address(a)) : new(CudaBackend.Address(a), CudaBackend.Address(y), CudaBackend.Address(b));
            if (!TryRun(which, Epilogue.None, s, y, last, at)) Slow(which, s, a, b, y);
            if (bias is not null) backend.AddToChannels(y, bias);
        }
        return y;
    }

    /// <summary><c>y = relu(x ∗ w + bias + residual)</c> with what there is of it, in one kernel where cuDNN offers that. All tensors lie in one order.</summary>
    internal void Forward(in ConvShape s, Tensor x, Tensor w, Tensor? bias, Tensor? residual, bool relu, Tensor y, bool last)
    {
        var at = new ConvPointers(CudaBackend.Address(x), CudaBackend.Address(w), CudaBackend.Address(y));
        var epilogue = (bias is null ? Epilogue.None : Epilogue.Bias) | (residual is null ? Epilogue.None : Epilogue.Residual) | (relu ? Epilogue.Relu : Epilogue.None);
        if (epilogue != Epilogue.None)
        {
            bias = bias is null ? null : backend.Ordered(bias, false);
            var all = at with { Bias = bias is null ? 0 : CudaBackend.Address(bias), Residual = residual is null ? 0 : CudaBackend.Address(residual) };
            if (TryRun(0, epilogue, s, y, last, all)) return;
        }
        if (!TryRun(0, Epilogue.None, s, y, last, at)) Slow(0, s, x, w, y);
        if (epilogue != Epilogue.None) backend.FinishConvolution(y, bias, residual, relu, last);
    }

    bool TryRun(int which, Epilogue epilogue, in ConvShape s, Tensor y, bool last, in ConvPointers at)
    {
        if (ConvPlans.Problem is not null) return false;
        var bits = at.X | at.W | at.Y | at.Bias | at.Residual | 16;
        var problem = new ConvProblem(which, y.DType, last, epilogue, Cuda.AllowTf32Convolutions, Cuda.Deterministic, Cuda.BenchmarkConvolutions, (int)(bits & -bits));
        return plans.TryRun(problem, s, at);
    }

    /// <summary>The simple kernels, which want row-major tensors of a compute dtype.</summary>
    void Slow(int which, in ConvShape s, Tensor a, Tensor b, Tensor y)
    {
        var wide = Pointwise.Wide(y.DType);
        var direct = y.DType == wide && y.IsContiguous ? y : backend.Make(y.Layout.Sizes, wide);
        backend.Convolution(which, s, Cast.Contiguous(Cast.To(a, wide)), Cast.Contiguous(Cast.To(b, wide)), null, direct);
        if (!ReferenceEquals(direct, y)) backend.Copy(direct, y);
    }

    static ConvShape Shape(int which, Tensor a, Tensor b, Tensor y, long[] stride, long[] padding, long[] dilation, long groups)
    {
        var (x, w, o) = which switch { 0 => (a, b, y), 1 => (y, b, a), _ => (a, y, b) };
        return new()
        {
            N = x.Size(0), Cin = x.Size(1), Cout = o.Size(1), Groups = groups, Dims = x.Rank - 2,
            In = Axes.Of(x.Layout.Sizes.AsSpan()[2..], 1), Out = Axes.Of(o.Layout.Sizes.AsSpan()[2..], 1), Kernel = Axes.Of(w.Layout.Sizes.AsSpan()[2..], 1),
            Stride = Axes.Of(stride, 1), Pad = Axes.Of(padding, 0), Dilation = Axes.Of(dilation, 1),
        };
    }
}
