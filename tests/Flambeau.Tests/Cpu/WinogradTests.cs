using Flambeau.Cpu;

namespace Flambeau.Tests.Cpu;

/// <summary>Convolutions by minimal filtering beside direct ones in float64.</summary>
public sealed unsafe class WinogradTests
{
    public static TheoryData<int, int, int, int, int, int, int, int> Shapes => new()
    {
        // tile, images, channels in and out, height, width, padding
        { 4, 2, 16, 16, 12, 12, 1, 1 }, { 4, 1, 17, 23, 5, 7, 1, 1 }, { 4, 3, 16, 40, 1, 1, 1, 1 }, { 4, 1, 24, 16, 33, 37, 0, 0 }, { 4, 2, 16, 19, 9, 70, 2, 2 }, { 4, 1, 33, 16, 6, 131, 0, 2 },
        { 2, 2, 16, 16, 12, 12, 1, 1 }, { 2, 1, 17, 23, 5, 7, 1, 1 }, { 2, 3, 16, 40, 2, 2, 1, 1 }, { 2, 1, 24, 16, 33, 37, 0, 0 }, { 2, 2, 16, 19, 9, 40, 2, 2 }, { 2, 40, 32, 16, 3, 4, 2, 1 },
    };

    internal static float[] Noise(long n, int seed)
    {
        var random = new Random(seed);
        var values = new float[n];
        for (var i = 0; i < n; i++) values[i] = (float)(random.NextDouble() * 2 - 1);
        return values;
    }

    internal static void Close(double[] expected, float[] actual, double tolerance)
    {
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * largest, $"entry {i} is {actual[i]}, directly {expected[i]} (largest {largest})");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void All_three_passes_agree_with_direct_sums(int m, int n, int cin, int cout, int h, int w, int padY, int padX)
    {
        var s = ConvShape.Create(n, cin, cout, 1, [h, w], [3, 3], [1, 1], [padY, padX], [1, 1]);
        float[] x = Noise(n * cin * h * w, 1), k = Noise(cout * cin * 9, 2), b = Noise(cout, 3), dy = Noise(n * cout * s.Out.Volume, 4);
        double[] x64 = Array.ConvertAll(x, static v => (double)v), k64 = Array.ConvertAll(k, static v => (double)v), b64 = Array.ConvertAll(b, static v => (double)v), dy64 = Array.ConvertAll(dy, static v => (double)v);
        float[] y = new float[dy.Length], dx = new float[x.Length], dk = new float[k.Length];
        double[] y64 = new double[dy.Length], dx64 = new double[x.Length], dk64 = new double[k.Length];
        fixed (double* px = x64, pk = k64, pb = b64, pd = dy64, py = y64, pdx = dx64, pdk = dk64)
        {
            Conv.Forward(s, px, pk, pb, py);
            Conv.BackwardInput(s, pd, pk, pdx);
            Conv.BackwardWeight(s, px, pd, pdk);
        }
        fixed (float* px = x, pk = k, pb = b, pd = dy, py = y, pdx = dx, pdk = dk)
        {
            Winograd.Forward(m, s, px, pk, pb, py);
            Winograd.BackwardInput(m, s, pd, pk, null, pdx);
            Winograd.BackwardWeight(m, s, px, pd, pdk);
        }
        var tolerance = m == 2 ? 1e-6 : 5e-6;
        Close(y64, y, tolerance);
        Close(dx64, dx, tolerance);
        Close(dk64, dk, tolerance);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var s = ConvShape.Create(3, 20, 36, 1, [29, 31], [3, 3], [1, 1], [1, 1], [1, 1]);
        float[] x = Noise(3 * 20 * 29 * 31, 1), k = Noise(36 * 20 * 9, 2), dy = Noise(3 * 36 * 29 * 31, 4);
        var before = CpuThreads.Count;
        List<float[]> all = [];
        try
        {
            foreach (var threads in (int[])[1, 2, 5])
            {
                CpuThreads.Count = threads;
                float[] y = new float[dy.Length], dx = new float[x.Length], dk = new float[k.Length];
                fixed (float* px = x, pk = k, pd = dy, py = y, pdx = dx, pdk = dk)
                {
                    Winograd.Forward(4, s, px, pk, null, py);
                    Winograd.BackwardInput(4, s, pd, pk, null, pdx);
                    Winograd.BackwardWeight(4, s, px, pd, pdk);
                }
                all.Add([.. y, .. dx, .. dk]);
            }
        }
        finally
        {
            CpuThreads.Count = before;
        }
        Assert.Equal(all[0], all[1]);
        Assert.Equal(all[0], all[2]);
    }

    [Fact]
    public void It_is_chosen_where_it_saves_work()
    {
        ConvShape Shape(long n, long c, long size, long kernel = 3, long stride = 1, long groups = 1) => ConvShape.Create(n, c, c, groups, [size, size], [kernel, kernel], [stride, stride], [kernel / 2, kernel / 2], [1, 1]);
        int Choice(ConvShape s) => Winograd.Choose(s, s.Out, s.Cin, s.Cout);
        Assert.Equal(4, Choice(Shape(4, 64, 56)));
        Assert.Equal(0, Choice(Shape(1, 512, 7))); // the filters' transform would cost more than it saves
        Assert.Equal(0, Choice(Shape(4, 64, 56, kernel: 5)));
        Assert.Equal(0, Choice(Shape(4, 64, 56, stride: 2)));
        Assert.Equal(0, Choice(Shape(4, 64, 56, groups: 4)));
        Assert.Equal(0, Choice(Shape(4, 8, 56)));
    }
}
