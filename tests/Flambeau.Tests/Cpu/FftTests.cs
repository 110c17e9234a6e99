using System.Numerics;
using Flambeau.Cpu.Fft;
using Xunit;

namespace Flambeau.Tests.Cpu;

public class FftTests
{
    static Complex[] Random(int n, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => new Complex(2 * random.NextDouble() - 1, 2 * random.NextDouble() - 1))];
    }

    static Complex[] Direct(Complex[] x, bool inverse)
    {
        int n = x.Length;
        var roots = Enumerable.Range(0, n).Select(k => Roots.Of(inverse ? -k : k, n)).ToArray();
        var y = new Complex[n];
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++) y[k] += x[j] * roots[(int)((long)j * k % n)];
        return y;
    }

    static double RelativeError(Complex[] expected, Complex[] actual)
    {
        double error = 0, size = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            error += Math.Pow(Complex.Abs(expected[i] - actual[i]), 2);
            size += Math.Pow(Complex.Abs(expected[i]), 2);
        }
        return Math.Sqrt(error / size);
    }

    public static TheoryData<int> Lengths
    {
        get
        {
            var data = new TheoryData<int>();
            for (int n = 1; n <= 130; n++) data.Add(n);
            foreach (int n in new[] { 243, 256, 289, 343, 512, 625, 720, 961, 1000, 1009, 1024, 1331, 2 * 67, 3 * 127, 4 * 61, 61 * 61 }) data.Add(n);
            return data;
        }
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Agrees_with_the_definition(int n)
    {
        var x = Random(n, n);
        foreach (bool inverse in new[] { false, true })
        {
            var y = (Complex[])x.Clone();
            new FftPlan(n).Transform(y, inverse);
            Assert.InRange(RelativeError(Direct(x, inverse), y), 0, 4e-15);
        }
    }

    [Theory, InlineData(1 << 16), InlineData(59049), InlineData(100_000), InlineData(65537), InlineData(99991), InlineData(61 * 53 * 7)]
    public void Long_transforms_invert_and_keep_energy(int n)
    {
        Complex[] x = Random(n, 1), y = (Complex[])x.Clone();
        var plan = FftPlan.For(n);
        plan.Transform(y);
        double before = x.Sum(v => v.Real * v.Real + v.Imaginary * v.Imaginary), after = y.Sum(v => v.Real * v.Real + v.Imaginary * v.Imaginary);
        Assert.Equal(1, after / before / n, 13);
        plan.Transform(y, inverse: true);
        Assert.InRange(RelativeError(x, [.. y.Select(v => v / n)]), 0, 2e-15);
    }

    [Fact]
    public void A_single_tone_is_a_single_line()
    {
        const int n = 4096, at = 1234;
        var x = new Complex[n];
        for (int j = 0; j < n; j++) x[j] = Roots.Of(-(long)j * at, n);
        FftPlan.For(n).Transform(x);
        Assert.Equal(n, x[at].Real, 1e-9);
        x[at] -= n;
        Assert.InRange(x.Max(Complex.Abs), 0, 1e-11);
    }

    [Fact]
    public void Roots_have_exact_symmetry()
    {
        foreach (long n in new long[] { 8, 12, 360, 1 << 20, 999_983 })
            for (long k = 0; k < Math.Min(n, 500); k++)
            {
                Complex w = Roots.Of(k, n);
                Assert.Equal(1, Complex.Abs(w), 15);
                Assert.Equal(Complex.Conjugate(w), Roots.Of(n - k, n));
                if (n % 2 == 0) Assert.Equal(-w, Roots.Of(k + n / 2, n));
                if (n < 1000) Assert.Equal(0, Complex.Abs(w - Complex.FromPolarCoordinates(1, -2 * Math.PI * k / n)), 1e-14);
            }
    }

    [Fact]
    public void The_cache_is_bounded_and_shared_by_threads()
    {
        var cache = new PlanCache(limit: 20_000);
        Parallel.For(0, 400, i =>
        {
            int n = 1 + i * 37 % 200;
            var x = Random(n, i);
            var y = (Complex[])x.Clone();
            cache.Get(n).Transform(y);
            cache.Get(n).Transform(y, inverse: true);
            Assert.InRange(RelativeError(x, [.. y.Select(v => v / n)]), 0, 3e-15);
        });
        Assert.InRange(cache.Count, 1, 150);
        Assert.Same(cache.Get(64), cache.Get(64));
    }

    [Fact]
    public void Nan_spreads_and_a_wrong_length_is_refused()
    {
        var x = Random(12, 1);
        x[3] = double.NaN;
        FftPlan.For(12).Transform(x);
        Assert.All(x, v => Assert.True(Complex.IsNaN(v)));
        Assert.Throws<ArgumentException>(() => FftPlan.For(12).Transform(new Complex[11]));
    }
}
