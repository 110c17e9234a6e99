using Flambeau.Autograd;
using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// Batch normalisation of <c>[N, C, …]</c>. In training each channel's own mean and variance are used, and the running ones (if given) move toward them in place by
    /// <paramref name="momentum"/>; else the running ones are used.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes don't fit, or a channel has a single value in training.</exception>
    public static Tensor BatchNorm(this Tensor input, Tensor? runningMean, Tensor? runningVar, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5) =>
        NormRules.BatchNorm("batch_norm", input, weight, bias, runningMean, runningVar, training, momentum, eps).Y;

    [Op("nn.functional.batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight=None, Tensor? bias=None, bool training=False, float momentum=0.1, float eps=1e-05) -> Tensor")]
    internal static Tensor BatchNormByName(Tensor input, Tensor? runningMean, Tensor? runningVar, Tensor? weight, Tensor? bias, bool training, double momentum, double eps)
    {
        if (training && input.Rank > 1 && input.Numel > 0 && input.Numel == input.Size(1))
            throw new ArgumentException($"batch_norm: an input of shape {input.Shape} has a single value in each channel; more are needed in training");
        return BatchNorm(input, runningMean, runningVar, weight, bias, training, momentum, eps);
    }

    [Op("batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor")]
    internal static Tensor BatchNormByTorchName(Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool training, double momentum, double eps, bool cudnnEnabled) =>
        BatchNorm(input, runningMean, runningVar, weight, bias, training, momentum, eps);

    /// <summary>Batch normalisation with the mean and reciprocal deviation that training used; empty otherwise.</summary>
    [Op("native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)")]
    [Op("_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)")]
    public static (Tensor, Tensor, Tensor) NativeBatchNorm(this Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool training, double momentum, double eps)
    {
        var (y, mean, invstd) = NormRules.BatchNorm("native_batch_norm", input, weight, bias, runningMean, runningVar, training, momentum, eps);
        return (y, mean ?? input.NewZeros([0]), invstd ?? input.NewZeros([0]));
    }

    [Op("_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)")]
    internal static (Tensor, Tensor, Tensor) NativeBatchNormAlone(Tensor input, Tensor? weight, Tensor? bias, bool training, double momentum, double eps) =>
        NativeBatchNorm(input, weight, bias, null, null, training, momentum, eps);

    /// <summary>Batch normalisation in training, with the values it saved and a reserved tensor that is empty here.</summary>
    [Op("_batch_norm_with_update(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor)")]
    public static (Tensor, Tensor, Tensor, Tensor) BatchNormWithUpdate(this Tensor input, Tensor? weight, Tensor? bias, Tensor runningMean, Tensor runningVar, double momentum, double eps)
    {
        var (y, mean, invstd) = NativeBatchNorm(input, weight, bias, runningMean, runningVar, true, momentum, eps);
        return (y, mean, invstd, input.NewZeros([0], DType.UInt8));
    }
}

internal static class NormRules
{
    internal static (Tensor Y, Tensor? Mean, Tensor? Invstd) BatchNorm(string op, Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool training, double momentum, double eps)
    {
        if (!input.DType.IsFloat()) throw new ArgumentException($"{op}: input is {input.DType.Name()}; expected a floating-point dtype");
        if (input.Rank < 2)
        {
            if (input.Numel == 0) return (input.Clone(), null, null);
            throw new ArgumentException($"{op}: input has shape {input.Shape}; expected [N, C, …]");
        }
        var channels = input.Size(1);
        foreach (var t in new[] { weight, bias, runningMean, runningVar })
        {
            if (t is not null && t.Numel != channels) throw new ArgumentException($"{op}: a number a channel was given with shape {t.Shape}; input {input.Shape} has {channels} channels");
        }
        if (!training)
        {
            if (runningMean is null || runningVar is null) throw new ArgumentException($"{op}: outside training the running mean and variance are needed");
            if (input.Storage.Backend is { } device && OpObserver.Current is null && !Grad.Needs(input, weight, bias))
            {
                using var scope = Cpu.KernelScope.Enter();
                using var running = device.Enter(op);
                if (device.ChannelInference(input, weight, bias, runningMean, runningVar, eps) is { } whole) return (whole, null, null);
            }
            var scale = (runningVar + eps).RSqrt();
            if (weight is not null) scale *= weight;
            var shift = -runningMean * scale;
            if (bias is not null) shift += bias;
            return (input.ChannelAffine(scale.To(input.DType), shift.To(input.DType)), null, null);
        }
        var (y, mean, invstd, variance) = input.BatchNormTrain(weight, bias, eps);
        Update(runningMean, runningVar, mean, variance, input.Numel / (double)Math.Max(1, channels), momentum);
        return (y, mean, invstd);
    }

    /// <summary>Moves the running values toward the batch's; the variance's unbiased estimate is used.</summary>
    internal static void Update(Tensor? runningMean, Tensor? runningVar, Tensor mean, Tensor variance, double count, double momentum)
    {
        using var off = Grad.No();
        if (runningMean is null && runningVar is null) return;
        if (mean.Storage.Backend is { } device && OpObserver.Current is null)
        {
            using var scope = Cpu.KernelScope.Enter();
            if (device.MoveStatistics(runningMean, runningVar, mean, variance, count, momentum))
            {
                if (runningMean is not null) runningMean.Storage.Version++;
                if (runningVar is not null) runningVar.Storage.Version++;
                return;
            }
        }
        runningMean?.Copy_(runningMean * (1 - momentum) + mean * momentum);
        runningVar?.Copy_(runningVar * (1 - momentum) + variance * (momentum * count / (count - 1)));
    }
}
