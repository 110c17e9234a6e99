using Flambeau.Autograd;
using Flambeau.Nn;
using Flambeau.Ops;
using Flambeau.Tests.Autograd;

namespace Flambeau.Tests.Ops;

/// <summary>Recurrent layers against the same written step by step in elementary ops.</summary>
public sealed class RecurrentTests
{
    static Tensor R(DType dtype, int seed, params long[] shape) => Draw.Real(shape, -0.8, 0.9, seed).To(dtype);

    static void Same(Tensor actual, Tensor expected, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var (a, e) = (actual.To(DType.Float64).ToArray<double>(), expected.To(DType.Float64).ToArray<double>());
        for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - e[i]) <= tolerance * (1 + Math.Abs(e[i])), $"element {i}: {a[i]}, expected {e[i]}");
    }

    static Tensor Step(string kind, Tensor x, ref Tensor h, ref Tensor c, Tensor[] w)
    {
        var (a, b) = (x.MatMul(w[0].Transpose(0, 1)) + w[2], h.MatMul(w[1].Transpose(0, 1)) + w[3]);
        var n = h.Size(1);
        Tensor Part(Tensor t, int k) => t.Slice(1, k * n, (k + 1) * n);
        switch (kind)
        {
            case "lstm":
                c = (Part(a, 1) + Part(b, 1)).Sigmoid() * c + (Part(a, 0) + Part(b, 0)).Sigmoid() * (Part(a, 2) + Part(b, 2)).Tanh();
                return h = (Part(a, 3) + Part(b, 3)).Sigmoid() * c.Tanh();
            case "gru":
                var z = (Part(a, 1) + Part(b, 1)).Sigmoid();
                return h = (1 - z) * (Part(a, 2) + (Part(a, 0) + Part(b, 0)).Sigmoid() * Part(b, 2)).Tanh() + z * h;
            case "relu": return h = (a + b).Relu();
            default: return h = (a + b).Tanh();
        }
    }

    [Theory]
    [InlineData("lstm", DType.Float32, 9, 7, 19)]
    [InlineData("lstm", DType.Float64, 9, 7, 19)]
    [InlineData("lstm", DType.Float32, 3, 70, 33)]
    [InlineData("lstm", DType.Float32, 4, 1, 64)]
    [InlineData("lstm", DType.Float32, 1, 3, 5)]
    [InlineData("gru", DType.Float32, 9, 7, 19)]
    [InlineData("gru", DType.Float64, 5, 20, 32)]
    [InlineData("gru", DType.Float32, 1, 3, 5)]
    [InlineData("tanh", DType.Float32, 9, 7, 19)]
    [InlineData("relu", DType.Float64, 9, 9, 300)]
    public void Layers_agree_with_steps(string kind, DType dtype, long steps, long batch, long hidden)
    {
        const long In = 6;
        var gates = kind switch { "lstm" => 4, "gru" => 3, _ => 1 };
        var x = R(dtype, 1, steps, batch, In).Permute(0, 1, 2).WithGrad();
        Tensor h0 = R(dtype, 2, 2, batch, hidden).WithGrad(), c0 = R(dtype, 3, 2, batch, hidden).WithGrad();
        var scale = 1 / Math.Sqrt(hidden);
        Tensor[] Weights(int seed) => [.. new[] { R(dtype, seed, gates * hidden, In), R(dtype, seed + 1, gates * hidden, hidden) * scale, R(dtype, seed + 2, gates * hidden), R(dtype, seed + 3, gates * hidden) }.Select(static t => t.Detach().WithGrad())];
        Tensor[] w = [.. Weights(10), .. Weights(20)];
        Tensor[] fast = kind switch
        {
            "lstm" => Flatten(x.Lstm([h0, c0], w, true, 1, 0, true, true, false)),
            "gru" => Flatten(x.Gru(h0, w, true, 1, 0, true, true, false)),
            "relu" => Flatten(x.RnnRelu(h0, w, true, 1, 0, true, true, false)),
            _ => Flatten(x.RnnTanh(h0, w, true, 1, 0, true, true, false)),
        };
        var halves = new Tensor[2];
        Tensor[] hs = new Tensor[2], cs = new Tensor[2];
        for (var d = 0; d < 2; d++)
        {
            var (h, c) = (h0[d], c0[d]);
            var ys = new Tensor[steps];
            for (var i = 0; i < steps; i++)
            {
                var t = d == 0 ? i : steps - 1 - i;
                ys[t] = Step(kind, x[t], ref h, ref c, w[(4 * d)..(4 * d + 4)]);
            }
            (halves[d], hs[d], cs[d]) = (Tensor.Stack(ys), h, c);
        }
        Tensor[] slow = kind == "lstm" ? [Tensor.Cat(halves, -1), Tensor.Stack(hs), Tensor.Stack(cs)] : [Tensor.Cat(halves, -1), Tensor.Stack(hs)];
        var tolerance = dtype == DType.Float32 ? 3e-4 : 1e-10;
        Tensor[] wanted = kind == "lstm" ? [x, h0, c0, .. w] : [x, h0, .. w], seeds = [.. slow.Select((y, i) => R(dtype, 30 + i, [.. y.Shape.AsSpan()]))];
        for (var i = 0; i < slow.Length; i++) Same(fast[i], slow[i], tolerance);
        Tensor?[] a = Grad.Of(fast, wanted, seeds), b = Grad.Of(slow, wanted, seeds);
        for (var i = 0; i < a.Length; i++) Same(a[i]!, b[i]!, tolerance * Math.Max(1, steps * batch / 16));
        using var off = Grad.No();
        if (kind == "lstm") Same(x.Lstm([h0, c0], w, true, 1, 0, false, true, false).Output, slow[0], tolerance);
        if (kind == "gru") Same(x.Gru(h0, w, true, 1, 0, false, true, false).Output, slow[0], tolerance);
    }

    static Tensor[] Flatten((Tensor, Tensor, Tensor) t) => [t.Item1, t.Item2, t.Item3];

    static Tensor[] Flatten((Tensor, Tensor) t) => [t.Item1, t.Item2];

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var x = R(DType.Float32, 1, 5, 9, 80);
        Tensor h = R(DType.Float32, 2, 9, 20), c = R(DType.Float32, 3, 9, 20), w = R(DType.Float32, 4, 80, 20);
        var before = Flambeau.Cpu.CpuThreads.Count;
        try
        {
            float[]? expected = null;
            foreach (var n in new[] { 1, 2, 3 })
            {
                Flambeau.Cpu.CpuThreads.Count = n;
                Tensor[] inputs = [.. new[] { x, h, c, w }.Select(static t => t.Detach().WithGrad())];
                var (y, cell, _) = inputs[0].LstmLayer(inputs[1], inputs[2], inputs[3], false, true);
                var all = Grad.Of([y, cell], inputs, [y.Detach(), cell.Detach()]).Prepend(y.Detach()).SelectMany(static t => t!.ToArray<float>()).ToArray();
                expected ??= all;
                Assert.Equal(expected, all);
            }
        }
        finally
        {
            Flambeau.Cpu.CpuThreads.Count = before;
        }
    }

    [Fact]
    public void Half_types_and_batches_of_none()
    {
        var net = new LSTM(4, 3, 2, dtype: DType.BFloat16);
        var (y, (h, c)) = net.Forward(R(DType.BFloat16, 1, 5, 2, 4));
        Assert.Equal((DType.BFloat16, DType.BFloat16, DType.BFloat16), (y.DType, h.DType, c.DType));
        y.Sum().Backward();
        Assert.All(net.Parameters(), static p => Assert.Equal(DType.BFloat16, p.Grad!.DType));
        var none = new GRU(4, 3).Forward(Tensor.Zeros([5, 0, 4]));
        Assert.Equal(new Shape([5, 0, 3]), none.Output.Shape);
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        var e = Assert.Throws<ArgumentException>(() => R(DType.Float32, 1, 2, 3, 8).LstmLayer(R(DType.Float32, 1, 3, 3), R(DType.Float32, 1, 3, 3), R(DType.Float32, 1, 8, 2), false, false));
        Assert.Contains("[3, 3]", e.Message);
        Assert.Throws<ArgumentException>(() => R(DType.Float32, 1, 2, 3, 8).LstmLayer(R(DType.Float64, 1, 3, 2), R(DType.Float32, 1, 3, 2), R(DType.Float32, 1, 8, 2), false, false));
    }
}
