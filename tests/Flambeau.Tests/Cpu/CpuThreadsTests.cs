using Flambeau.Cpu;

namespace Flambeau.Tests.Cpu;

/// <summary>Tests that change the thread count run apart from all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ThreadCount
{
    public const string Name = "thread count";

    /// <summary>Runs under a given count and restores the old one.</summary>
    internal static void With(int count, Action body)
    {
        var old = CpuThreads.Count;
        CpuThreads.Count = count;
        try { body(); }
        finally { CpuThreads.Count = old; }
    }
}

[Collection(ThreadCount.Name)]
public class CpuThreadsTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(9)]
    public void Every_index_is_visited_once_in_ranges_no_shorter_than_the_grain(int count) => ThreadCount.With(count, () =>
    {
        foreach (var n in new long[] { 0, 1, 2, 5, 1000, 10007 })
            foreach (var grain in new long[] { 0, 1, 10, 600, 20000 })
            {
                var hits = new int[n];
                var ranges = 0;
                CpuThreads.For(n, grain, (begin, end) =>
                {
                    Interlocked.Increment(ref ranges);
                    Assert.True(end - begin >= Math.Min(n, grain));
                    for (var i = begin; i < end; i++) Interlocked.Increment(ref hits[i]);
                });
                Assert.All(hits, h => Assert.Equal(1, h));
                Assert.InRange(ranges, n == 0 ? 0 : 1, count);
            }
    });

    [Fact]
    public void Nested_loops_run_inline() => ThreadCount.With(4, () =>
    {
        var sums = new long[100];
        CpuThreads.Each(100, i =>
        {
            var thread = Environment.CurrentManagedThreadId;
            CpuThreads.For(50, 1, (begin, end) =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                sums[i] += end - begin;
            });
        });
        Assert.All(sums, s => Assert.Equal(50, s));
    });

    [Fact]
    public void An_exception_reaches_the_caller_and_the_pool_survives() => ThreadCount.With(3, () =>
    {
        for (var bad = 0; bad < 6; bad++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => CpuThreads.Each(6, i =>
            {
                if (i == bad) throw new InvalidOperationException($"task {i}");
            }));
            Assert.Equal($"task {bad}", error.Message);
        }
        long sum = 0;
        CpuThreads.For(100, 1, (begin, end) => Interlocked.Add(ref sum, end - begin));
        Assert.Equal(100, sum);
    });

    [Fact]
    public void Threads_that_call_at_once_each_get_all_their_work_done() => ThreadCount.With(3, () =>
    {
        var wrong = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                long sum = 0;
                CpuThreads.For(64, 1, (begin, end) => Interlocked.Add(ref sum, end - begin));
                if (sum != 64) Interlocked.Increment(ref wrong);
            }
        })).ToArray();
        foreach (var caller in callers) caller.Start();
        foreach (var caller in callers) caller.Join();
        Assert.Equal(0, wrong);
    });

    [Fact]
    public void A_count_below_one_is_refused_with_the_value_and_the_remedy()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => CpuThreads.Count = 0);
        Assert.Contains("got 0; expected at least 1", error.Message);
    }
}
