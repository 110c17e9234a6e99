using System.Numerics;
using Flambeau.Tests.Autograd;

namespace Flambeau.Tests.Ops;

public class FftOpTests
{
    static void Close(Tensor expected, Tensor actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        var (e, a) = (expected.ToArray<Complex>(), actual.ToArray<Complex>());
        for (var i = 0; i < e.Length; i++) Assert.True(Complex.Abs(e[i] - a[i]) <= tolerance, $"element {i}: {e[i]} and {a[i]}");
    }

    [Theory, InlineData(null), InlineData("backward"), InlineData("forward"), InlineData("ortho")]
    public void Transforms_invert(string? norm)
    {
        Tensor z = Draw.Complex([3, 4, 5]), x = Draw.Real([3, 4, 5]);
        Close(z, Fft.Ifft(Fft.Transform(z, dim: 1, norm: norm), dim: 1, norm: norm));
        Close(z, Fft.Ifftn(Fft.Fftn(z, norm: norm), norm: norm));
        Close(z, Fft.Ifft2(Fft.Fft2(z, norm: norm), norm: norm));
        Close(x, Fft.Irfft(Fft.Rfft(x, norm: norm), 5, norm: norm));
        Close(x, Fft.Irfftn(Fft.Rfftn(x, dim: [0, 2, 1], norm: norm), dim: [0, 2, 1], norm: norm));
        Close(x, Fft.Irfft2(Fft.Rfft2(x, norm: norm), [4, 5], norm: norm));
        Close(x, Fft.Hfft(Fft.Ihfft(x, norm: norm), 5, norm: norm));
        Close(x, Fft.Hfftn(Fft.Ihfftn(x, norm: norm), [3, 4, 5], norm: norm));
        Close(x, Fft.Hfft2(Fft.Ihfft2(x, norm: norm), [4, 5], norm: norm));
    }

    [Fact]
    public void Half_transforms_agree_with_whole_ones()
    {
        var x = Draw.Real([2, 6]);
        Close(Fft.Transform(x)[TensorIndex.All, ..4], Fft.Rfft(x));
        Close(Fft.Fft2(x)[TensorIndex.All, ..4], Fft.Rfft2(x));
        Close(Fft.Ifft(x)[TensorIndex.All, ..4], Fft.Ihfft(x));
    }

    [Fact]
    public void Sizes_cut_and_fill()
    {
        var x = Draw.Real([2, 6]);
        Close(Fft.Transform(x[TensorIndex.All, ..4]), Fft.Transform(x, 4));
        Close(Fft.Transform(Tensor.Cat([x, Tensor.Zeros([2, 3], DType.Float64)], 1)), Fft.Transform(x, 9));
        Assert.Throws<ArgumentException>(() => Fft.Transform(x, 0));
        Assert.Throws<ArgumentException>(() => Fft.Rfft(Fft.Transform(x)));
        Assert.Throws<ArgumentException>(() => Fft.Fftn(x, [2, 2], [0]));
        Assert.Throws<ArgumentException>(() => Fft.Transform(x, norm: "none"));
        Assert.Equal(DType.Complex64, Fft.Transform(Tensor.From<int>([1, 2, 3])).DType);
    }

    [Fact]
    public void Shifts_undo_each_other_and_order_the_frequencies()
    {
        foreach (var n in new[] { 1L, 4, 7 })
        {
            var f = Fft.FftShift(Fft.FftFreq(n, dtype: DType.Float64));
            var values = f.ToArray<double>();
            for (var i = 1; i < n; i++) Assert.Equal(1.0 / n, values[i] - values[i - 1], 12);
            Close(Fft.FftFreq(n, dtype: DType.Float64), Fft.IfftShift(f));
        }
        Assert.Equal([0, 0.25, 0.5], Fft.RfftFreq(4, dtype: DType.Float64).ToArray<double>());
    }

    [Theory]
    [InlineData("reflect", false), InlineData("constant", true), InlineData("replicate", false), InlineData("circular", false)]
    public void Short_time_transform_inverts(string pad, bool normalized)
    {
        var x = Draw.Real([2, 40], -1, 1);
        var window = Tensor.From(Enumerable.Range(0, 10).Select(i => 0.6 - 0.4 * Math.Cos(2 * Math.PI * i / 10)).ToArray());
        var y = x.Stft(16, 4, 10, window, padMode: pad, normalized: normalized);
        Assert.Equal([2, 9, 11], y.Shape);
        Close(x, y.Istft(16, 4, 10, window, normalized: normalized, length: 40), 1e-10);
        var one = x[0].Stft(16, 4, 10, window, padMode: pad, normalized: normalized, returnComplex: false);
        Close(y[0], one.ViewAsComplex());
    }

    [Fact]
    public void Short_time_transform_is_the_transform_of_frames()
    {
        var x = Draw.Real([12], -1, 1);
        var y = x.Stft(5, 3, center: false);
        Assert.Equal([3, 3], y.Shape);
        Close(Fft.Rfft(x[3..8]), y[TensorIndex.All, 1]);
        Close(Fft.Transform(x[6..11]), x.Stft(5, 3, center: false, onesided: false)[TensorIndex.All, 2]);
        Assert.Throws<ArgumentException>(() => x.Stft(30, 3, center: false));
        Assert.Throws<ArgumentException>(() => x.Stft(4, 2, window: Tensor.Ones([3])));
    }
}
