using Flambeau.Cpu;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda.Dnn;

/// <summary>
/// Batch norms on the GPU, in any floating-point dtype and either memory order, sums in float32 (float64 for float64). Statistics are two kernels: partial
/// sums of strips, then their sum, always in one order, so results are the same bits each time.
/// </summary>
internal sealed class ChannelNorms(CudaBackend backend)
{
    const int Threads = 256;

    internal static void Register()
    {
        DeviceKernels<BatchNormTrain, (Tensor, Tensor, Tensor, Tensor)>.Set(DeviceKind.Cuda, static (in op, t) =>
            t[0]!.Numel > 0 ? Of(t).Train(t[0]!, t[1], t[2], op.Eps) : op.Forward(t[0]!, t[1], t[2]));
        DeviceKernels<BatchNormBackward, (Tensor, Tensor, Tensor)>.Set(DeviceKind.Cuda, static (in op, t) =>
            t[1]!.Numel > 0 ? Of(t).Backward(t[0]!, t[1]!, t[2], t[3]!, t[4]!, op.NeedsWeight, op.NeedsBias) : op.Forward(t[0]!, t[1]!, t[2], t[3]!, t[4]!));
        DeviceKernels<ChannelAffine, Tensor>.Set(DeviceKind.Cuda, static (in op, t) =>
            t[0]!.Numel > 0 && t[0]!.DType.IsFloat() ? Of(t).Affine(t[0]!, t[1]!, t[2]) : op.Forward(t[0]!, t[1]!, t[2]));
    }

    static ChannelNorms Of(ReadOnlySpan<Tensor?> t) => ((CudaBackend)DeviceBackend.Of(t)!).ChannelNorms;

    /// <summary>How a tensor <c>[N, C, …]</c> is cut into blocks.</summary>
    readonly record struct Cut(bool Last, long N, long C, long S, int Vector, int Across, long Columns, long Strips, long Chunk, long Cuts)
    {
        internal string Types(Tensor x, DType weight, DType running) =>
            $"T={Sources.TypeOf(x.DType)};L={Sources.LaneOf(Pointwise.Wide(x.DType))};W={Sources.TypeOf(weight)};R={Sources.TypeOf(running)};V={Vector};LAST={(Last ? 1 : 0)};TX={Across}";
    }

    Cut Divide(Tensor x, bool last, params ReadOnlySpan<Tensor> others)
    {
        long n = x.Layout.Sizes[0], c = x.Layout.Sizes[1], s = x.Numel / (n * c);
        var vector = 16 / x.DType.Size();
        var address = CudaBackend.Address(x);
        foreach (var o in others) address |= CudaBackend.Address(o);
        while (vector > 1 && ((last ? c : s) % vector != 0 || address % (vector * x.DType.Size()) != 0)) vector /= 2;
        long wanted = backend.Gpu.Processors * 6L;
        if (last)
        {
            var across = 1;
            while (across < 32 && (long)across * vector < c) across *= 2;
            long rows = n * s, columns = (c + across * vector - 1) / (across * vector), group = Threads / across;
            var strips = Math.Clamp(Math.Min(rows / (4 * group), wanted / columns), 1, 65535);
            var chunk = (rows + strips - 1) / strips;
            return new(true, n, c, s, vector, across, columns, (rows + chunk - 1) / chunk, chunk, 1);
        }
        // images first, then parts of images, each at least as long as a block goes at once
        var blocks = Math.Max(1, wanted / c);
        var images = Math.Min(n, blocks);
        var perBlock = (n + images - 1) / images;
        images = (n + perBlock - 1) / perBlock;
        var cuts = Math.Clamp(Math.Min(blocks / images, s / (Threads * 4L * vector)), 1, 65535 / images);
        return new(false, n, c, s, vector, 1, c, images * cuts, perBlock, cuts);
    }

    /// <summary>Both in one order: channels last if the first is so.</summary>
    (Tensor, Tensor, bool) Same(Tensor x, Tensor dy)
    {
        var last = MemoryOrder.IsChannelsLast(x.Layout);
        return (backend.Ordered(x, last), backend.Ordered(dy, last), last);
    }

    Tensor? Plain(Tensor? t) => t is null ? null : backend.Ordered(t, false);

    static DType One(Tensor? a, Tensor? b, Tensor x) => a is not null && (b is null || b.DType == a.DType) ? a.DType : b?.DType ?? Pointwise.Wide(x.DType);

    /// <summary>Weight and bias in one dtype.</summary>
    (Tensor?, Tensor?, DType) Pair(Tensor? weight, Tensor? bias, Tensor x)
    {
        if (weight is not null && bias is not null && weight.DType != bias.DType) (weight, bias) = (Cast.To(weight, Pointwise.Wide(x.DType)), Cast.To(bias, Pointwise.Wide(x.DType)));
        return (Plain(weight), Plain(bias), One(weight, bias, x));
    }

    (Tensor, Tensor, Tensor, Tensor) Train(Tensor x, Tensor? weight, Tensor? bias, double eps)
    {
        var last = MemoryOrder.IsChannelsLast(x.Layout);
        x = backend.Ordered(x, last);
        (weight, bias, var type) = Pair(weight, bias, x);
        var wide = Pointwise.Wide(x.DType);
        var channels = x.Layout.Sizes[1];
        Tensor y = backend.Make(x.Layout, x.DType), mean = backend.Make([channels], wide), spread = backend.Make([channels], wide), variance = backend.Make([channels], wide);
        var cut = Divide(x, last, y);
        var types = cut.Types(x, type, wide);
        var parts = backend.Make([cut.Strips, 2, channels], wide);
        Launch("statistics", types, cut, eps, 0, x, null, null, mean, spread, variance, null, null, parts, null, null, null);
        Finish("finish_statistics", types, cut, eps, x, mean, spread, variance, parts, null, null, null);
        Launch("apply", types, cut, eps, 0, x, null, y, mean, spread, null, weight, bias, null, null, null, null);
        return (y, mean, spread, variance);
    }

