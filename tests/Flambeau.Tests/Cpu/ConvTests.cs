using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Tests.Cpu;

[Collection(ThreadCount.Name)]
public unsafe class ConvTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Single_precision_agrees_with_the_definition(int dims) => Random<float>(dims, 2e-5);

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Double_precision_agrees_with_the_definition(int dims) => Random<double>(dims, 1e-12);

    [Theory]
    [InlineData(1), InlineData(2)]
    public void Depthwise_agrees_with_the_definition(int dims)
    {
        var random = new Random(10 + dims);
        for (var round = 0; round < 60; round++)
        {
            var shape = Each(random, dims);
            Check<float>(shape, random, 2e-5);
            Check<double>(shape, random, 1e-12);
        }
    }

    /// <summary>A kernel for each channel, with channels enough for the lanes; rows from shorter to longer than those that are turned.</summary>
    private static ConvShape Each(Random random, int dims)
    {
        int Of(params int[] choices) => choices[random.Next(choices.Length)];
        long[] Axis(Func<int> draw) => [.. Enumerable.Range(0, dims).Select(_ => (long)draw())];
        while (true)
        {
            long channels = Of(8, 16, 17, 19, 24, 37);
            var shape = ConvShape.Create(1 + random.Next(11), channels, channels, channels, Axis(() => 1 + random.Next(Of(5, 16, dims == 1 ? 130 : 30))),
                Axis(() => Of(1, 2, 3, 3, 5)), Axis(() => Of(1, 1, 2, 3)), Axis(() => Of(0, 1, 2)), Axis(() => Of(1, 1, 2)));
            if (shape.Out.Volume == 0) continue;
            for (var i = 3 - dims; i < 3; i++) shape.In[i] += random.Next(4) == 0 ? random.Next((int)shape.Stride[i]) : 0;
            return shape;
        }
    }

    private static void Random<T>(int dims, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new Random(dims);
        for (var round = 0; round < 80; round++) Check<T>(Shape(random, dims), random, tolerance);
    }

    /// <summary>Strides, padding, dilation, groups, depthwise and pointwise kernels, and inputs longer than the outputs read.</summary>
    private static ConvShape Shape(Random random, int dims)
    {
        int Of(params int[] choices) => choices[random.Next(choices.Length)];
        long[] Axis(Func<int> draw) => [.. Enumerable.Range(0, dims).Select(_ => (long)draw())];
        while (true)
        {
            long groups = Of(1, 1, 2, 3, 5), cin = Of(1, 1, 2, 3, 8, 17), cout = Of(1, 2, 4, 7, 13, 26);
            var input = Axis(() => 1 + random.Next(dims == 1 ? 80 : dims == 2 ? 24 : 8));
            var plain = random.Next(6) == 0;
            var shape = ConvShape.Create(1 + random.Next(4), cin * groups, cout * groups, groups, input,
                Axis(() => plain ? 1 : 1 + random.Next(4)), Axis(() => plain ? 1 : Of(1, 1, 2, 3, 4)),
                Axis(() => plain ? 0 : Of(0, 0, 1, 2, 3)), Axis(() => plain ? 1 : Of(1, 1, 2, 3)));
            if (shape.Out.Volume == 0 && random.Next(10) > 0) continue;
            for (var i = 3 - dims; i < 3 && shape.Out.Volume > 0; i++) shape.In[i] += random.Next(5) == 0 ? random.Next((int)shape.Stride[i]) : 0;
            return shape;
        }
    }

    private static void Check<T>(in ConvShape shape, Random random, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var s = shape;
        T[] Draw(long n) => [.. Enumerable.Range(0, (int)n).Select(_ => T.CreateTruncating(random.NextDouble() - 0.5))];
        T[] x = Draw(s.N * s.Cin * s.In.Volume), w = Draw(s.Cout * s.CinGroup * s.Kernel.Volume), dy = Draw(s.N * s.Cout * s.Out.Volume);
        T[]? bias = random.Next(2) == 0 ? null : Draw(s.Cout);
        var transposedBias = Draw(s.Cin);
        var (y, dx, dw) = Define(s, x, w, bias, dy);

        T[][] Run(int threads)
        {
            T[] fy = new T[y.Length], fdx = new T[dx.Length], fdw = new T[dw.Length], fb = new T[dx.Length];
            foreach (var result in new[] { fy, fdx, fdw, fb }) Array.Fill(result, T.NaN);
            ThreadCount.With(threads, () =>
            {
                fixed (T* px = x, pw = w, pb = bias, pt = transposedBias, pg = dy, py = fy, pdx = fdx, pdw = fdw, pdb = fb)
                {
                    Conv.Forward(s, px, pw, pb, py);
                    Conv.BackwardInput(s, pg, pw, pdx);
                    Conv.BackwardWeight(s, px, pg, pdw);
                    Conv.BackwardInput(s, pg, pw, pdb, pt);
                }
            });
            return [fy, fdx, fdw, fb];
        }
        var got = Run(1);
        Close("y", y, got[0], tolerance, s);
        Close("dx", dx, got[1], tolerance, s);
        Close("dw", dw, got[2], 20 * tolerance, s);
        Close("dx + bias", [.. dx.Select((v, i) => v + double.CreateChecked(transposedBias[i / s.In.Volume % s.Cin]))], got[3], tolerance, s);
        var again = Run(3);
        for (var i = 0; i < got.Length; i++) Assert.True(got[i].AsSpan().SequenceEqual(again[i]), $"threads change result {i} of {Text(s)}");
    }

    private static void Close<T>(string what, double[] expected, T[] got, double tolerance, in ConvShape s) where T : INumber<T>
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(double.CreateChecked(got[i]) - expected[i]) <= tolerance * (1 + Math.Abs(expected[i])),
                $"{what}[{i}] = {got[i]}, expected {expected[i]}, for {Text(s)}");
    }

    private static string Text(in ConvShape s)
    {
        static string Axis(Axes a) => $"({a[0]},{a[1]},{a[2]})";
        return $"N {s.N} C {s.Cin}->{s.Cout}/{s.Groups} in {Axis(s.In)} kernel {Axis(s.Kernel)} stride {Axis(s.Stride)} pad {Axis(s.Pad)} dilation {Axis(s.Dilation)}";
    }

    /// <summary>Seven loops, straight from the definition.</summary>
    private static (double[] Y, double[] Dx, double[] Dw) Define<T>(in ConvShape s, T[] x, T[] w, T[]? bias, T[] dy) where T : unmanaged, INumber<T>
    {
        double[] y = new double[dy.Length], dx = new double[x.Length], dw = new double[w.Length];
        long volume = s.Kernel.Volume, to = s.Out.Volume;
        for (long i = 0; i < y.Length; i++)
        {
            long n = i / to / s.Cout, co = i / to % s.Cout, group = co / s.CoutGroup, p = i % to;
            Span<long> position = [p / s.Out[2] / s.Out[1], p / s.Out[2] % s.Out[1], p % s.Out[2]];
            y[i] = bias is null ? 0 : double.CreateChecked(bias[co]);
            for (long ci = 0; ci < s.CinGroup; ci++)
                for (long t = 0; t < volume; t++)
                {
                    Span<long> tap = [t / s.Kernel[2] / s.Kernel[1], t / s.Kernel[2] % s.Kernel[1], t % s.Kernel[2]];
                    long at = n * s.Cin + group * s.CinGroup + ci;
                    var inside = true;
                    for (var d = 0; d < 3; d++)
                    {
                        var place = position[d] * s.Stride[d] - s.Pad[d] + tap[d] * s.Dilation[d];
                        inside &= place >= 0 && place < s.In[d];
                        at = at * s.In[d] + place;
                    }
                    if (!inside) continue;
                    var weight = (co * s.CinGroup + ci) * volume + t;
                    double xv = double.CreateChecked(x[at]), wv = double.CreateChecked(w[weight]), gv = double.CreateChecked(dy[i]);
                    y[i] += xv * wv;
                    dx[at] += gv * wv;
                    dw[weight] += gv * xv;
                }
        }
        return (y, dx, dw);
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public void A_batch_too_large_for_one_padded_copy_gives_the_same_bits_for_any_thread_count(int stride)
    {
        var s = ConvShape.Create(5, 40, 30, 1, [55, 55], [3, 3], [stride, stride], [1, 1], [1, 1]);
        var random = new Random(2);
        float[] Draw(long n) => [.. Enumerable.Range(0, (int)n).Select(_ => random.NextSingle() - 0.5f)];
        float[] x = Draw(s.N * s.Cin * s.In.Volume), w = Draw(s.Cout * s.CinGroup * s.Kernel.Volume), bias = Draw(40), dy = Draw(s.N * s.Cout * s.Out.Volume);
        (float[] Y, float[] Dx, float[] Dw) Run(int threads)
        {
            float[] y = new float[dy.Length], dx = new float[x.Length], dw = new float[w.Length];
            ThreadCount.With(threads, () =>
            {
                fixed (float* px = x, pw = w, pb = bias, pg = dy, py = y, pdx = dx, pdw = dw)
                {
                    Conv.Forward(s, px, pw, pb, py);
                    Conv.BackwardInput(s, pg, pw, pdx, pb);
                    Conv.BackwardWeight(s, px, pg, pdw);
                }
            });
            return (y, dx, dw);
        }
        var one = Run(1);
        foreach (var threads in new[] { 2, 8 })
        {
            var many = Run(threads);
            Assert.True(one.Y.AsSpan().SequenceEqual(many.Y), "y");
            Assert.True(one.Dx.AsSpan().SequenceEqual(many.Dx), "dx");
            Assert.True(one.Dw.AsSpan().SequenceEqual(many.Dw), "dw");
        }
    }

    [Fact]
    public void A_transposed_convolution_adds_its_bias_and_spreads_each_input_over_the_kernel()
    {
        // One input of 2 through a 2x2 kernel with stride 2 and one row and column of output padding.
        var s = ConvShape.Transposed(1, 1, 1, 1, [1, 1], [3, 3], [2, 2], [2, 2], [0, 0], [1, 1]);
        float[] x = [2], w = [1, 2, 3, 4], bias = [0.5f], y = new float[9];
        fixed (float* px = x, pw = w, pb = bias, py = y) Conv.BackwardInput(s, px, pw, py, pb);
        Assert.Equal([2.5f, 4.5f, 0.5f, 6.5f, 8.5f, 0.5f, 0.5f, 0.5f, 0.5f], y);
    }

    [Fact]
    public void An_empty_batch_gives_a_zero_weight_gradient()
    {
        var s = ConvShape.Create(0, 2, 3, 1, [5], [3], [1], [0], [1]);
        float[] dw = new float[18], empty = [0];
        Array.Fill(dw, float.NaN);
        fixed (float* pw = dw, pe = empty) Conv.BackwardWeight(s, pe, pe, pw);
        Assert.All(dw, v => Assert.Equal(0, v));
    }
}
