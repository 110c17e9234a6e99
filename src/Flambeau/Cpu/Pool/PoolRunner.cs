using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>Runs pooling kernels on tensors of <c>[planes…, spatial…]</c> of any real dtype but bool.</summary>
internal static unsafe class PoolRunner
{
    /// <summary>Three axes from up to three.</summary>
    internal static PoolAxis[] Three(ReadOnlySpan<PoolAxis> axes)
    {
        var r = new[] { PoolAxis.Single, PoolAxis.Single, PoolAxis.Single };
        axes.CopyTo(r.AsSpan(3 - axes.Length));
        return r;
    }

    static long[] Sizes(Tensor x, ReadOnlySpan<PoolAxis> axes, bool output)
    {
        var sizes = (long[])x.Layout.Sizes.Clone();
        for (var i = 0; i < axes.Length; i++)
        {
            var n = output ? axes[i].Out : axes[i].In;
            sizes[sizes.Length - axes.Length + i] = n;
        }
        return sizes;
    }

    static Tensor Ready(Tensor x, string op) => x.DType == DType.Bool || x.DType.IsComplex()
        ? throw new ArgumentException($"{op} is not defined for {x.DType.Name()}; convert first, for instance with To(DType.Float32)")
        : Cast.Contiguous(Cast.To(x, Pointwise.Wide(x.DType)));

    static long Planes(Tensor t, int axes)
    {
        long n = 1;
        foreach (var s in t.Layout.Sizes.AsSpan()[..^axes]) n *= s;
        return n;
    }

    static long Area(Tensor t, int axes)
    {
        long n = 1;
        foreach (var s in t.Layout.Sizes.AsSpan()[^axes..]) n *= s;
        return n;
    }

    internal static (Tensor Values, Tensor Indices) Max(Tensor x, PoolAxis[] axes, string op)
    {
        var at = Tensor.New(Sizes(x, axes, true), DType.Int64);
        return (Max(x, axes, at, op), at);
    }

    /// <summary>Maxima; their places are written to <paramref name="at"/> unless it is null.</summary>
    internal static Tensor Max(Tensor x, PoolAxis[] axes, Tensor? at, string op)
    {
        var y = Tensor.New(Sizes(x, axes, true), Pointwise.Wide(x.DType));
        if (y.Numel > 0 && x.Numel == 0) throw new ArgumentException($"{op}: an input of shape {x.Shape} has no elements to take a maximum of");
        if (y.Numel > 0 && y.Storage.Backend is { } device) device.PoolMax(Ready(x, op), y, at, Three(axes));
        else if (y.Numel > 0) Dispatch(new MaxCall(Three(axes)), Ready(x, op), y, at, Planes(x, axes.Length));
        return Cast.To(y, x.DType);
    }

    internal static Tensor Mean(Tensor x, PoolAxis[] axes, long? divisor, string op)
    {
        var y = Tensor.New(Sizes(x, axes, true), Pointwise.Wide(x.DType));
        if (y.Numel > 0 && y.Storage.Backend is { } device) device.PoolMean(Ready(x, op), y, Three(axes), divisor, adjoint: false);
        else if (y.Numel > 0) Dispatch(new MeanCall(Three(axes), divisor, false), Ready(x, op), y, null, Planes(x, axes.Length));
        return Cast.To(y, x.DType);
    }

    internal static Tensor MeanAdjoint(Tensor dy, PoolAxis[] axes, long? divisor, string op)
    {
        var dx = Tensor.New(Sizes(dy, axes, false), Pointwise.Wide(dy.DType));
        if (dx.Numel > 0 && dx.Storage.Backend is { } device) device.PoolMean(Ready(dy, op), dx, Three(axes), divisor, adjoint: true);
        else if (dx.Numel > 0) Dispatch(new MeanCall(Three(axes), divisor, true), Ready(dy, op), dx, null, Planes(dy, axes.Length));
        return Cast.To(dx, dy.DType);
    }

