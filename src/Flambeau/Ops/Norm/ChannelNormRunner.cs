using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>From tensors <c>[N, C, …]</c> to the channel kernels, and batch norm in elementary ops.</summary>
internal static unsafe class ChannelNormRunner
{
    // Runs shorter than this make the channel loops all overhead, so the channel axis is brought to the front.
    const long ShortRun = 8;

    static Tensor Ready(Tensor t, DType dtype) => Cast.Contiguous(Cast.To(t, dtype));

    static Tensor? ReadyOrNull(Tensor? t, DType dtype) => t is null ? null : Ready(t, dtype);

    static long Run(Tensor x)
    {
        long s = 1;
        foreach (var n in x.Layout.Sizes.AsSpan()[2..]) s *= n;
        return s;
    }

    static bool Turns(Tensor x) => x.Layout.Sizes[0] > 1 && Run(x) < ShortRun;

    static Tensor Turn(Tensor x)
    {
        var (sizes, strides) = ((long[])x.Layout.Sizes.Clone(), (long[])x.Layout.Strides.Clone());
        (sizes[0], sizes[1]) = (sizes[1], sizes[0]);
        (strides[0], strides[1]) = (strides[1], strides[0]);
        return Cast.Clone(x.Alias(new Layout(sizes, strides), x.Offset));
    }

    /// <summary>N, C and S as the kernels see them.</summary>
    static (long N, long C, long S) Extent(Tensor x, bool turned) => turned ? (1, x.Layout.Sizes[0], x.Numel / x.Layout.Sizes[0]) : (x.Layout.Sizes[0], x.Layout.Sizes[1], Run(x));

    internal static (Tensor, Tensor, Tensor, Tensor) Forward(Tensor x, Tensor? weight, Tensor? bias, double eps)
    {
        var (dtype, wide, channels) = (x.DType, Pointwise.Wide(x.DType), x.Layout.Sizes[1]);
        Tensor mean = Tensor.New([channels], wide), invstd = Tensor.New([channels], wide), variance = Tensor.New([channels], wide);
        if (x.Numel == 0)
        {
            foreach (var t in new[] { mean, invstd, variance }) Cast.Copy(Tensor.FromScalar(double.NaN), t);
            return (Tensor.New(x.Layout.Sizes, dtype), mean, invstd, variance);
        }
        x = Ready(x, wide);
        var turns = Turns(x);
        if (turns) x = Turn(x);
        var y = Tensor.New(x.Layout, wide);
        (weight, bias) = (ReadyOrNull(weight, wide), ReadyOrNull(bias, wide));
        if (wide == DType.Float32) Forward<float>(x, weight, bias, y, mean, invstd, variance, eps, turns);
        else Forward<double>(x, weight, bias, y, mean, invstd, variance, eps, turns);
        if (turns) y = Turn(y);
        return (Cast.To(y, dtype), mean, invstd, variance);
    }

    static void Forward<T>(Tensor x, Tensor? weight, Tensor? bias, Tensor y, Tensor mean, Tensor invstd, Tensor variance, double eps, bool turned) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (n, c, s) = Extent(x, turned);
        fixed (T* px = &x.First<T>(), pw = &RowNormRunner.First<T>(weight), pb = &RowNormRunner.First<T>(bias), py = &y.First<T>(), pm = &mean.First<T>(), pi = &invstd.First<T>(), pv = &variance.First<T>())
            ChannelNorm.Forward(px, pw, pb, py, pm, pi, pv, n, c, s, eps);
    }

    internal static (Tensor, Tensor, Tensor) Backward(Tensor dy, Tensor x, Tensor? weight, Tensor mean, Tensor invstd, bool needsWeight, bool needsBias)
    {
        var (dtype, wide, channels) = (x.DType, Pointwise.Wide(x.DType), x.Layout.Sizes[1]);
        var dw = needsWeight ? Tensor.Zeros([channels], wide) : null;
        var db = needsBias ? Tensor.Zeros([channels], wide) : null;
        if (x.Numel == 0) return (Tensor.New(x.Layout.Sizes, dtype), RowNormRunner.Done(dw, dtype), RowNormRunner.Done(db, dtype));
        (dy, x, mean, invstd) = (Ready(dy, wide), Ready(x, wide), Ready(mean, wide), Ready(invstd, wide));
        weight = ReadyOrNull(weight, wide);
        var turns = Turns(x);
        if (turns) (dy, x) = (Turn(dy), Turn(x));
        var dx = Tensor.New(x.Layout, wide);
        if (wide == DType.Float32) Backward<float>(dy, x, weight, mean, invstd, dx, dw, db, turns);
        else Backward<double>(dy, x, weight, mean, invstd, dx, dw, db, turns);
        if (turns) dx = Turn(dx);
        return (Cast.To(dx, dtype), RowNormRunner.Done(dw, dtype), RowNormRunner.Done(db, dtype));
    }

    static void Backward<T>(Tensor dy, Tensor x, Tensor? weight, Tensor mean, Tensor invstd, Tensor dx, Tensor? dw, Tensor? db, bool turned) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (n, c, s) = Extent(x, turned);
        fixed (T* pdy = &dy.First<T>(), px = &x.First<T>(), pw = &RowNormRunner.First<T>(weight), pm = &mean.First<T>(), pi = &invstd.First<T>(), pdx = &dx.First<T>(), pdw = &RowNormRunner.First<T>(dw), pdb = &RowNormRunner.First<T>(db))
            ChannelNorm.Backward(pdy, px, pw, pm, pi, pdx, pdw, pdb, n, c, s);
    }

    internal static Tensor Affine(Tensor x, Tensor scale, Tensor? shift)
    {
        var (dtype, wide) = (x.DType, Pointwise.Wide(x.DType));
        x = Ready(x, wide);
        var y = Tensor.New(x.Layout, wide);
        (scale, shift) = (Ready(scale, wide), ReadyOrNull(shift, wide));
        if (y.Numel > 0)
        {
            if (wide == DType.Float32) Affine<float>(x, scale, shift, y);
            else Affine<double>(x, scale, shift, y);
        }
        return Cast.To(y, dtype);
    }

    static void Affine<T>(Tensor x, Tensor scale, Tensor? shift, Tensor y) where T : unmanaged, INumber<T>
    {
        var (n, c, s) = Extent(x, false);
        fixed (T* px = &x.First<T>(), ps = &scale.First<T>(), pb = &RowNormRunner.First<T>(shift), py = &y.First<T>())
            ChannelNorm.Affine(px, ps, pb, py, n, c, s);
    }

    /// <summary>A number a channel, shaped so that it broadcasts over <c>[N, C, …]</c>.</summary>
    internal static Tensor Spread(Tensor t, int rank)
    {
        var sizes = new long[rank];
        Array.Fill(sizes, 1);
        sizes[1] = t.Numel;
        return t.Reshape(sizes);
    }

    /// <summary>The forward pass of training in elementary ops: y, mean, reciprocal deviation, variance.</summary>
    internal static Tensor[] Composite(Tensor x, Tensor? weight, Tensor? bias, double eps)
    {
        var n = x.Numel / (double)x.Size(1);
        var mean = ConvGeometry.SumPerChannel(x) / n;
        var z = x - Spread(mean, x.Rank);
        var variance = ConvGeometry.SumPerChannel(z * z) / n;
        var invstd = (variance + eps).RSqrt();
        var y = z * Spread(weight is null ? invstd : invstd * weight, x.Rank);
        if (bias is not null) y += Spread(bias, x.Rank);
        return [y, mean, invstd, variance];
    }
}
