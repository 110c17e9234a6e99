using Flambeau.Autograd;

namespace Flambeau.Cuda.Tests;

/// <summary>Kernels of rows, order, totals, positions, dropout and recurrent layers, against the CPU, at sizes where their ways part.</summary>
[Collection("kernels")]
public sealed class KernelTests
{
    public KernelTests()
    {
        Assert.SkipUnless(Cuda.IsAvailable, Cuda.Problem ?? "");
        Cuda.Log = null;
        Cuda.ResetFallbacks();
    }

    static Tensor Draw(params long[] sizes) => Tensor.Randn(sizes, new Generator(11));

    /// <summary>Results and gradients of all arguments, on the CPU in doubles and on the GPU in a dtype.</summary>
    static void Same(Func<Tensor[], Tensor> f, DType dtype, double tolerance, params Tensor[] x)
    {
        x = Array.ConvertAll(x, t => t.DType.IsFloat() ? t.To(dtype) : t);
        Tensor[] Run(Device device, DType type)
        {
            var t = Array.ConvertAll(x, v => v.DType.IsFloat() ? v.To(type).To(device).Detach().Clone().WithGrad() : v.To(device));
            var y = f(t);
            (y * Tensor.Randn(y.Shape, new Generator(3)).To(type).To(device)).Sum().Backward();
            return [y.Detach(), .. t.Where(static v => v.DType.IsFloat()).Select(static v => v.Grad!)];
        }
        var expected = Run(Device.Cpu, DType.Float64);
        var actual = Run(Device.Cuda(), dtype);
        Assert.Empty(Cuda.Fallbacks);
        for (var i = 0; i < expected.Length; i++)
        {
            double[] e = expected[i].ToArray<double>(), a = actual[i].ToArray<double>();
            var scale = e.Max(Math.Abs);
            for (var k = 0; k < e.Length; k++) Assert.True(Math.Abs(e[k] - a[k]) <= tolerance * (scale + Math.Abs(e[k])), $"{i}: element {k} is {a[k]}, expected {e[k]}");
        }
    }

    [Theory]
    [InlineData(DType.Float64, 10)]
    [InlineData(DType.Float32, 5003)]
    [InlineData(DType.BFloat16, 800)]
    [InlineData(DType.Float16, 5003)]
    public void Cross_entropy(DType dtype, long classes)
    {
        var target = Tensor.RandInt(0, classes, [37], new Generator(5));
        target.Narrow(0, 3, 2).Fill_(-100);
        foreach (var reduction in new[] { "mean", "sum", "none" }) Same(t => t[0].CrossEntropy(target.To(t[0].Device), reduction: reduction), dtype, Rounding(dtype), Draw(37, classes) * 3);
    }

    static double Rounding(DType dtype) => dtype switch { DType.BFloat16 => 1e-2, DType.Float16 => 2e-3, DType.Float32 => 2e-6, _ => 1e-13 };

    [Theory]
    [InlineData(DType.Float32, 7, 24)]
    [InlineData(DType.Float32, 3, 1001)]
    [InlineData(DType.Float64, 5, 600)]
    [InlineData(DType.BFloat16, 9, 1032)]
    [InlineData(DType.Float16, 2, 40000)]
    [InlineData(DType.BFloat16, 3, 33001)]
    public void Softmax_and_norms_of_rows(DType dtype, long rows, long n)
    {
        var x = Draw(rows, n);
        Same(static t => t[0].Softmax(1), dtype, Rounding(dtype), x);
        Same(static t => t[0].LogSoftmax(1), dtype, Rounding(dtype), x);
        Same(static t => t[0].LayerNorm([t[0].Size(1)], t[1], t[2]), dtype, 2 * Rounding(dtype), x, Draw(n), Draw(n) * 0.5);
        Same(static t => t[0].RmsNorm([t[0].Size(1)], t[1]), dtype, 2 * Rounding(dtype), x, Draw(n));
    }

    [Fact]
    public void Rows_of_infinities()
    {
        var x = Draw(3, 50);
        x.Select(0, 1).Fill_(double.NegativeInfinity);
        x.Select(0, 2).Fill_(double.NegativeInfinity);
        x.Select(0, 2).Slice(0, 7, 8).Fill_(1.0);
        foreach (var t in new[] { x, Tensor.Cat([x, Tensor.Full([3, 70000], double.NegativeInfinity, DType.Float32)], 1) })
        {
            Assert.Equal(t.Softmax(1).ToArray<float>(), t.To(Device.Cuda()).Softmax(1).ToArray<float>(), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-6);
            Assert.Equal(t.SafeSoftmax(1).ToArray<float>(), t.To(Device.Cuda()).SafeSoftmax(1).ToArray<float>(), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-6);
        }
    }