    (Tensor, Tensor, Tensor) Backward(Tensor dy, Tensor x, Tensor? weight, Tensor mean, Tensor spread, bool needsWeight, bool needsBias)
    {
        var wide = Pointwise.Wide(x.DType);
        (x, dy, var last) = Same(x, Cast.To(dy, x.DType));
        weight = Plain(weight);
        (mean, spread) = (Plain(Cast.To(mean, wide))!, Plain(Cast.To(spread, wide))!);
        var type = weight?.DType ?? wide;
        var channels = x.Layout.Sizes[1];
        Tensor dx = backend.Make(x.Layout, x.DType), sums = backend.Make([2, channels], wide);
        Tensor dw = backend.Make([needsWeight ? channels : 0], type), db = backend.Make([needsBias ? channels : 0], type);
        var cut = Divide(x, last, dy, dx);
        var types = cut.Types(x, type, wide);
        var parts = backend.Make([cut.Strips, 2, channels], wide);
        Launch("gradient_sums", types, cut, 0, 0, x, dy, null, mean, spread, null, null, null, parts, null, null, null);
        Finish("finish_sums", types, cut, 0, x, mean, spread, null, parts, sums, needsWeight ? dw : null, needsBias ? db : null);
        Launch("gradient", types, cut, 0, 0, x, dy, dx, mean, spread, null, weight, null, null, sums, null, null);
        return (dx, dw, db);
    }

    Tensor Affine(Tensor x, Tensor scale, Tensor? shift)
    {
        var last = MemoryOrder.IsChannelsLast(x.Layout);
        x = backend.Ordered(x, last);
        var y = backend.Make(x.Layout, x.DType);
        (var weight, var bias, var type) = Pair(scale, shift, x);
        Apply(x, y, last, type, null, null, 0, weight, bias);
        return y;
    }

    void Apply(Tensor x, Tensor y, bool last, DType type, Tensor? mean, Tensor? variance, double eps, Tensor? weight, Tensor? bias)
    {
        var cut = Divide(x, last, y);
        Launch("apply", cut.Types(x, type, variance?.DType ?? Pointwise.Wide(x.DType)), cut, eps, 0, x, null, y, mean, null, variance, weight, bias, null, null, null, null);
    }

    /// <summary>Normalises by given means and variances, all channels' numbers in device memory.</summary>
    internal Tensor Infer(Tensor x, Tensor? weight, Tensor? bias, Tensor mean, Tensor variance, double eps)
    {
        var last = MemoryOrder.IsChannelsLast(x.Layout);
        x = backend.Ordered(x, last);
        var y = backend.Make(x.Layout, x.DType);
        (weight, bias, var type) = Pair(weight, bias, x);
        if (mean.DType != variance.DType) (mean, variance) = (Cast.To(mean, Pointwise.Wide(x.DType)), Cast.To(variance, Pointwise.Wide(x.DType)));
        Apply(x, y, last, type, Plain(mean), Plain(variance), eps, weight, bias);
        return y;
    }

    /// <summary>Adds a number a channel to a gapless tensor, in place.</summary>
    internal void Add(Tensor y, Tensor bias) => Apply(y, y, !y.IsContiguous, bias.DType, null, null, 0, null, Plain(bias));

    /// <summary>Moves running statistics toward a batch's.</summary>
    internal void Move(Tensor? runningMean, Tensor? runningVariance, Tensor mean, Tensor variance, double count, double momentum)
    {
        var running = (runningMean ?? runningVariance)!.DType;
        var channels = mean.Numel;
        var types = $"T={Sources.TypeOf(mean.DType)};L={Sources.TypeOf(mean.DType)};W={Sources.TypeOf(mean.DType)};R={Sources.TypeOf(running)};V=1;LAST=0;TX=1";
        backend.Each("channels", "running", types, channels, (long)count, channels, 1L, 1L, 1L, 1L, 0.0, momentum, runningMean, null, runningVariance, mean, null, variance, null, null, null, null, null, null);
    }

    void Launch(string name, string types, in Cut cut, double eps, double momentum, Tensor x, Tensor? dy, Tensor? y, Tensor? mean, Tensor? spread, Tensor? variance, Tensor? weight, Tensor? bias, Tensor? parts, Tensor? sums, Tensor? dw, Tensor? db) =>
        backend.Grid("channels", name, types, cut.Columns, cut.Strips, Threads, cut.N, cut.C, cut.S, cut.Strips, cut.Chunk, cut.Cuts, eps, momentum, x, dy, y, mean, spread, variance, weight, bias, parts, sums, dw, db);

    void Finish(string name, string types, in Cut cut, double eps, Tensor x, Tensor mean, Tensor spread, Tensor? variance, Tensor parts, Tensor? sums, Tensor? dw, Tensor? db) =>
        backend.Grid("channels", name, types, (cut.C + 7) / 8, 1, Threads, cut.N, cut.C, cut.S, cut.Strips, cut.Chunk, cut.Cuts, eps, 0.0, x, null, null, mean, spread, variance, null, null, parts, sums, dw, db);
}