    /// <summary>Gathers from (or scatters to) the last <paramref name="axes"/> axes, flattened.</summary>
    internal static Tensor Move(Tensor x, Tensor index, long[] sizes, int axes, bool gather, bool add, string op)
    {
        var y = Tensor.New(sizes, Pointwise.Wide(x.DType));
        if (y.Numel == 0) return Cast.To(y, x.DType);
        var at = Cast.Contiguous(Cast.To(index, DType.Int64));
        long size = Area(gather ? x : y, axes), count = Area(index, axes);
        if (y.Storage.Backend is { } device) device.PoolMove(Ready(x, op), y, at, size, count, gather, add);
        else Dispatch(new MoveCall(size, count, gather, add, op), Ready(x, op), y, at, Planes(index, axes));
        return Cast.To(y, x.DType);
    }

    /// <summary>As <see cref="Max(Tensor, PoolAxis[], string)"/> with windows of its own for every plane.</summary>
    internal static (Tensor Values, Tensor Indices) MaxEach(Tensor x, PoolAxis[][] planes, string op)
    {
        long[] sizes = [.. x.Layout.Sizes[..^planes[0].Length], .. planes[0].Select(static a => a.Out)];
        var y = Tensor.New(sizes, Pointwise.Wide(x.DType));
        var at = Tensor.New(y.Layout, DType.Int64);
        if (y.Numel > 0) Dispatch(new MaxEachCall([.. planes.Select(static p => Three(p))]), Ready(x, op), y, at, planes.Length);
        return (Cast.To(y, x.DType), at);
    }

    interface ICall
    {
        void Run<T>(T* x, T* y, long* at, long planes) where T : unmanaged, INumber<T>;
    }

    readonly struct MaxCall(PoolAxis[] axes) : ICall
    {
        public void Run<T>(T* x, T* y, long* at, long planes) where T : unmanaged, INumber<T> => PoolKernels.Max(x, y, at, planes, axes);
    }

    readonly struct MaxEachCall(PoolAxis[][] axes) : ICall
    {
        public void Run<T>(T* x, T* y, long* at, long planes) where T : unmanaged, INumber<T>
        {
            PoolAxis d = axes[0][0], h = axes[0][1], w = axes[0][2];
            long size = d.In * h.In * w.In, outputs = d.Out * h.Out * w.Out;
            for (long p = 0; p < planes; p++) PoolKernels.Max(x + p * size, y + p * outputs, at + p * outputs, 1, axes[p]);
        }
    }

    readonly struct MeanCall(PoolAxis[] axes, long? divisor, bool adjoint) : ICall
    {
        public void Run<T>(T* x, T* y, long* at, long planes) where T : unmanaged, INumber<T>
        {
            if (adjoint) PoolKernels.MeanAdjoint(x, y, planes, axes, divisor);
            else PoolKernels.Mean(x, y, planes, axes, divisor);
        }
    }

    readonly struct MoveCall(long size, long count, bool gather, bool add, string op) : ICall
    {
        public void Run<T>(T* x, T* y, long* at, long planes) where T : unmanaged, INumber<T>
        {
            if (gather) PoolKernels.Gather(x, at, y, planes, size, count, op);
            else PoolKernels.Scatter(x, at, y, planes, size, count, add, op);
        }
    }

    static void Dispatch<C>(C call, Tensor x, Tensor y, Tensor? at, long planes) where C : struct, ICall
    {
        switch (x.DType)
        {
            case DType.Float32: Run<C, float>(call, x, y, at, planes); break;
            case DType.Float64: Run<C, double>(call, x, y, at, planes); break;
            case DType.Int64: Run<C, long>(call, x, y, at, planes); break;
            case DType.Int32: Run<C, int>(call, x, y, at, planes); break;
            case DType.Int16: Run<C, short>(call, x, y, at, planes); break;
            case DType.Int8: Run<C, sbyte>(call, x, y, at, planes); break;
            default: Run<C, byte>(call, x, y, at, planes); break;
        }
    }

    static void Run<C, T>(C call, Tensor x, Tensor y, Tensor? at, long planes) where C : struct, ICall where T : unmanaged, INumber<T>
    {
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        {
            if (at is null) call.Run(px, py, null, planes);
            else
            {
                fixed (long* pat = &at.First<long>()) call.Run(px, py, pat, planes);
            }
        }
    }
}
