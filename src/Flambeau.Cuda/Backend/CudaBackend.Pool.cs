using System.Collections.Concurrent;
using Flambeau.Cpu;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    readonly ConcurrentDictionary<string, Tensor> windows = new(StringComparer.Ordinal);

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
        var there = Make(host.Layout, DType.Int64);
        Copy(host, there);
        if (windows.Count > 1024) windows.Clear();
        return windows[key] = there;
    }

    void Windowed(string name, Tensor x, Tensor y, Tensor? at, PoolAxis[] a, long divisor) =>
        Each("pool", name, $"WINDOWS=1;T={T(x)}", y.Numel, y.Numel, divisor, a[0].In, a[1].In, a[2].In, a[0].Out, a[1].Out, a[2].Out, a[0].Step, a[1].Step, a[2].Step, 0L, x, y, at, Windows(a));

    internal override void PoolMax(Tensor x, Tensor y, Tensor? at, PoolAxis[] axes) => Windowed("maximum", x, y, at, axes, 0);

    internal override void PoolMean(Tensor x, Tensor y, PoolAxis[] axes, long? divisor, bool adjoint) => Windowed(adjoint ? "mean_adjoint" : "mean", x, y, null, axes, divisor ?? 0);

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
