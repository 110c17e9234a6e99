using Flambeau.Bench.Harness;
using TorchSharp;
using F = TorchSharp.torch.nn.functional;

namespace Flambeau.Bench.Sections;

/// <summary>Pointwise, broadcast and strided ops, reductions, softmax, norms, pooling, cross-entropy at 1e3, 1e5 and 1e7 elements.</summary>
static class Elementwise
{
    public static IEnumerable<Case> Cases()
    {
        foreach (var n in (int[])[1_000, 100_000, 10_000_000])
        {
            int rows = n switch { 1_000 => 10, 100_000 => 200, _ => 5_000 }, cols = n / rows;
            foreach (var c in Pointwise(n, rows, cols)) yield return c;
            foreach (var c in Reductions(n, rows, cols)) yield return c;
            foreach (var c in Layers(n, rows, cols)) yield return c;
        }
    }

    static IEnumerable<Case> Pointwise(int n, int rows, int cols)
    {
        Case One(string name, Func<Tensor, Tensor> ours, Func<torch.Tensor, torch.Tensor> peer, double tolerance = 1e-5) =>
            Op.Forward("pointwise", $"{name} {n:0e0}", 8.0 * n, Unit.Byte, 1, [() => Values.Normal(n)], x => ours(x[0]), x => peer(x[0]), tolerance);
        yield return Op.Forward("pointwise", $"x + y {n:0e0}", 12.0 * n, Unit.Byte, 1, [() => Values.Normal(n), () => Values.Normal(n)], static x => x[0] + x[1], static x => x[0].add(x[1]));
        yield return Op.Forward("pointwise", $"x * y {n:0e0}", 12.0 * n, Unit.Byte, 1, [() => Values.Normal(n), () => Values.Normal(n)], static x => x[0] * x[1], static x => x[0].mul(x[1]));
        yield return One("relu", static x => x.Relu(), static x => x.relu());
        yield return One("exp", static x => x.Exp(), static x => x.exp());
        yield return One("log", static x => x.Log(), static x => x.log());
        yield return One("tanh", static x => x.Tanh(), static x => x.tanh());
        yield return One("sigmoid", static x => x.Sigmoid(), static x => x.sigmoid());
        yield return One("erf", static x => x.Erf(), static x => x.erf());
        yield return One("gelu", static x => x.Gelu(), static x => F.gelu(x));
        yield return One("silu", static x => x.Silu(), static x => F.silu(x));
        yield return One("sqrt", static x => x.Abs().Sqrt(), static x => x.abs().sqrt());
        yield return Op.Forward("broadcast", $"row {rows}×{cols}", 8.0 * n, Unit.Byte, 1, [() => Values.Normal(rows, cols), () => Values.Normal(cols)], static x => x[0] + x[1], static x => x[0].add(x[1]));
        yield return Op.Forward("broadcast", $"column {rows}×{cols}", 8.0 * n, Unit.Byte, 1, [() => Values.Normal(rows, cols), () => Values.Normal(rows, 1)], static x => x[0] * x[1], static x => x[0].mul(x[1]));
        yield return Op.Forward("strided", $"xᵀ + y {cols}×{rows}", 12.0 * n, Unit.Byte, 1, [() => Values.Normal(rows, cols), () => Values.Normal(cols, rows)], static x => x[0].Transpose(0, 1) + x[1], static x => x[0].t().add(x[1]));
        yield return Op.Forward("strided", $"every other column {rows}×{cols}", 8.0 * n / 2, Unit.Byte, 1, [() => Values.Normal(rows, cols)], static x => x[0][.., TensorIndex.Slice(step: 2)] + 1f, static x => x[0][torch.TensorIndex.Colon, torch.TensorIndex.Slice(null, null, 2)].add(1f));
        yield return Op.Backward("pointwise", $"gelu gradient {n:0e0}", 12.0 * n, Unit.Byte, 1, [() => Values.Normal(n)], [0], static x => x[0].Gelu(), static x => F.gelu(x[0]));
        yield return Op.Backward("pointwise", $"tanh gradient {n:0e0}", 12.0 * n, Unit.Byte, 1, [() => Values.Normal(n)], [0], static x => x[0].Tanh(), static x => x[0].tanh());
    }

    static IEnumerable<Case> Reductions(int n, int rows, int cols)
    {
        Case One(string name, Func<Tensor, Tensor> ours, Func<torch.Tensor, torch.Tensor> peer, double tolerance = 1e-4) =>
            Op.Forward("reduction", $"{name} {rows}×{cols}", 4.0 * n, Unit.Byte, 1, [() => Values.Normal(rows, cols)], x => ours(x[0]), x => peer(x[0]), tolerance);
        yield return One("sum", static x => x.Sum(), static x => x.sum(), 1e-3);
        yield return One("sum of rows", static x => x.Sum(1), static x => x.sum(1));
        yield return One("sum of columns", static x => x.Sum(0), static x => x.sum([0L]));
        yield return One("mean of rows", static x => x.Mean(1), static x => x.mean([1L]));
        yield return One("amax of rows", static x => x.Amax([1]), static x => x.amax([1]));
        yield return One("max of columns", static x => x.Max(0).Values, static x => x.max(0).values);
        yield return One("argmax of rows", static x => x.Argmax(1), static x => x.argmax(1));
        yield return One("var of rows", static x => x.Var([1]), static x => x.var([1L]));
        yield return One("norm", static x => x.Norm(), static x => x.norm(), 1e-3);   // libtorch's is off by 4e-4 at 1e7, against float64
        yield return One("cumsum of rows", static x => x.Cumsum(1), static x => x.cumsum(1), 1e-3);
    }

