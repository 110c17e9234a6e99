using Flambeau.Cpu;
using Flambeau.Cpu.Special;
using Flambeau.Ops;
using Xunit;

namespace Flambeau.Tests.Ops;

/// <summary>Each distribution against its distribution function (Kolmogorov and Smirnov) or its moments, with fixed seeds.</summary>
public sealed class RandomOpTests
{
    const int N = 100_000;

    public static TheoryData<string, DType> Continuous
    {
        get
        {
            var d = new TheoryData<string, DType>();
            foreach (var name in new[] { "uniform", "normal", "log_normal", "cauchy", "exponential", "rand_like", "randn_like" })
            {
                d.Add(name, DType.Float32);
                d.Add(name, DType.Float64);
            }
            return d;
        }
    }

    [Theory, MemberData(nameof(Continuous))]
    public void Follows_its_distribution_function(string name, DType dtype)
    {
        using var _ = new Generator(17).Use();
        var like = Tensor.Zeros([N / 50, 50], dtype);
        var y = (Tensor)(name switch
        {
            "uniform" => Registry.Call(name, like, -2.0, 3.0),
            "normal" => Registry.Call(name, like, 1.0, 0.5),
            "log_normal" => Registry.Call(name, like, 0.2, 0.7),
            "cauchy" => Registry.Call(name, like, -1.0, 2.0),
            "exponential" => Registry.Call(name, like, 1.7),
            _ => Registry.Call(name, like),
        });
        Assert.Equal((like.Shape, dtype), (y.Shape, y.DType));
        var values = y.ToArray<double>();
        Array.Sort(values);
        Func<double, double> cdf = name switch
        {
            "uniform" => static x => (x + 2) / 5,
            "normal" => static x => ErrorFunctions.Ndtr((x - 1) / 0.5),
            "log_normal" => static x => ErrorFunctions.Ndtr((Math.Log(x) - 0.2) / 0.7),
            "cauchy" => static x => 0.5 + Math.Atan((x + 1) / 2) / Math.PI,
            "exponential" => static x => 1 - Math.Exp(-1.7 * x),
            "rand_like" => static x => x,
            _ => ErrorFunctions.Ndtr,
        };
        double distance = 0;
        for (var i = 0; i < N; i++) distance = Math.Max(distance, Math.Max((i + 1.0) / N - cdf(values[i]), cdf(values[i]) - (double)i / N));
        // 1.95 is the 99.9 % point of the limit distribution
        Assert.True(distance * Math.Sqrt(N) < 1.95, $"{name}: distance {distance}");
    }

    [Theory]
    [InlineData("geometric", 4, 12), InlineData("bernoulli", 0.3, 0.21), InlineData("bernoulli.tensor", 0.3, 0.21), InlineData("poisson", 3.5, 3.5)]
    [InlineData("poisson.large", 60, 60), InlineData("binomial", 6, 4.2), InlineData("binomial.large", 120, 84), InlineData("randint", 1.5, 8.25)]
    [InlineData("normal.tensors", 2, 9), InlineData("multinomial", 1.6, 0.44), InlineData("random", 0.5, 0.25)]
    public void Has_its_mean_and_variance(string name, double mean, double variance)
    {
        using var _ = new Generator(23).Use();
        Tensor Full(double v) => Tensor.Full([N], v, DType.Float32);
        var y = (name switch
        {
            "geometric" => Tensor.Empty([N], DType.Int64).Geometric_(0.25),
            "bernoulli" => Tensor.Empty([N], DType.Bool).Bernoulli_(0.3),
            "bernoulli.tensor" => Full(0.3).Bernoulli(),
            "poisson" => Full(3.5).Poisson(),
            "poisson.large" => Full(60).Poisson(),
            "binomial" => Tensor.Binomial(Full(20), Tensor.Full([1], 0.3)),
            "binomial.large" => Tensor.Binomial(Full(400), Tensor.Full([1], 0.3)),
            "randint" => Tensor.RandInt(-3, 7, [N], dtype: DType.Float32),
            "normal.tensors" => Tensor.Normal(Full(2), Full(3)),
            "multinomial" => Tensor.From<double>([0.5, 2, 2.5, 0]).Multinomial(N, replacement: true) + 0.2,
            _ => Tensor.Empty([N], DType.Bool).Random_(),
        }).ToArray<double>();
        var m = y.Average();
        var v = y.Average(x => (x - m) * (x - m));
        Assert.InRange(m, mean - 4 * Math.Sqrt(variance / N), mean + 4 * Math.Sqrt(variance / N));
        Assert.InRange(v, variance * 0.96, variance * 1.04);
    }

    [Fact]
    public void Threads_and_pieces_do_not_change_the_numbers()
    {
        double[] Run(int threads)
        {
            var before = CpuThreads.Count;
            CpuThreads.Count = threads;
            using var _ = new Generator(29).Use();
            try
            {
                var rates = Tensor.Rand([300_001]) * 20;
                Tensor[] all = [rates.Poisson(), (rates / 20).Bernoulli(), rates.Exponential_(2), Tensor.RandInt(0, 99, [100_001]), Tensor.Binomial(Tensor.Full([70_001], 9.0), 0.4)];
                return [.. all.SelectMany(static t => t.ToArray<double>())];
            }
            finally
            {
                CpuThreads.Count = before;
            }
        }
        Assert.Equal(Run(1), Run(5));
    }

    [Fact]
    public void Permutations_and_draws_without_replacement_hold_each_number_once()
    {
        using var _ = new Generator(31).Use();
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => (long)i), Tensor.RandPerm(1000).ToArray<long>().Order());
        var y = Tensor.From<double>([0, 1, 5, 1, 0, 0, 0, 2], [2, 4]).Multinomial(1, generator: null);
        Assert.Equal([2, 1], y.Shape);
        var rows = Tensor.Rand([3, 6], dtype: DType.Float64).Multinomial(6).ToArray<long>().Chunk(6);
        Assert.All(rows, static r => Assert.Equal([0, 1, 2, 3, 4, 5], r.Order()));
        Assert.Throws<ArgumentException>(() => Tensor.From<double>([1, 0, 0]).Multinomial(2));
    }

    [Fact]
    public void Wrong_parameters_are_named()
    {
        var x = Tensor.Zeros([2]);
        Assert.Contains("[0, 1]", Assert.Throws<ArgumentException>(() => x.Bernoulli_(1.5)).Message);
        Assert.Throws<ArgumentException>(() => x.Exponential_(0));
        Assert.Throws<ArgumentException>(() => x.Cauchy_(0, -1));
        Assert.Throws<ArgumentException>(() => x.Geometric_(1));
        Assert.Throws<ArgumentException>(() => x.Uniform_(2, 1));
        Assert.Throws<ArgumentException>(() => x.Normal_(0, -1));
        Assert.Throws<ArgumentException>(() => Tensor.RandInt(3, 3, [2]));
        Assert.Throws<ArgumentException>(() => Tensor.Full([2], -1.0).Poisson());
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2], DType.Int64).Uniform_());
    }
}