    [Theory]
    [InlineData(1, 5, false)]
    [InlineData(4, 1024, true)]
    [InlineData(2, 1025, false)]
    [InlineData(3, 5000, true)]
    public void Sorting_keeps_the_order_of_equals_and_puts_NaN_last(long lines, long n, bool descending)
    {
        var x = (Draw(lines, n) * 4).Round();
        x.Slice(1, 2, 3).Fill_(double.NaN);
        foreach (var t in new[] { x, x.Permute(1, 0).Contiguous() })
        {
            var dim = ReferenceEquals(t, x) ? 1 : 0;
            Assert.Equal(t.Argsort(dim, descending).ToArray<long>(), t.To(Device.Cuda()).Argsort(dim, descending).ToArray<long>());
            Assert.Equal(t.Topk(3, dim, descending).Indices.ToArray<long>(), t.To(Device.Cuda()).Topk(3, dim, descending).Indices.ToArray<long>());
        }
    }

    [Theory]
    [InlineData(255)]
    [InlineData(2048)]
    [InlineData(10001)]
    public void Running_totals(long n)
    {
        var x = Draw(2, n);
        Same(static t => t[0].Cumsum(1), DType.Float32, 1e-6, x);
        Same(static t => t[0].Logcumsumexp(1), DType.Float32, 2e-6, x);
        Assert.Equal(x.To(DType.Int64).Cumprod(1).ToArray<long>(), x.To(DType.Int64).To(Device.Cuda()).Cumprod(1).ToArray<long>());
    }

    [Theory]
    [InlineData(DType.Float32, 20, 5)]
    [InlineData(DType.BFloat16, 3000, 70)]
    public void Positions_that_repeat_are_added_up_the_same_each_time(DType dtype, long count, long width)
    {
        var at = Tensor.RandInt(0, 13, [count], new Generator(4));
        Same(t => t[0].Embedding(t[1]), dtype, 2 * Rounding(dtype), Draw(15, width), at);
        Same(t => t[0].IndexPut([null, t[2]], t[1], accumulate: true), dtype, 4 * Rounding(dtype), Draw(4, 15), Draw(4, count), at);
        var gpu = Device.Cuda();
        Tensor Put() => Tensor.Zeros([15], DType.Float32, gpu).IndexPut([at.To(gpu)], Draw(count).To(gpu), accumulate: true);
        Assert.Equal(Put().ToArray<float>(), Put().ToArray<float>());
        // the last of equal positions wins
        Assert.Equal(Tensor.Zeros([15], DType.Float32).IndexPut([at], Draw(count)).ToArray<float>(), Tensor.Zeros([15], DType.Float32, gpu).IndexPut([at.To(gpu)], Draw(count).To(gpu)).ToArray<float>());
    }

    [Theory]
    [InlineData(DType.Float32, 4096)]
    [InlineData(DType.Float16, 1003)]
    public void Dropout_drops_the_same_elements(DType dtype, long n)
    {
        var x = Draw(n + 1).To(dtype);
        var y = x.To(Device.Cuda()).Slice(0, 1).WithGrad();
        x = x.Slice(0, 1).Detach().WithGrad();
        Tensor a, b;
        using (new Generator(9).Use()) a = x.NativeDropout(0.3, true).Output;
        using (new Generator(9).Use()) b = y.NativeDropout(0.3, true).Output;
        a.Sum().Backward();
        b.Sum().Backward();
        Assert.Equal(a.ToArray<float>(), b.ToArray<float>());
        Assert.Equal(x.Grad!.ToArray<float>(), y.Grad!.ToArray<float>());
        Assert.Empty(Cuda.Fallbacks);
    }