    static IEnumerable<Case> Layers(int n, int rows, int cols)
    {
        Func<Values>[] x = [() => Values.Normal(rows, cols)], affine = [() => Values.Normal(rows, cols), () => Values.Normal(cols), () => Values.Normal(cols)];
        foreach (var (name, ours, peer) in ((string, Func<Tensor[], Tensor>, Func<torch.Tensor[], torch.Tensor>)[])
        [
            ("softmax", static x => x[0].Softmax(1), static x => x[0].softmax(1)),
            ("log-softmax", static x => x[0].LogSoftmax(1), static x => x[0].log_softmax(1)),
        ])
        {
            yield return Op.Forward("softmax", $"{name} {rows}×{cols}", 8.0 * n, Unit.Byte, 1, x, ours, peer);
            yield return Op.Backward("softmax", $"{name} {rows}×{cols} gradient", 12.0 * n, Unit.Byte, 1, x, [0], ours, peer);
        }
        yield return Op.Forward("norm", $"layer norm {rows}×{cols}", 8.0 * n, Unit.Byte, 1, affine, t => t[0].LayerNorm([cols], t[1], t[2]), t => F.layer_norm(t[0], [cols], t[1], t[2]));
        yield return Op.Backward("norm", $"layer norm {rows}×{cols} gradients", 12.0 * n, Unit.Byte, 1, affine, [0, 1, 2], t => t[0].LayerNorm([cols], t[1], t[2]), t => F.layer_norm(t[0], [cols], t[1], t[2]));
        int channels = n == 1_000 ? 10 : 50, side = (int)Math.Sqrt(n / channels / (n > 100_000 ? 10 : 1)), batch = n / channels / (side * side);
        Func<Values>[] image = [() => Values.Normal(batch, channels, side, side)], scaled = [image[0], () => Values.Normal(channels), () => Values.Normal(channels)];
        var shape = $"{batch}×{channels}×{side}²";
        yield return Op.Forward("norm", $"batch norm {shape}", 8.0 * n, Unit.Byte, 1, scaled, static t => t[0].BatchNorm(null, null, t[1], t[2], training: true), static t => F.batch_norm(t[0], null!, null!, t[1], t[2], training: true));
        yield return Op.Backward("norm", $"batch norm {shape} gradients", 12.0 * n, Unit.Byte, 1, scaled, [0, 1, 2], static t => t[0].BatchNorm(null, null, t[1], t[2], training: true), static t => F.batch_norm(t[0], null!, null!, t[1], t[2], training: true), 1e-3);
        yield return Op.Forward("norm", $"group norm {shape}", 8.0 * n, Unit.Byte, 1, scaled, static t => t[0].GroupNorm(5, t[1], t[2]), static t => F.group_norm(t[0], 5, t[1], t[2]));
        yield return Op.Backward("norm", $"group norm {shape} gradients", 12.0 * n, Unit.Byte, 1, scaled, [0, 1, 2], static t => t[0].GroupNorm(5, t[1], t[2]), static t => F.group_norm(t[0], 5, t[1], t[2]), 1e-3);
        yield return Op.Forward("pooling", $"max pool 2×2 {shape}", 5.0 * n, Unit.Byte, 1, image, static t => t[0].MaxPool2d([2, 2]), static t => F.max_pool2d(t[0], 2));
        yield return Op.Backward("pooling", $"max pool 2×2 {shape} gradient", 5.0 * n, Unit.Byte, 1, image, [0], static t => t[0].MaxPool2d([2, 2]), static t => F.max_pool2d(t[0], 2));
        yield return Op.Forward("pooling", $"max pool 3×3 / 2 {shape}", 5.0 * n, Unit.Byte, 1, image, static t => t[0].MaxPool2d([3, 3], [2, 2], [1, 1]), static t => F.max_pool2d(t[0], 3, 2, 1));
        yield return Op.Forward("pooling", $"avg pool 2×2 {shape}", 5.0 * n, Unit.Byte, 1, image, static t => t[0].AvgPool2d([2, 2]), static t => F.avg_pool2d(t[0], 2));
        yield return Op.Backward("pooling", $"avg pool 2×2 {shape} gradient", 5.0 * n, Unit.Byte, 1, image, [0], static t => t[0].AvgPool2d([2, 2]), static t => F.avg_pool2d(t[0], 2));
        yield return Op.Forward("pooling", $"global avg pool {shape}", 4.0 * n, Unit.Byte, 1, image, static t => t[0].AdaptiveAvgPool2d(1, 1), static t => F.adaptive_avg_pool2d(t[0], 1));
        var labels = Values.Whole(rows, cols);
        Tensor ourLabels = Tensor.From(labels);
        var peerLabels = torch.tensor(labels);
        yield return Op.Forward("cross-entropy", $"{rows}×{cols}", 4.0 * n, Unit.Byte, 1, x, t => t[0].CrossEntropy(ourLabels), t => F.cross_entropy(t[0], peerLabels));
        yield return Op.Backward("cross-entropy", $"{rows}×{cols} gradient", 8.0 * n, Unit.Byte, 1, x, [0], t => t[0].CrossEntropy(ourLabels), t => F.cross_entropy(t[0], peerLabels));
    }
}
