using Flambeau.Cpu;
using Flambeau.Cuda.Dnn;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    Convolutions? convolutions;
    ChannelNorms? channelNorms;
    Pools? pools;

    internal Convolutions Convolutions => convolutions ??= new(this, device);

    internal ChannelNorms ChannelNorms => channelNorms ??= new(this);

    internal Pools Pools => pools ??= new(this);

    /// <summary>A tensor, or a copy of it, that lies gapless in row-major order or with its channels innermost.</summary>
    internal Tensor Ordered(Tensor t, bool channelsLast)
    {
        if (MemoryOrder.Lies(t.Layout, channelsLast)) return t;
        var y = Make(MemoryOrder.Of(t.Layout.Sizes, channelsLast), t.DType);
        Copy(t, y);
        return y;
    }

    internal void AddToChannels(Tensor y, Tensor bias) => ChannelNorms.Add(y, bias);

    /// <summary><c>y = relu(y + bias + residual)</c> in place, with what there is of it; all lie in one order.</summary>
    internal void FinishConvolution(Tensor y, Tensor? bias, Tensor? residual, bool relu, bool channelsLast) =>
        Each("conv_end", "finish", $"T={T(y)};L={Kernels.Sources.LaneOf(Cpu.Pointwise.Wide(y.DType))};LAST={(channelsLast ? 1 : 0)};RELU={(relu ? 1 : 0)};BIAS={(bias is null ? 0 : 1)};RESIDUAL={(residual is null ? 0 : 1)}",
            y.Numel, y.Numel, y.Size(1), y.Numel / (y.Size(0) * y.Size(1)), 0L, y, bias, residual);

    internal override bool MoveStatistics(Tensor? runningMean, Tensor? runningVariance, Tensor mean, Tensor variance, double count, double momentum)
    {
        var running = runningMean ?? runningVariance;
        foreach (var t in new[] { runningMean, runningVariance, mean, variance })
        {
            if (t is not null && (!ReferenceEquals(t.Storage.Backend, this) || !t.IsContiguous || t.DType.IsComplex())) return false;
        }
        if (mean.DType != variance.DType || (runningMean is not null && runningVariance is not null && runningMean.DType != runningVariance.DType) || !running!.DType.IsFloat()) return false;
        ChannelNorms.Move(runningMean, runningVariance, mean, variance, count, momentum);
        return true;
    }

    internal override Tensor? ChannelInference(Tensor x, Tensor? weight, Tensor? bias, Tensor mean, Tensor variance, double eps)
    {
        foreach (var t in new[] { x, weight, bias, mean, variance })
        {
            if (t is not null && (!ReferenceEquals(t.Storage.Backend, this) || !t.DType.IsFloat())) return null;
        }
        return x.Numel == 0 ? null : ChannelNorms.Infer(x, weight, bias, mean, variance, eps);
    }
}
