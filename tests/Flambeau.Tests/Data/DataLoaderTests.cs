using Flambeau.Data;

namespace Flambeau.Tests.Data;

public class DataLoaderTests
{
    /// <summary>Squares, as a dataset that can break, count and draw.</summary>
    sealed class Squares(long count, long broken = -1) : IDataset<(Tensor, long)>
    {
        public int Reads;

        public long Count => count;

        public (Tensor, long) this[long index]
        {
            get
            {
                Interlocked.Increment(ref Reads);
                if (index == broken) Break();
                return (Tensor.From<float>([index, index * index]) + Tensor.Rand([2]) * 1e-3, index);
            }
        }

        static void Break() => throw new InvalidDataException("example is torn");
    }

    static List<(float[] X, long[] Y)> Epoch(DataLoader<(Tensor, long), (Tensor, Tensor)> loader) =>
        [.. loader.Select(static b => (b.Item1.ToArray<float>(), b.Item2.ToArray<long>()))];

    static DataLoader<(Tensor, long), (Tensor, Tensor)> Loader(int workers, IDataset<(Tensor, long)>? data = null) =>
        new(data ?? new Squares(53), batchSize: 4, shuffle: true, seed: 7, workers: workers);

    [Fact]
    public void Batches_don_t_depend_on_the_number_of_workers()
    {
        var alone = Loader(0);
        var expected = new[] { Epoch(alone), Epoch(alone), Epoch(alone) };
        Assert.NotEqual(expected[0].SelectMany(static b => b.Y), expected[1].SelectMany(static b => b.Y));
        Assert.All(expected, e => Assert.Equal(Enumerable.Range(0, 53).Select(static i => (long)i), e.SelectMany(static b => b.Y).Order()));
        foreach (var workers in (int[])[1, 2, 5])
        {
            var loader = Loader(workers);
            foreach (var epoch in expected)
            {
                foreach (var (a, b) in epoch.Zip(Epoch(loader), static (a, b) => (a, b)))
                {
                    Assert.Equal(a.Y, b.Y);
                    Assert.Equal(a.X, b.X); // random augmentation included
                }
            }
        }
        var third = Loader(2);
        third.SetEpoch(2);
        Assert.Equal(expected[2].SelectMany(static b => b.X), Epoch(third).SelectMany(static b => b.X));
        third.SetEpoch(2);
        Assert.Equal(expected[2].Skip(5).SelectMany(static b => b.X), third.Read(5, TestContext.Current.CancellationToken).SelectMany(static b => b.Item1.ToArray<float>()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void What_a_worker_throws_surfaces_at_its_batch_with_its_stack(int workers)
    {
        var loader = new DataLoader<(Tensor, long), (Tensor, Tensor)>(new Squares(40, broken: 22), batchSize: 4, workers: workers);
        var seen = 0;
        var e = Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var _ in loader) seen++;
        });
        Assert.Equal(5, seen);
        Assert.Equal("example is torn", e.Message);
        Assert.Contains("Break", e.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaving_the_loop_ends_the_workers()
    {
        var data = new Squares(100_000);
        var loader = new DataLoader<(Tensor, long), (Tensor, Tensor)>(data, batchSize: 10, workers: 3, prefetch: 2);
        foreach (var (_, y) in loader)
        {
            if (y.ToArray<long>()[0] >= 50) break;
        }
        var reads = data.Reads; // the workers were joined, so nobody reads any more
        Assert.InRange(reads, 60, 60 + 10 * (3 * 2 + 3));
        Thread.Sleep(30);
        Assert.Equal(reads, data.Reads);
    }

    [Fact]
    public void A_loop_can_be_cancelled_while_it_waits()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var blocked = new ManualResetEventSlim();
        var data = new Squares(100).Map(x =>
        {
            if (x.Item2 == 12) blocked.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            return x;
        });
        var loader = new DataLoader<(Tensor, long), (Tensor, Tensor)>(data, batchSize: 4, workers: 1);
        var seen = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in loader.Read(0, source.Token))
            {
                if (++seen == 3)
                {
                    source.CancelAfter(20);
                    ThreadPool.QueueUserWorkItem(_ => { source.Token.WaitHandle.WaitOne(); blocked.Set(); });
                }
            }
        });
        Assert.Equal(3, seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Streams_are_read_in_order_and_to_their_end(int workers)
    {
        var ended = 0;
        IEnumerable<long> Numbers(long epoch)
        {
            try
            {
                for (var i = 0; i < 23; i++) yield return 100 * epoch + i;
            }
            finally
            {
                ended++;
            }
        }
        var stream = new IterableDataset<long>(Numbers);
        var loader = new DataLoader<long, Tensor>(stream, batchSize: 5, workers: workers);
        Assert.Null(loader.Count);
        Assert.Equal([5L, 5, 5, 5, 3], loader.Select(static b => b.Numel));
        Assert.Equal(Enumerable.Range(100, 23).Select(static i => (long)i), loader.SelectMany(static b => b.ToArray<long>()));
        Assert.Equal(4, new DataLoader<long, Tensor>(stream, 5, workers: workers, dropLast: true).Count());
        Assert.Equal(3, ended);
        foreach (var _ in loader) break;
        Assert.Equal(4, ended);

        var shuffled = new DataLoader<long, Tensor>(stream.Shuffle(8, seed: 3), 23, workers: workers).Single().ToArray<long>();
        Assert.NotEqual(shuffled.Order(), shuffled);
        Assert.Equal(Enumerable.Range(0, 23).Select(static i => (long)i), shuffled.Order());
    }

    [Fact]
    public void Tensor_datasets_are_sliced_whole_with_the_same_result()
    {
        var data = TensorDataset.Of(Tensor.Randn([30, 3, 2]), Tensor.RandInt(0, 10, [30]));
        var fast = data.Take(20).Batches(8, shuffle: true, seed: 1, workers: 2);
        var slow = new DataLoader<(Tensor, Tensor), (Tensor, Tensor)>(data.Take(20), 8, shuffle: true, seed: 1, collate: Collate.Default<(Tensor, Tensor), (Tensor, Tensor)>);
        Assert.Equal(3, fast.Count);
        foreach (var ((x, y), (u, v)) in fast.Zip(slow))
        {
            Assert.Equal(u.Shape, x.Shape);
            Assert.Equal(u.ToArray<float>(), x.ToArray<float>());
            Assert.Equal(v.ToArray<long>(), y.ToArray<long>());
        }
        Assert.Equal(2, data.Take(20).Batches(8, dropLast: true).Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => data[30]);
        Assert.Throws<ArgumentException>(() => TensorDataset.Of(Tensor.Zeros([2, 3]), Tensor.Zeros([3])));
    }

    [Fact]
    public void Mnist_reads_the_same_one_by_one_and_in_batches()
    {
        var (train, test) = Mnist.Drawn(seed: 2, train: 20, test: 5);
        Assert.Equal((20, 5), (train.Count, test.Count));
        var (images, labels) = train.Batch([3, 19, 3]);
        Assert.Equal([3, 1, 28, 28], images.Shape);
        Assert.Equal((DType.Float32, DType.Int64), (images.DType, labels.DType));
        var (image, label) = train[19];
        Assert.Equal([1, 28, 28], image.Shape);
        Assert.Equal(image.ToArray<float>(), images.Select(0, 1).ToArray<float>());
        Assert.Equal(label.Item<long>(), labels.ToArray<long>()[1]);
        var x = train.Images.Image(19).ToArray();
        Assert.Equal((float)((x.Max() / 255.0 - 0.1307) / 0.3081), image.ToArray<float>().Max());
    }

    [Fact]
    public void Default_collation_follows_the_structure_of_examples()
    {
        var (x, y, z) = Collate.Default<(float, bool, Tensor), (Tensor, Tensor, Tensor)>([(1, true, Tensor.Ones([2])), (2, false, Tensor.Zeros([2]))]);
        Assert.Equal((DType.Float32, DType.Bool), (x.DType, y.DType));
        Assert.Equal([2, 2], z.Shape);
        Assert.Equal([1, 2], Collate.Default<int, Tensor>([1, 2]).ToArray<int>());
        Assert.Equal(["a", "b"], Collate.Default<string, string[]>(["a", "b"]));
        Assert.Equal([2, 1], Collate.Default<Tensor[], Tensor[]>([[Tensor.Ones([1])], [Tensor.Ones([1])]])[0].Shape);
        var named = Collate.Default<Dictionary<string, Tensor>, Dictionary<string, Tensor>>([new() { ["k"] = Tensor.Ones([3]) }, new() { ["k"] = Tensor.Ones([3]) }]);
        Assert.Equal([2, 3], named["k"].Shape);
        Assert.Contains("[2]", Assert.Throws<ArgumentException>(() => Collate.Default<Tensor, Tensor>([Tensor.Ones([1]), Tensor.Ones([2])])).Message, StringComparison.Ordinal);
        Assert.Contains("ValueTuple<Tensor, Tensor>", Assert.Throws<ArgumentException>(() => Collate.Default<(Tensor, long), Tensor>([(Tensor.Ones([1]), 1)])).Message, StringComparison.Ordinal);
        Assert.Contains("collate function", Assert.Throws<ArgumentException>(() => Collate.Default<DateTime, Tensor>([default])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contradictory_options_are_refused()
    {
        var data = new Squares(4);
        Assert.Throws<ArgumentException>(() => new DataLoader<(Tensor, long), (Tensor, Tensor)>(data, shuffle: true, sampler: new SequentialSampler(4)));
        Assert.Throws<ArgumentException>(() => new DataLoader<(Tensor, long), (Tensor, Tensor)>(data, 2, batchSampler: new BatchSampler(new SequentialSampler(4), 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataLoader<(Tensor, long), (Tensor, Tensor)>(data, batchSize: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataLoader<(Tensor, long), (Tensor, Tensor)>(data, workers: -1));
    }
}
