using Flambeau.Cpu;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    internal override void RowNorm(Tensor x, Tensor? weight, Tensor? bias, Tensor y, Tensor? mean, Tensor rstd, double eps)
    {
        long rows = rstd.Numel, n = x.Numel / rows;
        (weight, bias) = Alike(weight, bias);
        if (RowPlan.For(n, x, y, weight, bias) is { } plan)
        {
            Blocks("warp+rows", "forward", plan.Types + Weights(weight ?? bias, x), plan.Resident(rows, device.Processors), plan.Threads, rows, n, mean is not null, 0L, eps, 0L, x, weight, bias, y, mean, rstd, null, null, null, null);
            return;
        }
        var wide = Cpu.Pointwise.Wide(x.DType);
        var result = y.DType == wide ? y : Make(y.Layout, wide);
        (x, weight, bias) = (Cast.To(x, wide), Ready(weight, wide), Ready(bias, wide));
        Blocks("norm", "forward", $"ROWS=1;T={T(x)}", rows, Threads(n), rows, n, eps, mean is not null, x, weight, bias, result, mean, rstd, null, null, null, null);
        if (!ReferenceEquals(result, y)) Copy(result, y);
    }

    static Tensor? Ready(Tensor? t, DType dtype) => t is null ? null : Cast.Contiguous(Cast.To(t, dtype));

    /// <summary>Weight and bias row-major and in one dtype.</summary>
    static (Tensor? Weight, Tensor? Bias) Alike(Tensor? weight, Tensor? bias)
    {
        var dtype = weight is null ? bias?.DType : bias is null || bias.DType == weight.DType ? weight.DType : Cpu.Pointwise.Wide(weight.DType);
        return dtype is { } d ? (Ready(weight, d), Ready(bias, d)) : (null, null);
    }

    static string Weights(Tensor? weight, Tensor x) => ";TW=" + T(weight ?? x);

    internal override void RowNormBackward(Tensor dy, Tensor x, Tensor? weight, Tensor? mean, Tensor rstd, Tensor? dx, Tensor? dw, Tensor? db)
    {
        long rows = rstd.Numel, n = x.Numel / rows;
        (weight, _) = Alike(weight, null);
        if (RowPlan.For(n, x, dy, dx, weight) is { } plan)
        {
            var blocks = plan.Resident(rows, device.Processors);
            var lines = blocks * plan.Rows;
            Tensor? Parts(Tensor? t) => t is null ? null : Make(new Layout([lines, n]), rstd.DType);
            var (pw, pb) = (Parts(dw), Parts(db));
            Blocks("warp+rows", "backward", plan.Types + Weights(weight, x), blocks, plan.Threads, rows, n, mean is not null, 0L, 0.0, 0L, x, weight, null, null, mean, rstd, dy, dx, pw, pb);
            if (pw is not null) Copy(Reduce(new Sum(), pw, [true, false], false, dw!.DType).Reshape(dw.Shape), dw);
            if (pb is not null) Copy(Reduce(new Sum(), pb, [true, false], false, db!.DType).Reshape(db.Shape), db);
            return;
        }
        var wide = Cpu.Pointwise.Wide(x.DType);
        var result = dx is null || dx.DType == wide ? dx : Make(dx.Layout, wide);
        (dy, x, weight) = (Cast.To(dy, wide), Cast.To(x, wide), Ready(weight, wide));
        var types = $"ROWS=1;T={T(x)}";
        if (result is not null) Blocks("norm", "backward", types, rows, Threads(n), rows, n, 0.0, mean is not null, x, weight, null, null, mean, rstd, dy, result, null, null);
        if (dw is not null || db is not null)
            Blocks("norm", "backward_affine", types, (n + 31) / 32, 512, rows, n, 0.0, mean is not null, x, null, null, null, mean, rstd, dy, null, dw, db);
        if (result is not null && !ReferenceEquals(result, dx)) Copy(result, dx!);
    }
}