    [Theory]
    [InlineData("LSTM", true)]
    [InlineData("GRU", true)]
    [InlineData("RNN", false)]
    public void Recurrent_layers(string kind, bool bidirectional)
    {
        Nn.RNNBase Make() => kind switch
        {
            "LSTM" => new Nn.LSTM(6, 5, 2, bidirectional: bidirectional),
            "GRU" => new Nn.GRU(6, 5, 2, bidirectional: bidirectional),
            _ => new Nn.RNN(6, 5, 2, bidirectional: bidirectional),
        };
        var here = Make();
        var there = Make();
        there.LoadStateDict(here.StateDict());
        there.To(Device.Cuda());
        Tensor Out(Nn.RNNBase m, Tensor x) => m switch { Nn.LSTM l => l.Forward(x).Output, Nn.GRU g => g.Forward(x).Output, _ => ((Nn.RNN)m).Forward(x).Output };
        Tensor x = Draw(7, 3, 6).WithGrad(), y = x.Detach().To(Device.Cuda()).WithGrad();
        Tensor a = Out(here, x), b = Out(there, y);
        (a * a).Sum().Backward();
        (b * b).Sum().Backward();
        Assert.Empty(Cuda.Fallbacks);
        static void Close(Tensor e, Tensor a) => Assert.Equal(e.ToArray<double>(), a.ToArray<double>(), static (p, q) => Math.Abs(p - q) <= 1e-5 * (1 + Math.Abs(p)));
        Close(a, b);
        Close(x.Grad!, y.Grad!);
        foreach (var (p, q) in here.Parameters().Zip(there.Parameters())) Close(p.Grad!, q.Grad!);
    }

    [Fact]
    public void Sums_of_neighbours()
    {
        foreach (var n in new[] { 128L, 1000, 100003 })
        {
            Same(static t => t[0].Sum(), DType.Float32, 1e-6, Draw(n).Abs());
            Same(static t => t[0].Sum([1]), DType.Float32, 1e-6, Draw(3, n).Abs());
            Same(static t => t[0].Slice(1, 1).Sum([1]), DType.BFloat16, 1e-2, Draw(2, n).Abs());
        }
    }

    [Theory]
    [InlineData(DType.Float64)]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void Formulas_over_layouts(DType dtype)
    {
        var r = Rounding(dtype);
        foreach (var n in new[] { 1L, 7, 64, 1003 }) Same(static t => t[0] * t[1] + t[0].Sigmoid(), dtype, r, Draw(n), Draw(n));
        // neighbours that lie side by side, or are one element, in rows whose distance lets them be taken at once, or not
        foreach (var n in new[] { 16L, 12, 9 })
        {
            Same(static t => t[0] * t[1] + t[2], dtype, r, Draw(3, 5, n), Draw(n), Draw(3, 1, 1));
            Same(static t => t[0] * t[1] - t[2].Where(t[2] > 0, t[1]), dtype, r, Draw(3, 5, n), Draw(5, 1), Draw(1, n));
            Same(static t => t[0].Narrow(2, 1, 4) * t[1].Narrow(2, 4, 4), dtype, r, Draw(3, 5, n), Draw(3, 5, n));
            Same(static t => t[0].Permute(1, 0, 2) * t[1], dtype, r, Draw(3, 5, n), Draw(5, 3, n));
            Same(static t => t[0].Permute(2, 0, 1) * t[1], dtype, r, Draw(3, 5, n), Draw(n, 3, 5));
            Same(static t => t[0].Permute(1, 0, 2).Reshape(15, -1).Chunk(2, 1)[1].Exp(), dtype, r, Draw(3, 5, n));
            Same(static t => t[0].Slice(2, 0, null, 2) + t[0].To(DType.Float32).Slice(2, 0, null, 2), dtype, r, Draw(3, 5, n));
            Same(static t => t[0][1..].Narrow(0, 0, 2).Tanh(), dtype, r, Draw(4, n));
        }
    }

    [Fact]
    public void Formulas_over_many_elements()
    {
        var n = (1L << 20) + 2051;
        foreach (var dtype in new[] { DType.Float32, DType.BFloat16 })
        {
            Tensor x = Draw(n).To(dtype), y = x.To(Device.Cuda());
            Assert.Equal((x * 2).ToArray<double>(), (y * 2).ToArray<double>());
            Assert.Equal((x > 0.5).ToArray<bool>(), (y > 0.5).ToArray<bool>());
            Assert.Equal((x[1..] + x[..^1]).ToArray<double>(), (y[1..] + y[..^1]).ToArray<double>());
            Assert.Equal(x.To(DType.Float64).ToArray<double>(), y.To(DType.Float64).ToArray<double>());
        }
    }
}
