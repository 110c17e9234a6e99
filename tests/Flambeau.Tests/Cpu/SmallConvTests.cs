using Flambeau.Cpu;
using static Flambeau.Tests.Cpu.WinogradTests;

namespace Flambeau.Tests.Cpu;

/// <summary>Convolutions that are rewritten as smaller ones, beside the sum of the definition.</summary>
public sealed unsafe class SmallConvTests
{
    public static TheoryData<string, ConvShape2> Shapes => new()
    {
        { "one tap, strides", new(1, 6, 4, 1, 9, 8, 1, 1, 2, 3, 0, 0, 1) },
        { "one tap, strides, groups", new(3, 6, 4, 2, 9, 8, 1, 1, 2, 3, 0, 0, 1) },
        { "one pixel", new(5, 20, 33, 1, 1, 1, 3, 3, 1, 1, 1, 1, 1) },
        { "one pixel, one image", new(1, 20, 33, 1, 1, 1, 5, 3, 1, 1, 2, 1, 1) },
        { "two pixels to one", new(7, 16, 24, 1, 2, 2, 3, 3, 2, 2, 1, 1, 1) },
        { "a row", new(2, 8, 8, 1, 1, 9, 3, 3, 1, 1, 1, 1, 1) },
        { "groups", new(3, 8, 12, 4, 1, 1, 3, 3, 1, 1, 1, 1, 1) },
        { "dilation past the image", new(2, 4, 4, 1, 2, 5, 3, 3, 1, 1, 3, 2, 3) },
        { "dilation, nothing but padding on one side", new(2, 4, 4, 1, 3, 3, 3, 3, 3, 3, 1, 1, 3) },
        { "pixels by products", new(6, 16, 16, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1) },
    };

    /// <summary>A convolution over two axes.</summary>
    public sealed record ConvShape2(int N, int Cin, int Cout, int Groups, int H, int W, int KernelY, int KernelX, int StrideY, int StrideX, int PadY, int PadX, int Dilation);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void All_three_passes_follow_the_definition(string name, ConvShape2 c)
    {
        Assert.NotEmpty(name);
        var s = ConvShape.Create(c.N, c.Cin, c.Cout, c.Groups, [c.H, c.W], [c.KernelY, c.KernelX], [c.StrideY, c.StrideX], [c.PadY, c.PadX], [c.Dilation, c.Dilation]);
        int rows = (int)s.Out[1], cols = (int)s.Out[2], width = c.Cin / c.Groups, high = c.Cout / c.Groups;
        float[] x = Noise(c.N * c.Cin * c.H * c.W, 1), k = Noise(c.Cout * width * c.KernelY * c.KernelX, 2), dy = Noise(c.N * c.Cout * rows * cols, 3), b = Noise(c.Cin, 4);
        float[] y = new float[dy.Length], dx = new float[x.Length], dk = new float[k.Length], with = new float[x.Length];
        fixed (float* px = x, pk = k, pd = dy, py = y, pdx = dx, pdk = dk, pb = b, pw = with)
        {
            Conv.Forward(s, px, pk, null, py);
            Conv.BackwardInput(s, pd, pk, pdx);
            Conv.BackwardInput(s, pd, pk, pw, pb);
            Conv.BackwardWeight(s, px, pd, pdk);
        }
        double[] y64 = new double[y.Length], dx64 = new double[x.Length], dk64 = new double[k.Length];
        for (var n = 0; n < c.N; n++)
            for (var o = 0; o < c.Cout; o++)
                for (var i = 0; i < width; i++)
                    for (var r = 0; r < rows; r++)
                        for (var q = 0; q < cols; q++)
                            for (var u = 0; u < c.KernelY; u++)
                                for (var v = 0; v < c.KernelX; v++)
                                {
                                    int iy = r * c.StrideY - c.PadY + u * c.Dilation, ix = q * c.StrideX - c.PadX + v * c.Dilation;
                                    if (iy < 0 || iy >= c.H || ix < 0 || ix >= c.W) continue;
                                    int at = ((n * c.Cin + o / high * width + i) * c.H + iy) * c.W + ix, to = ((n * c.Cout + o) * rows + r) * cols + q, weight = ((o * width + i) * c.KernelY + u) * c.KernelX + v;
                                    y64[to] += (double)x[at] * k[weight];
                                    dx64[at] += (double)dy[to] * k[weight];
                                    dk64[weight] += (double)dy[to] * x[at];
                                }
        Close(y64, y, 1e-6);
        Close(dx64, dx, 1e-6);
        Close(dk64, dk, 1e-6);
        for (var i = 0; i < dx64.Length; i++) dx64[i] += b[i / (c.H * c.W) % c.Cin];
        Close(dx64, with, 1e-6);
    }
}
