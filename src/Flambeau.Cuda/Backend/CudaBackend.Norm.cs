namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    internal override void RowNorm(Tensor x, Tensor? weight, Tensor? bias, Tensor y, Tensor? mean, Tensor rstd, double eps)
    {
        long rows = rstd.Numel, n = x.Numel / rows;
        Blocks("norm", "forward", $"ROWS=1;T={T(x)}", rows, Threads(n), rows, n, eps, mean is not null, x, weight, bias, y, mean, rstd, null, null, null, null);
    }

    internal override void RowNormBackward(Tensor dy, Tensor x, Tensor? weight, Tensor? mean, Tensor rstd, Tensor? dx, Tensor? dw, Tensor? db)
    {
        long rows = rstd.Numel, n = x.Numel / rows;
        var types = $"ROWS=1;T={T(x)}";
        if (dx is not null) Blocks("norm", "backward", types, rows, Threads(n), rows, n, 0.0, mean is not null, x, weight, null, null, mean, rstd, dy, dx, null, null);
        if (dw is not null || db is not null)
            Blocks("norm", "backward_affine", types, (n + 31) / 32, 512, rows, n, 0.0, mean is not null, x, null, null, null, mean, rstd, dy, null, dw, db);
    }
}
