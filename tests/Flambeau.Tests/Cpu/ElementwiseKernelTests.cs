using Flambeau.Cpu;

namespace Flambeau.Tests.Cpu;

/// <summary>Kernels that work by registers, against plain loops: odd sizes, tails, strides, padding and NaN.</summary>
[Collection(ThreadCount.Name)]
public sealed class ElementwiseKernelTests
{
    static float[] Numbers(int n, int seed, bool nan = false)
    {
        var random = new Random(seed);
        var r = new float[n];
        for (var i = 0; i < n; i++) r[i] = nan && random.Next(40) == 0 ? float.NaN : random.Next(6) == 0 ? random.Next(-2, 3) : (float)(random.NextDouble() * 8 - 4);
        return r;
    }

    [Theory]
    [InlineData(2, 2, 0, 1)]
    [InlineData(3, 2, 1, 1)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(2, 1, 0, 2)]
    [InlineData(3, 3, 0, 1)]
    [InlineData(5, 3, 2, 1)]
    [InlineData(3, 2, 1, 2)]
    public void Max_pools(int kernel, int stride, int pad, int dilation)
    {
        foreach (var (h, w) in ((int, int)[])[(9, 44), (7, 17), (16, 23), (5, 8), (33, 37), (16, 16), (14, 14), (7, 7), (12, 9), (31, 31)])
        {
            var x = Numbers(3 * h * w, h + w, nan: true);
            // Windows of nothing but minus infinity have a place as well.
            Array.Fill(x, float.NegativeInfinity, 0, 3 * w);
            var t = Tensor.From(x, [1, 3, h, w]);
            var (values, indices) = t.MaxPool2dWithIndices([kernel], [stride], [pad], [dilation]);
            var alone = t.MaxPool2d([kernel], [stride], [pad], [dilation]).ToArray<float>();
            float[] y = values.ToArray<float>();
            var at = indices.ToArray<long>();
            int reach = (kernel - 1) * dilation + 1, oh = (h + 2 * pad - reach) / stride + 1, ow = (w + 2 * pad - reach) / stride + 1;
            for (int p = 0, k = 0; p < 3; p++)
            for (var i = 0; i < oh; i++)
            for (var j = 0; j < ow; j++, k++)
            {
                var best = float.NegativeInfinity;
                var where = -1;
                for (var a = 0; a < kernel; a++)
                for (var b = 0; b < kernel; b++)
                {
                    int r = i * stride - pad + a * dilation, c = j * stride - pad + b * dilation;
                    if (r < 0 || c < 0 || r >= h || c >= w) continue;
                    var v = x[(p * h + r) * w + c];
                    if (where >= 0 && !(v > best) && !float.IsNaN(v)) continue;
                    (best, where) = (v, r * w + c);
                }
                Assert.Equal(best, y[k]);
                Assert.Equal(best, alone[k]);
                Assert.Equal(where, at[k]);
            }
        }
    }

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 1)]
    public void Mean_pools_and_their_adjoint(int kernel, int stride, int pad)
    {
        foreach (var (h, w) in ((int, int)[])[(9, 44), (7, 17), (16, 23), (5, 8)])
        {
            var x = Tensor.From(Numbers(2 * h * w, h * w), [1, 2, h, w]);
            var single = x.WithGrad();
            var wide = x.To(DType.Float64).Detach().WithGrad();
            Tensor y = single.AvgPool2d([kernel], [stride], [pad]), z = wide.AvgPool2d([kernel], [stride], [pad]);
            Close(z.Detach().ToArray<double>(), y.Detach().ToArray<double>(), 1e-6);
            var dy = Tensor.From(Numbers((int)y.Numel, 7), y.Shape.ToArray());
            y.Backward(dy);
            z.Backward(dy.To(DType.Float64));
            Close(wide.Grad!.ToArray<double>(), single.Grad!.ToArray<double>(), 1e-6);
        }
    }

    static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.InRange(actual[i], expected[i] - tolerance, expected[i] + tolerance);
    }

    [Fact]
    public void A_mean_over_the_whole_plane()
    {
        var x = Tensor.From(Numbers(6 * 61 * 67, 3), [2, 3, 61, 67]);
        Close(x.To(DType.Float64).Mean([2, 3]).ToArray<double>(), x.AdaptiveAvgPool2d(1, 1).ToArray<double>(), 1e-6);
    }

    [Fact]
    public void Exponentials_are_within_two_units_in_the_last_place()
    {
        var x = new float[40001];
        for (var i = 0; i < x.Length; i++) x[i] = -104 + 193f * i / (x.Length - 1);
        var y = Tensor.From(x).Exp().ToArray<float>();
        for (var i = 0; i < x.Length; i++)
        {
            var exact = Math.Exp(x[i]);
            if (exact > float.MaxValue) Assert.Equal(float.PositiveInfinity, y[i]);
            else Assert.InRange(Math.Abs(y[i] - exact), 0, 2.0 * (MathF.BitIncrement((float)exact) - (float)exact));
        }
        float[] edge = [float.NaN, float.NegativeInfinity, float.PositiveInfinity, -1e30f, 1e30f, 0, -0f, 1];
        float[] expected = [float.NaN, 0, float.PositiveInfinity, 0, float.PositiveInfinity, 1, 1, MathF.E];
        var got = Tensor.From([.. edge, .. edge]).Exp().ToArray<float>();
        for (var i = 0; i < 7; i++) Assert.Equal(expected[i], got[i]);
        Assert.Equal(MathF.E, got[7], 5e-7);
    }

    [Fact]
    public void Sums_and_maxima_of_every_length()
    {
        for (var n = 1; n < 2300; n = n < 140 ? n + 1 : n + 83)
        {
            var x = Numbers(3 * n, n);
            var t = Tensor.From(x, [3, n]);
            float[] sums = t.Sum(1).ToArray<float>(), tops = t.Amax([1]).ToArray<float>();
            for (var r = 0; r < 3; r++)
            {
                var row = x.AsSpan(r * n, n);
                double sum = 0, size = 0;
                var top = row[0];
                foreach (var v in row) (sum, size, top) = (sum + v, size + Math.Abs(v), Math.Max(top, v));
                Assert.InRange(sums[r], sum - 1e-6 * size, sum + 1e-6 * size);
                Assert.Equal(top, tops[r]);
            }
        }
    }

    [Fact]
    public void Positions_of_extremes_in_columns()
    {
        foreach (var (rows, columns) in ((int, int)[])[(5, 3), (40, 37), (17, 300), (1, 20)])
        {
            var x = Numbers(rows * columns, rows * columns, nan: true);
            var t = Tensor.From(x, [rows, columns]);
            long[] largest = t.Argmax(0).ToArray<long>(), smallest = t.Argmin(0).ToArray<long>(), whole = t.NanToNum(0).To(DType.Int64).Argmax(0).ToArray<long>();
            for (var c = 0; c < columns; c++)
            {
                int top = 0, low = 0, first = 0;
                long Whole(int r) => float.IsNaN(x[r * columns + c]) ? 0 : (long)x[r * columns + c];
                for (var r = 1; r < rows; r++)
                {
                    float v = x[r * columns + c], a = x[top * columns + c], b = x[low * columns + c];
                    if (v > a || float.IsNaN(v) && !float.IsNaN(a)) top = r;
                    if (v < b || float.IsNaN(v) && !float.IsNaN(b)) low = r;
                    if (Whole(r) > Whole(first)) first = r;
                }
                Assert.Equal(top, largest[c]);
                Assert.Equal(low, smallest[c]);
                Assert.Equal(first, whole[c]);
            }
        }
    }

    [Fact]
    public void The_first_few_are_the_first_of_all()
    {
        foreach (var n in (int[])[90, 100, 1000, 1003])
        {
            var t = Tensor.From(Numbers(5 * n, n, nan: true), [5, n]);
            foreach (var largest in (bool[])[true, false])
            {
                var few = t.Topk(10, 1, largest);
                var all = t.Sort(1, largest);
                Assert.Equal(all.Item2[.., ..10].Contiguous().ToArray<long>(), few.Item2.ToArray<long>());
                Assert.Equal(all.Item1[.., ..10].Contiguous().ToArray<float>(), few.Item1.ToArray<float>());
            }
            var sorted = t.Sort(1).Item1.ToArray<float>();
            for (var i = 1; i < n; i++) Assert.True(sorted[i - 1] <= sorted[i] || float.IsNaN(sorted[i]));
        }
    }

    [Fact]
    public void Running_sums_of_several_lines()
    {
        var x = Tensor.From(Numbers(7 * 11 * 5, 9), [7, 11, 5]);
        for (var d = 0; d < 3; d++)
        {
            var expected = x.To(DType.Float64).Cumsum(d).ToArray<double>();
            Close(expected, x.Cumsum(d).ToArray<double>(), 1e-5);
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var x = Tensor.From(Numbers(100_003, 5));
        Tensor[] Run() => [x.Exp(), x.Tanh(), x.Erf(), x.Sum(), x.Softmax(0), x[..99_999].Reshape([3, 33_333]).Softmax(1), x[..100_000].Reshape([1, 10, 100, 100]).MaxPool2d([3], [2], [1])];
        var before = CpuThreads.Count;
        try
        {
            CpuThreads.Count = 1;
            var one = Run();
            foreach (var threads in (int[])[2, 3, 5])
            {
                CpuThreads.Count = threads;
                var many = Run();
                for (var i = 0; i < one.Length; i++) Assert.Equal(one[i].ToArray<float>(), many[i].ToArray<float>());
            }
        }
        finally
        {
            CpuThreads.Count = before;
        }
    }
}
