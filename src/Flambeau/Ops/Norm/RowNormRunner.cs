using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>From tensors to the row kernels of layer norm and root-mean-square norm, and the same in elementary ops.</summary>
internal static unsafe class RowNormRunner
{
    internal static double MachineEpsilon(DType dtype) => dtype switch
    {
        DType.Float16 => 0.0009765625,
        DType.BFloat16 => 0.0078125,
        DType.Float64 => Math.BitIncrement(1.0) - 1,
        _ => MathF.BitIncrement(1f) - 1,
    };

    internal static void Check(string op, Tensor input, long[] shape, Tensor? weight, Tensor? bias)
    {
        if (!input.DType.IsFloat()) throw new ArgumentException($"{op}: input is {input.DType.Name()}; expected a floating-point dtype");
        var n = shape.Length;
        if (n == 0 || n > input.Rank || !input.Layout.Sizes.AsSpan()[^n..].SequenceEqual(shape))
            throw new ArgumentException($"{op}: input has shape {input.Shape}, normalized_shape is {new Shape(shape)}; the input's last axes must have those sizes");
        foreach (var t in new[] { weight, bias })
        {
            if (t is not null && t.Shape != new Shape(shape)) throw new ArgumentException($"{op}: weight or bias has shape {t.Shape}; expected {new Shape(shape)}");
        }
    }

    static Tensor Ready(Tensor t, DType dtype) => Cast.Contiguous(Cast.To(t, dtype));

    static long[] Kept(Tensor x, int axes)
    {
        var sizes = (long[])x.Layout.Sizes.Clone();
        sizes.AsSpan()[^axes..].Fill(1);
        return sizes;
    }

    internal static (Tensor Y, Tensor? Mean, Tensor Rstd) Forward(Tensor x, int axes, Tensor? weight, Tensor? bias, double eps, bool centered)
    {
        var (dtype, wide) = (x.DType, Pointwise.Wide(x.DType));
        var device = x.Storage.Backend;
        x = Ready(x, device is null ? wide : dtype);
        var y = Tensor.New(x.Layout, x.DType);
        var kept = new Layout(Kept(x, axes).AsSpan());
        var rstd = Tensor.New(kept, wide);
        var mean = centered ? Tensor.New(kept, wide) : null;
        if (device is not null)
        {
            // its kernels convert as they read, and what the gradient needs stays in the precision computed in
            if (x.Numel > 0) device.RowNorm(x, weight, bias, y, mean, rstd, eps);
            return (y, mean, rstd);
        }
        if (x.Numel > 0)
        {
            weight = weight is null ? null : Ready(weight, wide);
            bias = bias is null ? null : Ready(bias, wide);
            if (wide == DType.Float32) Forward<float>(x, weight, bias, y, mean, rstd, eps);
            else Forward<double>(x, weight, bias, y, mean, rstd, eps);
        }
        return (Cast.To(y, dtype), mean is null ? null : Cast.To(mean, dtype), Cast.To(rstd, dtype));
    }

    static void Forward<T>(Tensor x, Tensor? weight, Tensor? bias, Tensor y, Tensor? mean, Tensor rstd, double eps) where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = &x.First<T>(), pw = &First<T>(weight), pb = &First<T>(bias), py = &y.First<T>(), pm = &First<T>(mean), pr = &rstd.First<T>())
            RowNorm.Forward(px, pw, pb, py, pm, pr, rstd.Numel, x.Numel / rstd.Numel, eps, mean is not null);
    }

    internal static ref T First<T>(Tensor? t) where T : unmanaged => ref t is null ? ref System.Runtime.CompilerServices.Unsafe.NullRef<T>() : ref t.First<T>();

    internal static (Tensor, Tensor, Tensor) Backward(Tensor dy, Tensor x, int axes, Tensor? weight, Tensor? mean, Tensor rstd, bool needsX, bool needsW, bool needsB)
    {
        var (dtype, wide) = (x.DType, Pointwise.Wide(x.DType));
        var shape = x.Layout.Sizes[^axes..];
        var device = x.Storage.Backend;
        var stored = device is null ? wide : dtype;
        (dy, x, rstd) = (Ready(dy, stored), Ready(x, stored), Ready(rstd, wide));
        if (device is null) weight = weight is null ? null : Ready(weight, wide);
        mean = mean is null ? null : Ready(mean, wide);
        var dx = needsX ? Tensor.New(x.Layout, stored) : null;
        var dw = needsW ? Tensor.Zeros(new Shape(shape), wide) : null;
        var db = needsB ? Tensor.Zeros(new Shape(shape), wide) : null;
        if (x.Numel > 0)
        {
            if (device is not null) device.RowNormBackward(dy, x, weight, mean, rstd, dx, dw, db);
            else if (wide == DType.Float32) Backward<float>(dy, x, weight, mean, rstd, dx, dw, db);
            else Backward<double>(dy, x, weight, mean, rstd, dx, dw, db);
        }
        return (Done(dx, dtype), Done(dw, dtype), Done(db, dtype));
    }

    internal static Tensor Done(Tensor? t, DType dtype) => t is null ? Tensor.New([0], dtype) : Cast.To(t, dtype);

    static void Backward<T>(Tensor dy, Tensor x, Tensor? weight, Tensor? mean, Tensor rstd, Tensor? dx, Tensor? dw, Tensor? db) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long rows = rstd.Numel, n = x.Numel / rows;
        fixed (T* pdy = &dy.First<T>(), px = &x.First<T>(), pw = &First<T>(weight), pm = &First<T>(mean), pr = &rstd.First<T>(), pdx = &First<T>(dx), pdw = &First<T>(dw), pdb = &First<T>(db))
        {
            if (dx is not null) RowNorm.BackwardInput(pdy, px, pw, pm, pr, pdx, rows, n, mean is not null);
            if (dw is not null || db is not null) RowNorm.BackwardAffine(pdy, px, pm, pr, pdw, pdb, rows, n, mean is not null);
        }
    }

    /// <summary>The forward pass in elementary ops: (y, mean, rstd), or (y, rstd) without centering.</summary>
    internal static Tensor[] Composite(Tensor x, int axes, Tensor? weight, Tensor? bias, double eps, bool centered)
    {
        var dims = new long[axes];
        for (var i = 0; i < axes; i++) dims[i] = x.Rank - axes + i;
        double n = 1;
        foreach (var d in dims) n *= x.Shape[(int)d];
        var mean = centered ? x.Sum(dims, true) / n : null;
        var z = mean is null ? x : x - mean;
        var rstd = ((z * z).Sum(dims, true) / n + eps).RSqrt();
        var y = z * rstd;
        if (weight is not null) y *= weight;
        if (bias is not null) y += bias;
        return mean is null ? [y, rstd] : [y, mean, rstd];
    }
}
