using Flambeau.Cpu;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    internal override void PoolMax(Tensor x, Tensor y, Tensor? at, PoolAxis[] axes) => Pools.Run("maximum", x, y, at, axes, 0, last: false);

    internal override void PoolMean(Tensor x, Tensor y, PoolAxis[] axes, long? divisor, bool adjoint) =>
        Pools.Run(adjoint ? "mean_adjoint" : "mean", x, y, null, axes, divisor ?? 0, last: false);

    internal override void PoolMove(Tensor x, Tensor y, Tensor at, long size, long count, bool gather, bool add)
    {
        if (gather)
        {
            Each("pool", "pick", $"MOVES=1;ADD=0;T={T(x)}", y.Numel, y.Numel, size, count, 0L, x, y, at, Bad);
            return;
        }
        Copy(Tensor.FromScalar(0L), y);
        var planes = count == 0 ? 0 : at.Numel / count;
        if (add && !Cuda.Deterministic && x.DType is DType.Float32 or DType.Float64) Each("pool", "put_atomic", $"MOVES=1;ATOMIC=1;ADD=1;T={T(x)}", at.Numel, at.Numel, size, count, planes, x, y, at, Bad);
        else Each("pool", "put", $"MOVES=1;ADD={(add ? 1 : 0)};T={T(x)}", planes, at.Numel, size, count, planes, x, y, at, Bad);
    }
}
