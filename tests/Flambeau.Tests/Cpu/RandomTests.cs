using Xunit;

namespace Flambeau.Tests.Cpu;

public class RandomTests
{
    static readonly RandomStream Stream = new(0x1234567890ABCDEF, 41);

    [Theory] // the known answers that the authors of Random123 publish
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x299f31d0a4093822UL, 0x85a308d3243f6a88UL, 0x0370734413198a2eUL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_its_known_answers(ulong key, ulong block, ulong sub, uint a, uint b, uint c, uint d) =>
        Assert.Equal((a, b, c, d), Philox.Block(key, block, sub));

    [Theory]
    [InlineData(0UL), InlineData(0xFFFFFFFDUL), InlineData(ulong.MaxValue - 5)]
    public void Wide_blocks_equal_single_ones(ulong block)
    {
        var words = new uint[4 * 29];
        Philox.Fill(words, 99, block);
        for (var i = 0; i < 29; i++)
            Assert.Equal(Philox.Block(99, unchecked(block + (ulong)i)), (words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]));
    }

    public static TheoryData<string> Kernels => ["uniform", "normal", "log_normal", "exponential", "cauchy", "geometric", "bernoulli", "integers"];

    [Theory, MemberData(nameof(Kernels))]
    public void Any_cut_gives_the_same_numbers(string kernel)
    {
        const int n = 5000;
        double[] whole = new double[n], cut = new double[n], single = new double[n], singleCut = new double[n];
        Draw(kernel, whole, 0);
        DrawSingle(kernel, single, 0);
        int[] lengths = [1, 2, 3, 5, 511, 512, 513, 64, 1];
        for (int at = 0, k = 0; at < n; k++)
        {
            var length = Math.Min(n - at, lengths[k % lengths.Length]);
            Draw(kernel, cut.AsSpan(at, length), at);
            DrawSingle(kernel, singleCut.AsSpan(at, length), at);
            at += length;
        }
        Assert.Equal(whole, cut);
        Assert.Equal(single, singleCut);
    }

    [Theory]
    [InlineData("uniform", 0.5, 1.0 / 12), InlineData("normal", 0, 1), InlineData("exponential", 0.5, 0.25)]
    [InlineData("geometric", 4, 12), InlineData("bernoulli", 0.3, 0.21), InlineData("integers", 1.5, 8.25)]
    public void Moments_are_right(string kernel, double mean, double variance)
    {
        var values = new double[200_000];
        Draw(kernel, values, 0);
        CheckMoments(values, mean, variance);
        DrawSingle(kernel, values, 0);
        CheckMoments(values, mean, variance);
    }

    [Theory]
    [InlineData("gamma", 0.3, 0, 0.3, 0.3), InlineData("gamma", 4.5, 0, 4.5, 4.5), InlineData("poisson", 3, 0, 3, 3), InlineData("poisson", 70, 0, 70, 70)]
    [InlineData("binomial", 20, 0.2, 4, 3.2), InlineData("binomial", 100, 0.7, 70, 21), InlineData("normal", 0, 0, 0, 1)]
    public void Rejection_methods_have_the_right_moments(string kind, double a, double b, double mean, double variance)
    {
        var values = new double[100_000];
        for (var i = 0; i < values.Length; i++)
        {
            var draws = new RandomDraws(Stream, i);
            values[i] = kind switch { "gamma" => draws.Gamma(a), "poisson" => draws.Poisson(a), "binomial" => draws.Binomial(a, b), _ => draws.Normal() };
        }
        CheckMoments(values, mean, variance);
    }

    [Fact]
    public void Extremes_stay_in_range()
    {
        var floats = new float[100_000];
        RandomFill.Uniform(floats.AsSpan(), Stream, 0);
        Assert.All(floats, x => Assert.True(x is >= 0 and < 1));
        RandomFill.Inverse(floats.AsSpan(), Stream, 0, new ExponentialQuantile(1));
        Assert.All(floats, x => Assert.True(x > 0 && float.IsFinite(x)));
        var flags = new bool[1000];
        RandomFill.Bernoulli(flags.AsSpan(), Stream, 0, 1);
        Assert.DoesNotContain(false, flags);
        RandomFill.Bernoulli(flags.AsSpan(), Stream, 0, 0);
        Assert.DoesNotContain(true, flags);
        var full = new long[1000];
        RandomFill.Integers(full, Stream, 0, long.MinValue, long.MaxValue);
        Assert.Contains(full, x => x < 0);
        Assert.Contains(full, x => x > 0);
        Assert.Equal((0, 0, double.NaN), (new RandomDraws(Stream, 0).Gamma(0), new RandomDraws(Stream, 0).Poisson(0), new RandomDraws(Stream, 0).Poisson(-1)));
    }

    [Fact]
    public void Permutations_are_permutations_and_uniform()
    {
        var generator = new Generator(5);
        var counts = new int[6, 6];
        var order = new long[6];
        for (var trial = 0; trial < 6000; trial++)
        {
            RandomChoice.Permutation(order, generator.Take(6, RandomFill.PerBlock64));
            Assert.Equal(6, order.Distinct().Count());
            for (var i = 0; i < 6; i++) counts[i, order[i]]++;
        }
        foreach (var count in counts) Assert.InRange(count, 850, 1150);
        var large = new long[1000];
        RandomChoice.Permutation(large, Stream);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), large.Order());
    }

    [Fact]
    public void Weighted_choice_follows_its_weights()
    {
        var drawn = new long[100_000];
        RandomChoice.WithReplacement(drawn, Stream, 0, [0, 1, 3, 0, 6, 0]);
        Assert.InRange(drawn.Count(x => x == 1), 9_600, 10_400);
        Assert.InRange(drawn.Count(x => x == 4), 59_300, 60_700);
        Assert.DoesNotContain(drawn, x => x is 0 or 3 or 5);
        var pair = new long[2];
        var generator = new Generator(1);
        var first = new int[3];
        for (var trial = 0; trial < 10_000; trial++)
        {
            RandomChoice.WithoutReplacement(pair, generator.Take(3, RandomFill.PerBlock64), 0, [1, 0, 3]);
            Assert.Equal([0, 2], pair.Order());
            first[pair[0]]++;
        }
        Assert.InRange(first[2], 7_300, 7_700);
    }

    [Fact]
    public void Generators_restart_resume_and_hand_out_blocks_once()
    {
        var generator = new Generator(7);
        Assert.Equal(0UL, generator.Reserve(10));
        Assert.Equal(10UL, generator.Reserve(1));
        var state = GeneratorState.FromBytes(generator.State.ToBytes());
        Assert.Equal(new GeneratorState(7, 11), state);
        generator.ManualSeed(8);
        Assert.Equal((8, 0), (generator.Seed, generator.Offset));
        generator.State = state;
        Assert.Equal(new RandomStream(7, 11), generator.Take(5, 4));
        Assert.Equal(13, generator.Offset);
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Reserve(-1));
        Assert.Contains("16 bytes", Assert.Throws<ArgumentException>(() => GeneratorState.FromBytes(new byte[5000])).Message);
    }

    [Fact]
    public void Threads_have_generators_of_their_own()
    {
        var mine = new Generator(3);
        using (mine.Use())
        {
            Assert.Same(mine, Generator.Current);
            long other = 0, third = 0;
            var threads = new[] { new Thread(() => other = Generator.Current.Seed), new Thread(() => third = Generator.Current.Seed) };
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            Assert.Equal(3, new[] { 3, other, third }.Distinct().Count());
        }
        Assert.NotSame(mine, Generator.Current);
    }

    static void CheckMoments(double[] values, double mean, double variance)
    {
        var average = values.Average();
        Assert.True(Math.Abs(average - mean) < 5 * Math.Sqrt(variance / values.Length), $"mean {average}, expected {mean}");
        Assert.InRange(values.Average(x => (x - average) * (x - average)) / variance, 0.93, 1.07);
    }

    static void Draw(string kernel, Span<double> target, long start)
    {
        switch (kernel)
        {
            case "uniform": RandomFill.Uniform(target, Stream, start); break;
            case "normal": RandomFill.Normal(target, Stream, start); break;
            case "log_normal": RandomFill.LogNormal(target, Stream, start); break;
            case "exponential": RandomFill.Inverse(target, Stream, start, new ExponentialQuantile(2)); break;
            case "cauchy": RandomFill.Inverse(target, Stream, start, new CauchyQuantile(0, 1)); break;
            case "geometric": RandomFill.Inverse(target, Stream, start, new GeometricQuantile(0.25)); break;
            case "bernoulli":
                var flags = new bool[target.Length];
                RandomFill.Bernoulli(flags, Stream, start, 0.3);
                for (var i = 0; i < flags.Length; i++) target[i] = flags[i] ? 1 : 0;
                break;
            default:
                var integers = new long[target.Length];
                RandomFill.Integers(integers, Stream, start, -3, 7);
                for (var i = 0; i < integers.Length; i++) target[i] = integers[i];
                break;
        }
    }

    static void DrawSingle(string kernel, Span<double> target, long start)
    {
        var single = new float[target.Length];
        switch (kernel)
        {
            case "uniform": RandomFill.Uniform(single.AsSpan(), Stream, start); break;
            case "normal": RandomFill.Normal(single.AsSpan(), Stream, start); break;
            case "log_normal": RandomFill.LogNormal(single.AsSpan(), Stream, start); break;
            case "exponential": RandomFill.Inverse(single.AsSpan(), Stream, start, new ExponentialQuantile(2)); break;
            case "cauchy": RandomFill.Inverse(single.AsSpan(), Stream, start, new CauchyQuantile(0, 1)); break;
            case "geometric": RandomFill.Inverse(single.AsSpan(), Stream, start, new GeometricQuantile(0.25)); break;
            case "bernoulli": RandomFill.Bernoulli(single.AsSpan(), Stream, start, 0.3); break;
            default: Draw(kernel, target, start); return;
        }
        for (var i = 0; i < single.Length; i++) target[i] = single[i];
    }
}
