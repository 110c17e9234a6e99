using Flambeau;
using Flambeau.Autograd;
using Flambeau.Nn;

/// <summary>Kernels that networks are made of, each alone; bench/peers/cuda_breadth.py does the same work with PyTorch.</summary>
static class Breadth
{
    internal static void Run(Device device, Action<string, double, string> print, Func<Action, int, double> time)
    {
        Tensor Draw(DType dtype, params long[] sizes) => Tensor.Randn(sizes).To(dtype).To(device);
        void Speed(string name, double bytes, Action run, int count = 10) => print(name, bytes / time(run, count) / 1e12, "TB/s");
        void Ms(string name, Action run, int count = 10) => print(name, 1e3 * time(run, count), "ms");

        foreach (var (dtype, rows, n) in new[] { (DType.Float32, 65536L, 4096L), (DType.BFloat16, 65536L, 4096L), (DType.BFloat16, 16384L, 768L) })
        {
            double bytes = (double)rows * n * dtype.Size();
            var name = $"{dtype.Name()} {rows} x {n}";
            Tensor x = Draw(dtype, rows, n), dy = Draw(dtype, rows, n), w = Draw(dtype, n).WithGrad(), b = Draw(dtype, n).WithGrad();
            using (Grad.No())
            {
                Speed($"sum rows {name}", bytes, () => _ = x.Sum([1]));
                Speed($"softmax {name}", 2 * bytes, () => _ = x.Softmax(1));
                Speed($"layer_norm {name}", 2 * bytes, () => _ = x.LayerNorm([n], w, b));
                Speed($"rms_norm {name}", 2 * bytes, () => _ = x.RmsNorm([n], w));
                Speed($"dropout {name}", 2 * bytes, () => _ = x.Dropout(0.1));
            }
            x = x.WithGrad();
            var y = x.LayerNorm([n], w, b);
            Speed($"layer_norm gradient {name}", 3 * bytes, () => _ = Grad.Of([y], [x, w, b], [dy], retainGraph: true));
            y = x.Softmax(1);
            Speed($"softmax gradient {name}", 3 * bytes, () => _ = Grad.Of([y], [x], [dy], retainGraph: true));
        }
        {
            Tensor x = Draw(DType.BFloat16, 8192, 50257).WithGrad(), at = Tensor.RandInt(0, 50257, [8192]).To(device);
            Ms("cross_entropy forward and backward, bfloat16 8192 x 50257", () => _ = Grad.Of([x.CrossEntropy(at)], [x], [null]), 5);
            Tensor w = Draw(DType.BFloat16, 50257, 768).WithGrad(), dy = Draw(DType.BFloat16, 8192, 768);
            Ms("embedding forward and backward, bfloat16 50257 x 768, 8192", () => _ = Grad.Of([w.Embedding(at)], [w], [dy]));
        }
        foreach (var (dtype, n, heads, t, d) in new[] { (DType.BFloat16, 16L, 12L, 1024L, 64L), (DType.BFloat16, 4L, 16L, 4096L, 128L), (DType.Float32, 4L, 12L, 1024L, 64L) })
        {
            Tensor q = Draw(dtype, n, heads, t, d).WithGrad(), k = Draw(dtype, n, heads, t, d).WithGrad(), v = Draw(dtype, n, heads, t, d).WithGrad(), dy = Draw(dtype, n, heads, t, d);
            var flops = 2.0 * n * heads * t * t * d;
            var name = $"attention, causal, {dtype.Name()} {n} x {heads} x {t} x {d}";
            using (Grad.No()) print(name, flops / time(() => _ = q.ScaledDotProductAttention(k, v, isCausal: true), 10) / 1e12, "TFLOP/s");
            var y = q.ScaledDotProductAttention(k, v, isCausal: true);
            print(name + ", gradient", 2.5 * flops / time(() => _ = Grad.Of([y], [q, k, v], [dy], retainGraph: true), 5) / 1e12, "TFLOP/s");
        }
        using (Grad.No())
        {
            var x = Draw(DType.Float32, 1 << 24);
            Ms("cumsum, 16M", () => _ = x.Cumsum(0));
            Ms("sort, 16M", () => _ = x.Sort(), 3);
            var rows = x.Reshape([16384, 1024]);
            Ms("sort rows, 16384 x 1024", () => _ = rows.Sort(), 5);
            Ms("topk 50 of rows, 16384 x 1024", () => _ = rows.Topk(50), 5);
        }
        var lstm = new LSTM(512, 512, numLayers: 2);
        lstm.To(device);
        var sequence = Draw(DType.Float32, 100, 64, 512);
        Ms("LSTM 2 x 512, T 100, B 64, forward and backward", () =>
        {
            lstm.ZeroGrad();
            lstm.Forward(sequence).Output.Sum().Backward();
        }, 5);
    }
}
