using Flambeau.Data;

namespace Flambeau.Tests.Data;

public class SamplerTests
{
    static readonly long[] Ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    static IDataset<long> Numbers(long count) => TensorDataset.Of(Tensor.From([.. Enumerable.Range(0, (int)count).Select(static i => (long)i)])).Map(static t => t.Item<long>());

    static long[] All(IDataset<long> data) => [.. Enumerable.Range(0, (int)data.Count).Select(i => data[i])];

    [Fact]
    public void Orders_are_functions_of_seed_and_epoch()
    {
        Assert.Equal(Ten, new SequentialSampler(10).Indices(3));
        var sampler = new RandomSampler(10, seed: 5);
        Assert.Equal(sampler.Indices(1), new RandomSampler(10, seed: 5).Indices(1));
        Assert.NotEqual(sampler.Indices(1), sampler.Indices(2));
        Assert.NotEqual(sampler.Indices(1), new RandomSampler(10, seed: 6).Indices(1));
        Assert.Equal(Ten, sampler.Indices(1).Order());
        Assert.Empty(new RandomSampler(0).Indices(0));
    }

    [Fact]
    public void Random_samplers_give_as_many_as_asked()
    {
        var twice = new RandomSampler(10, samples: 25).Indices(0).ToArray();
        Assert.Equal(25, twice.Length);
        Assert.Equal(Ten, twice[..10].Order());
        Assert.Equal(Ten, twice[10..20].Order());
        var drawn = new RandomSampler(10, replacement: true, samples: 1000).Indices(0).ToArray();
        Assert.All(Ten, i => Assert.InRange(drawn.Count(k => k == i), 60, 140));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSampler(0, samples: 1));
        Assert.Equal([2L, 4, 8], new SubsetRandomSampler([8, 2, 4]).Indices(0).Order());
    }

    [Fact]
    public void Weights_decide_how_often()
    {
        var drawn = new WeightedRandomSampler([0, 1, 3], 4000).Indices(0).ToArray();
        Assert.DoesNotContain(0L, drawn);
        Assert.InRange(drawn.Count(static k => k == 2), 2850, 3150);
        Assert.Equal([1L, 2], new WeightedRandomSampler([0, 1, 3], 2, replacement: false).Indices(0).Order());
        Assert.Throws<ArgumentException>(() => new WeightedRandomSampler([0, 1, 3], 3, replacement: false));
        Assert.Throws<ArgumentException>(() => new WeightedRandomSampler([-1, 1], 1));
    }

    [Fact]
    public void Replicas_share_an_epoch()
    {
        foreach (var shuffle in (bool[])[false, true])
        {
            var even = Enumerable.Range(0, 3).SelectMany(r => new DistributedSampler(10, 3, r, shuffle).Indices(1)).ToArray();
            Assert.Equal(12, even.Length);
            Assert.Equal(Ten, even.Distinct().Order());
            var less = Enumerable.Range(0, 3).SelectMany(r => new DistributedSampler(10, 3, r, shuffle, dropLast: true).Indices(1)).ToArray();
            Assert.Equal(9, less.Distinct().Count());
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new DistributedSampler(10, 3, 3));
    }

    [Fact]
    public void Batches_are_cut_from_a_sampler()
    {
        var sampler = new BatchSampler(new SequentialSampler(7), 3);
        Assert.Equal(3, sampler.Count);
        Assert.Equal([[0, 1, 2], [3, 4, 5], [6]], sampler.Batches(0));
        Assert.Equal([[0, 1, 2], [3, 4, 5]], new BatchSampler(new SequentialSampler(7), 3, dropLast: true).Batches(0));
    }

    [Fact]
    public void Splits_are_disjoint_and_whole()
    {
        var data = Numbers(10);
        var parts = data.RandomSplit([7, 3], seed: 4);
        Assert.Equal([7L, 3], parts.Select(static p => p.Count));
        Assert.Equal(Ten, parts.SelectMany(All).Order());
        Assert.Equal(All(parts[0]), All(data.RandomSplit([7, 3], seed: 4)[0]));
        Assert.Equal([4L, 3, 3], data.RandomSplit([1 / 3.0, 1 / 3.0, 1 / 3.0]).Select(static p => p.Count));
        Assert.Throws<ArgumentException>(() => data.RandomSplit([7, 4]));
        Assert.Throws<ArgumentException>(() => data.RandomSplit([0.5, 0.6]));
    }

    [Fact]
    public void Datasets_are_joined_end_to_end()
    {
        var data = new ConcatDataset<long>(Numbers(3), Numbers(0), Numbers(2), Numbers(0));
        Assert.Equal([0L, 1, 2, 0, 1], All(data));
        Assert.Throws<ArgumentOutOfRangeException>(() => data[5]);
        Assert.Equal([1L, 0], All(new Subset<long>(data, [4, 3])));
        Assert.Empty(All(new ConcatDataset<long>()));
    }
}
