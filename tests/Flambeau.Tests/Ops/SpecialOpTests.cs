using Flambeau.Ops;
using Xunit;

namespace Flambeau.Tests.Ops;

public sealed class SpecialOpTests
{
    [Fact]
    public void Integers_give_float32_and_other_dtypes_stay()
    {
        foreach (var (given, result) in new[] { (DType.Bool, DType.Float32), (DType.Int64, DType.Float32), (DType.Float16, DType.Float16), (DType.Float64, DType.Float64) })
            Assert.Equal(result, Special.I1e(Tensor.Ones([3], given)).DType);
        Assert.Throws<ArgumentException>(() => Tensor.Ones([3], DType.Complex64).Lgamma());
    }

    [Theory] // names that PyTorch gives to one function twice
    [InlineData("special.gammaln", "lgamma"), InlineData("special.psi", "digamma"), InlineData("special.erf", "erf"), InlineData("special.expit", "sigmoid")]
    [InlineData("special.i0", "i0"), InlineData("special.modified_bessel_i0", "i0"), InlineData("special.sinc", "sinc"), InlineData("special.expm1", "expm1")]
    [InlineData("special.log1p", "log1p"), InlineData("special.exp2", "exp2"), InlineData("special.erfinv", "erfinv"), InlineData("special.logit", "logit")]
    public void Aliases_agree(string alias, string name)
    {
        var x = Tensor.From<double>([0.1, 0.25, 0.8]);
        Assert.Equal(((Tensor)Registry.Call(name, x)).ToArray<double>(), ((Tensor)Registry.Call(alias, x)).ToArray<double>());
    }

    [Fact]
    public void Polygamma_takes_its_order_on_either_side()
    {
        var x = Tensor.From<double>([0.5, 2]);
        var expected = Special.Zeta(2, x).ToArray<double>();
        Assert.Equal(expected, ((Tensor)Registry.Call("polygamma", 1L, x)).ToArray<double>());
        Assert.Equal(expected, ((Tensor)Registry.Call("special.polygamma", x, 1L)).ToArray<double>());
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Polygamma(-1));
    }

    [Fact]
    public void Windows_of_one_point_are_one_and_of_none_empty()
    {
        foreach (var sym in new[] { true, false })
        {
            Assert.Equal([1f], Windows.Kaiser(1, sym: sym).ToArray<float>());
            Assert.Equal([1f], Windows.Hann(1, sym: sym).ToArray<float>());
            Assert.Equal([1f], Windows.Bartlett(1, sym: sym).ToArray<float>());
            Assert.Equal(0, Windows.Exponential(0, sym: sym).Numel);
        }
    }

    [Fact]
    public void Periodic_windows_are_longer_symmetric_ones_cut()
    {
        foreach (var make in new Func<long, bool, Tensor>[] { (m, s) => Windows.Hann(m, s, DType.Float64), (m, s) => Windows.Kaiser(m, 8, s, DType.Float64), (m, s) => Windows.Gaussian(m, 2, s, DType.Float64), (m, s) => Windows.Nuttall(m, s, DType.Float64), (m, s) => Windows.Cosine(m, s, DType.Float64) })
        {
            var whole = make(11, true).ToArray<double>();
            Assert.Equal(whole.Take(10), make(10, false).ToArray<double>());
            for (var i = 0; i < 5; i++) Assert.Equal(whole[i], whole[10 - i], 1e-12);
        }
        Assert.Equal(Windows.Hann(8, sym: false).ToArray<float>(), Tensor.HannWindow(8).ToArray<float>());
    }
}
