using Flambeau.Autograd;
using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>The last axes (whose sizes are <paramref name="normalizedShape"/>) brought to mean 0 and variance 1, then scaled and shifted elementwise.</summary>
    /// <exception cref="ArgumentException">The last axes have other sizes, or the dtype isn't floating-point.</exception>
    [Op("nn.functional.layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor")]
    public static Tensor LayerNorm(this Tensor input, long[] normalizedShape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
        input.NativeLayerNorm(normalizedShape, weight, bias, eps).Item1;

    [Op("layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True) -> Tensor")]
    internal static Tensor LayerNormByTorchName(Tensor input, long[] normalizedShape, Tensor? weight, Tensor? bias, double eps, bool cudnnEnable) => LayerNorm(input, normalizedShape, weight, bias, eps);

    /// <summary>The last axes (whose sizes are <paramref name="normalizedShape"/>) divided by their root mean square, then scaled elementwise. By default <paramref name="eps"/> is the dtype's own.</summary>
    /// <exception cref="ArgumentException">The last axes have other sizes, or the dtype isn't floating-point.</exception>
    [Op("nn.functional.rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor")]
    [Op("rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor")]
    public static Tensor RmsNorm(this Tensor input, long[] normalizedShape, Tensor? weight = null, double? eps = null) =>
        input.FusedRmsNorm(normalizedShape, weight, eps).Item1;

    /// <summary>Channels of <c>[N, C, …]</c> in groups, each group of each sample brought to mean 0 and variance 1; then scaled and shifted by channel. Wu and He, arXiv:1803.08494.</summary>
    /// <exception cref="ArgumentException">The channels don't divide into the groups.</exception>
    [Op("nn.functional.group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor")]
    public static Tensor GroupNorm(this Tensor input, long numGroups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
    {
        using var cast = Amp.Autocast.Whole("group_norm", ref input);
        if (input.Rank < 2 || numGroups <= 0 || input.Size(1) % numGroups != 0)
            throw new ArgumentException($"group_norm: input has shape {input.Shape}, num_groups is {numGroups}; expected [N, C, …] with C divisible by num_groups");
        if (input.Numel == 0) return ScaleChannels(input.Clone(), weight, bias);
        var n = input.Numel / (input.Size(0) * numGroups);
        var y = input.Reshape([input.Size(0) * numGroups, n]).NativeLayerNorm([n], null, null, eps).Item1.Reshape(input.Shape);
        return ScaleChannels(y, weight, bias);
    }

    [Op("group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True) -> Tensor")]
    internal static Tensor GroupNormByTorchName(Tensor input, long numGroups, Tensor? weight, Tensor? bias, double eps, bool cudnnEnabled) => GroupNorm(input, numGroups, weight, bias, eps);

    /// <summary>
    /// Each channel of each sample of <c>[N, C, …]</c> brought to mean 0 and variance 1; then scaled and shifted by channel. With <paramref name="useInputStats"/> false the running
    /// values are used; otherwise they, if given, move in place toward the batch's. Ulyanov, Vedaldi and Lempitsky, arXiv:1607.08022.
    /// </summary>
    [Op("nn.functional.instance_norm(Tensor input, Tensor? running_mean=None, Tensor? running_var=None, Tensor? weight=None, Tensor? bias=None, bool use_input_stats=True, float momentum=0.1, float eps=1e-05) -> Tensor")]
    public static Tensor InstanceNorm(this Tensor input, Tensor? runningMean = null, Tensor? runningVar = null, Tensor? weight = null, Tensor? bias = null, bool useInputStats = true, double momentum = 0.1, double eps = 1e-5)
    {
        if (input.Rank < 3) throw new ArgumentException($"instance_norm: input has shape {input.Shape}; expected [N, C, …] with at least one spatial axis");
        if (!useInputStats) return BatchNorm(input, runningMean, runningVar, weight, bias, false, momentum, eps);
        long n = input.Size(0), c = input.Size(1), s = input.Numel / Math.Max(1, n * c);
        if (s == 1) throw new ArgumentException($"instance_norm: an input of shape {input.Shape} has a single value in each channel; more are needed");
        var x = input.Reshape([1, n * c, s]);
        var (y, mean, _, variance) = x.BatchNormTrain(null, null, eps);
        if (runningMean is not null || runningVar is not null)
        {
            using var off = Grad.No();
            NormRules.Update(runningMean, runningVar, mean.Reshape([n, c]).Sum([0]) / n, variance.Reshape([n, c]).Sum([0]) / n, s, momentum);
        }
        return ScaleChannels(y.Reshape(input.Shape), weight, bias);
    }

    /// <summary>Each element divided by a power of the mean square over <paramref name="size"/> neighbouring channels. Krizhevsky, Sutskever and Hinton, 2012.</summary>
    [Op("nn.functional.local_response_norm(Tensor input, int size, float alpha=0.0001, float beta=0.75, float k=1.0) -> Tensor")]
    public static Tensor LocalResponseNorm(this Tensor input, long size, double alpha = 1e-4, double beta = 0.75, double k = 1)
    {
        if (input.Rank < 3 || size <= 0) throw new ArgumentException($"local_response_norm: input has shape {input.Shape}, size is {size}; expected [N, C, …] with at least one spatial axis, and a positive size");
        if (input.Numel == 0) return input;
        long n = input.Size(0), c = input.Size(1);
        // For an even size the window reaches one channel further down than up: the surplus output at the end is dropped.
        var mean = (input * input).Reshape([n, c, -1]).AvgPool([size, 1], [1, 1], [size / 2, 0], false, true, size).Slice(1, 0, c).Reshape(input.Shape);
        return input / (mean * alpha + k).Pow((Scalar)beta);
    }

    static Tensor ScaleChannels(Tensor y, Tensor? weight, Tensor? bias)
    {
        if (weight is not null) return y.ChannelAffine(weight, bias);
        return bias is null ? y : y + ChannelNormRunner.Spread(bias, y.Rank);
    }
}
