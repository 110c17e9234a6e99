using Flambeau.Cuda.Memory;

namespace Flambeau.Cuda.Tests;

/// <summary>The allocator's bookkeeping, on memory that is only counted.</summary>
[Collection("kernels")] // blocks return to the pool only when no kernel of any thread runs
public sealed class BlockPoolTests
{
    sealed class FakeMemory(long limit) : IDeviceMemory
    {
        long next = 1 << 20;

        internal Dictionary<nint, long> Taken { get; } = [];

        public nint Take(long bytes)
        {
            if (Taken.Values.Sum() + bytes > limit) return 0;
            var p = (nint)next;
            next += bytes;
            Taken[p] = bytes;
            return p;
        }

        public void Give(nint pointer) => Taken.Remove(pointer);

        /// <summary>How far the work has come, where it isn't in one order.</summary>
        internal int Now { get; set; } = -1;

        internal int Done { get; set; }

        public object? Fence() => Now < 0 ? null : (object)Now;

        public bool Passed(object fence, bool wait)
        {
            if (wait) Done = Math.Max(Done, (int)fence);
            return Done >= (int)fence;
        }
    }

    [Theory]
    [InlineData(1, 512)]
    [InlineData(513, 1024)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData((1 << 20) + 1, (1 << 20) + (1 << 17))]
    public void Classes_lose_at_most_an_eighth(long bytes, long block) => Assert.Equal(block, BlockPool.ClassOf(bytes));

    [Fact]
    public void Blocks_are_reused_by_size()
    {
        var pool = new BlockPool(new FakeMemory(1L << 30), "test");
        var p = pool.Rent(100_000, out var block);
        Assert.Equal(block, pool.Statistics.Allocated);
        pool.Return(p, block);
        Assert.Equal(0, pool.Statistics.Allocated);
        Assert.Equal(p, pool.Rent(100_001, out _));
        Assert.Equal(block, pool.Statistics.Reserved);
    }

    [Fact]
    public void With_several_streams_blocks_wait_for_all_of_them()
    {
        var memory = new FakeMemory(3 << 20) { Now = 1 };
        var pool = new BlockPool(memory, "test");
        var p = pool.Rent(1 << 20, out var block);
        pool.Return(p, block);
        Assert.NotEqual(p, pool.Rent(1 << 20, out _));
        memory.Done = 1;
        Assert.Equal(p, pool.Rent(1 << 20, out _));
        memory.Now = 2;
        pool.Return(p, block);
        // Where memory runs out, it is waited for.
        var three = Enumerable.Range(0, 2).Select(_ => pool.Rent(1 << 20, out var _)).ToArray();
        Assert.Equal(2, memory.Done);
        Assert.Equal(2, three.Distinct().Count());
    }

    [Fact]
    public void Small_blocks_share_a_slab()
    {
        var memory = new FakeMemory(1L << 30);
        var pool = new BlockPool(memory, "test");
        var all = Enumerable.Range(0, 1000).Select(_ => pool.Rent(64, out var _)).ToArray();
        Assert.Equal(1000, all.Distinct().Count());
        Assert.Single(memory.Taken);
    }

    [Fact]
    public void A_full_device_gives_back_what_is_kept_and_then_reports()
    {
        var memory = new FakeMemory(10 << 20);
        var pool = new BlockPool(memory, "cuda:7 (test)");
        var p = pool.Rent(8 << 20, out var block);
        pool.Return(p, block);
        // 6 MiB don't fit beside the 8 that are kept for reuse
        pool.Rent(6 << 20, out _);
        Assert.Equal(6 << 20, pool.Statistics.Reserved);
        var e = Assert.Throws<OutOfMemoryException>(() => pool.Rent(9 << 20, out _));
        Assert.Contains("cuda:7 (test)", e.Message, StringComparison.Ordinal);
        Assert.Contains("1 of 6,291,456 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_never_share_a_block()
    {
        var pool = new BlockPool(new FakeMemory(1L << 40), "test");
        var held = new System.Collections.Concurrent.ConcurrentDictionary<nint, int>();
        Parallel.For(0, 8, t =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var p = pool.Rent(1000 * (i % 7 + 1), out var block);
                Assert.True(held.TryAdd(p, t));
                held.TryRemove(p, out _);
                pool.Return(p, block);
            }
        });
        Assert.Equal(0, pool.Statistics.Allocated);
    }

    [Fact]
    public void The_end_of_a_pass_collects_only_after_much_was_rented()
    {
        var pool = new BlockPool(new FakeMemory(1L << 40), "test", threshold: 1L << 40);
        var p = pool.Rent(1L << 30, out var block);
        pool.Settle();
        Assert.Equal(0, pool.Statistics.Collections);
        for (var i = 0; i < 3; i++)
        {
            pool.Return(p, block);
            p = pool.Rent(1L << 30, out block);
        }
        pool.Settle();
        pool.Settle();
        Assert.Equal(1, pool.Statistics.Collections);
    }

    [Fact]
    public void A_collection_that_finds_nothing_makes_the_next_wait_longer()
    {
        var pool = new BlockPool(new FakeMemory(1L << 40), "test", threshold: 1 << 20);
        var at = new List<int>();
        for (var i = 1; i <= 40; i++)
        {
            var before = pool.Statistics.Collections;
            pool.Rent(1 << 21, out _);
            if (pool.Statistics.Collections > before) at.Add(i);
        }
        Assert.Equal(3, at[0]);
        Assert.True(at[1] - at[0] >= 4, string.Join(", ", at));
        Assert.True(at[2] - at[1] >= 8, string.Join(", ", at));
    }

    [Fact]
    public void What_is_given_back_asks_for_no_collection()
    {
        var pool = new BlockPool(new FakeMemory(1L << 40), "test", threshold: 1 << 20);
        for (var i = 0; i < 100; i++)
        {
            var p = pool.Rent(1 << 19, out var block);
            pool.Return(p, block, found: false);
        }
        Assert.Equal(0, pool.Statistics.Collections);
    }

    [Fact]
    public void A_backward_pass_collects_when_it_has_let_go_of_much()
    {
        var pool = new BlockPool(new FakeMemory(1L << 40), "test", threshold: 1 << 20);
        pool.Dropped(1 << 20);
        Assert.Equal(0, pool.Statistics.Collections);
        pool.Dropped(1);
        Assert.Equal(1, pool.Statistics.Collections);
        pool.Dropped(1 << 20);
        Assert.Equal(1, pool.Statistics.Collections);
    }
}
