using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>Moves elements between tensors of the same sizes but for one axis, by positions along it.</summary>
internal static unsafe class Lines
{
    /// <summary><c>y[.., i, ..] = x[.., index[.., i, ..], ..]</c>; the index has the result's sizes.</summary>
    internal static Tensor Gather(Tensor x, int dim, Tensor index)
    {
        if (x.Storage.Backend is { } device) return device.Gather(x, dim, index, "gather");
        x = Cast.Contiguous(x);
        index = Cast.Contiguous(index);
        var y = Tensor.New(index.Layout.Sizes, x.DType);
        if (y.Numel == 0) return y;
        switch (x.DType.Size())
        {
            case 1: Gather<byte>(x, y, index, dim); break;
            case 2: Gather<ushort>(x, y, index, dim); break;
            case 4: Gather<uint>(x, y, index, dim); break;
            case 8: Gather<ulong>(x, y, index, dim); break;
            default: Gather<UInt128>(x, y, index, dim); break;
        }
        return y;
    }

    static void Gather<E>(Tensor x, Tensor y, Tensor index, int dim) where E : unmanaged
    {
        Axis from = Axis.Of(x.Layout.Sizes, dim), to = Axis.Of(y.Layout.Sizes, dim);
        fixed (E* px = &x.First<E>(), py = &y.First<E>())
        fixed (long* pi = &index.First<long>())
        {
            E* src = px, dst = py;
            var at = pi;
            CpuThreads.For(to.Lines, to.Grain, (begin, end) =>
            {
                for (var line = begin; line < end; line++)
                {
                    E* a = src + from.Start(line), b = dst + to.Start(line);
                    var i = at + to.Start(line);
                    for (long k = 0; k < to.Size; k++) b[k * to.Inner] = a[i[k * to.Inner] * from.Inner];
                }
            });
        }
    }

    /// <summary>Zeros with <c>y[.., index[.., i, ..], ..] += x[.., i, ..]</c>; the result has <paramref name="size"/> elements along the axis.</summary>
    internal static Tensor Scatter(Tensor x, int dim, Tensor index, long size)
    {
        x = Cast.Contiguous(x);
        index = Cast.Contiguous(index);
        var wide = Pointwise.Wide(x.DType);
        var y = Tensor.Zeros(new Shape(Axis.Sizes(x.Layout.Sizes, dim, size)), wide);
        if (y.Storage.Backend is { } device)
        {
            device.Scatter(Combination.Sum, y, dim, index, Cast.To(x, wide), "scatter");
        }
        else if (x.Numel > 0)
        {
            switch (wide)
            {
                case DType.Float32: Scatter<float>(x, y, index, dim); break;
                case DType.Float64: Scatter<double>(x, y, index, dim); break;
                case DType.Complex128: Scatter<Complex>(Cast.To(x, wide), y, index, dim); break;
                case DType.Int64: Scatter<long>(x, y, index, dim); break;
                default: return Cast.To(Scatter(Cast.To(x, DType.Int64), dim, index, size), x.DType);
            }
        }
        return Cast.To(y, x.DType);
    }

    static void Scatter<E>(Tensor x, Tensor y, Tensor index, int dim) where E : unmanaged, IAdditionOperators<E, E, E>
    {
        Axis from = Axis.Of(x.Layout.Sizes, dim), to = Axis.Of(y.Layout.Sizes, dim);
        x = Cast.To(x, y.DType);
        fixed (E* px = &x.First<E>(), py = &y.First<E>())
        fixed (long* pi = &index.First<long>())
        {
            E* src = px, dst = py;
            var at = pi;
            CpuThreads.For(from.Lines, from.Grain, (begin, end) =>
            {
                for (var line = begin; line < end; line++)
                {
                    E* a = src + from.Start(line), b = dst + to.Start(line);
                    var i = at + from.Start(line);
                    for (long k = 0; k < from.Size; k++) b[i[k * from.Inner] * to.Inner] += a[k * from.Inner];
                }
            });
        }
    }
}
