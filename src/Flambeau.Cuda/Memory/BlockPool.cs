using System.Collections.Concurrent;
using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Cuda.Memory;

/// <summary>Where blocks come from.</summary>
internal interface IDeviceMemory
{
    /// <summary>A fresh block; 0 when there is no memory.</summary>
    nint Take(long bytes);

    /// <summary>Gives a block back; waits for work that uses it.</summary>
    void Give(nint pointer);

    /// <summary>A mark behind all work that was enqueued; null where all work is in one order, so that nothing needs marking.</summary>
    object? Fence();

    /// <summary>Whether the work before a mark is done.</summary>
    /// <param name="fence">The mark.</param>
    /// <param name="wait">Waits until it is.</param>
    bool Passed(object fence, bool wait);
}

/// <summary>What the pool of one device holds, in bytes.</summary>
/// <param name="Allocated">In use by live tensors, and by dead ones the collector has not found yet.</param>
/// <param name="Reserved">Taken from the driver: in use, or kept for reuse.</param>
/// <param name="Peak">Highest <paramref name="Allocated"/> since the start or the last reset.</param>
/// <param name="Blocks">Blocks in use.</param>
/// <param name="Collections">Garbage collections the pool asked for.</param>
/// <param name="Programs">How much of <paramref name="Allocated"/> belongs to compiled programs: arenas, and the fixed inputs and results of recordings.</param>
/// <param name="Workspaces">How much of it libraries work in.</param>
public readonly record struct CudaMemoryStatistics(long Allocated, long Reserved, long Peak, long Blocks, int Collections, long Programs = 0, long Workspaces = 0);

/// <summary>Who holds a block.</summary>
internal enum MemoryUse : byte
{
    Tensors, Programs, Workspaces,
}

/// <summary>
/// Blocks of device memory in size classes, kept for reuse, since the driver's own allocation waits for the device. While all kernels of a device run in
/// one order, a block that is dead on the host may be handed out while kernels that were enqueued before still use it; once there are more streams, it waits until all of
/// them have passed the moment of its death, so that nobody has to say which streams used it. Dead storages are found by the
/// collector, which knows nothing of device memory: a collection is asked for when much was rented since the last and not given back. Where that finds little, the next one
/// waits for twice as much: a forward pass, whose tensors the tape holds, makes little garbage.
/// </summary>
internal sealed class BlockPool(IDeviceMemory memory, string name, long threshold = 64L << 20)
{
    const int Small = 1 << 16, Slab = 2 << 20;

    /// <summary>Bytes rented since the last full collection from which on one pays at the end of a backward pass.</summary>
    const long MuchRented = 4L << 30;

    /// <summary>How often the growth that is waited for is doubled at most.</summary>
    const int MostPatience = 2;

    readonly Lock gate = new();
    readonly Dictionary<long, Stack<nint>> free = [];
    readonly ConcurrentQueue<(nint Pointer, long Block, MemoryUse Use, long Stamp)> dead = new();
    readonly Queue<(nint Pointer, long Block, MemoryUse Use, long Stamp)> waiting = new();
    readonly SortedDictionary<long, long> inUse = [];
    readonly Queue<(object Fence, List<(nint Pointer, long Block)> Blocks)> fenced = new();
    readonly long[] uses = new long[3];

    long live, reserved, peak, count, since, given, dropped, sinceFull, kept, usual, cycle;
    int patience;
    nint slab;
    long slabLeft;
    int collections;

    internal CudaMemoryStatistics Statistics
    {
        get
        {
            lock (gate)
            {
                Drain();
                return new(live, reserved, peak, count, collections, uses[(int)MemoryUse.Programs], uses[(int)MemoryUse.Workspaces]);
            }
        }
    }

    internal void ResetPeak()
    {
        lock (gate) peak = live;
    }

    /// <summary>Size class: 512 bytes at least, powers of two with eight steps between.</summary>
    internal static long ClassOf(long bytes)
    {
        var step = 1L << Math.Max(BitOperations.Log2((ulong)Math.Max(bytes, 1)) - 3, 9);
        return Math.Max(512, checked((bytes + step - 1) & -step));
    }

    internal nint Rent(long bytes, out long block, MemoryUse use = MemoryUse.Tensors)
    {
        block = ClassOf(bytes);
        bool collect;
        lock (gate)
        {
            since = Math.Max(0, since - Interlocked.Exchange(ref given, 0)) + block;
            sinceFull += block;
            collect = since > Interval();
            if (!collect && TryReuse(block, use) is var p and not 0) return p;
        }
        if (collect)
        {
            // one that isn't full makes what it leaves older, and so harder to find for the next; but it is quick
            Collect(full: usual > MuchRented);
            lock (gate)
            {
                if (TryReuse(block, use) is var p and not 0) return p;
            }
        }
        return Fresh(block, bytes, use);
    }

    /// <summary>How much is rented between collections: little near the most that the work of late has needed, where garbage would add to the peak; much as long as nothing was trained.</summary>
    long Interval()
    {
        if (usual == 0) return Math.Max(4 * threshold, kept / 3) << patience;
        var expected = Math.Max(kept, usual);
        return Math.Max(threshold, IsHigh(expected) ? expected / 8 : expected / 4 << patience);
    }

    bool IsHigh(long expected) => live > expected - expected / 8;

    /// <summary>Takes a block back.</summary>
    /// <param name="pointer">The block.</param>
    /// <param name="block">Its size.</param>
    /// <param name="use">Who held it.</param>
    /// <param name="found">The collector found it; else it needed none.</param>
    internal void Return(nint pointer, long block, MemoryUse use = MemoryUse.Tensors, bool found = true)
    {
        if (!found) Interlocked.Add(ref given, block);
        dead.Enqueue((pointer, block, use, KernelScope.Stamp()));
    }

    /// <summary>Hands blocks kept for reuse back to the driver; small ones stay, they share slabs.</summary>
    internal void Trim()
    {
        lock (gate)
        {
            Drain();
            foreach (var (block, stack) in free)
            {
                if (block <= Small) continue;
                while (stack.TryPop(out var pointer))
                {
                    memory.Give(pointer);
                    reserved -= block;
                }
            }
        }
    }

    nint TryReuse(long block, MemoryUse use)
    {
        if (!dead.IsEmpty || waiting.Count > 0 || fenced.Count > 0) Drain();
        if (!free.TryGetValue(block, out var stack) || !stack.TryPop(out var pointer)) return 0;
        Count(block, 1, use);
        return pointer;
    }

    nint Fresh(long block, long bytes, MemoryUse use)
    {
        for (var attempt = 0; ; attempt++)
        {
            lock (gate)
            {
                var pointer = block <= Small ? FromSlab(block) : memory.Take(block);
                if (pointer != 0)
                {
                    if (block > Small) reserved += block;
                    Count(block, 1, use);
                    return pointer;
                }
            }
            if (attempt == 1) throw new OutOfMemoryException(Report(bytes));
            Collect(full: true);
            lock (gate) Release(wait: true);
            Trim();
            lock (gate)
            {
                if (TryReuse(block, use) is var p and not 0) return p;
            }
        }
    }

    nint FromSlab(long block)
    {
        if (slabLeft < block)
        {
            // what is left of the old slab becomes blocks of the smallest class
            for (; slabLeft >= 512; slabLeft -= 512, slab += 512) Stack(512).Push(slab);
            slab = memory.Take(Slab);
            slabLeft = slab == 0 ? 0 : Slab;
            if (slab == 0) return 0;
            reserved += Slab;
        }
        var p = slab;
        slab += (nint)block;
        slabLeft -= block;
        return p;
    }

    Stack<nint> Stack(long block) => free.TryGetValue(block, out var s) ? s : free[block] = new();

    void Count(long block, int sign, MemoryUse use)
    {
        uses[(int)use] += sign * block;
        live += sign * block;
        count += sign;
        inUse[block] = inUse.GetValueOrDefault(block) + sign;
        peak = Math.Max(peak, live);
    }

    void Drain()
    {
        Release(wait: false);
        while (dead.TryDequeue(out var found))
        {
            // a kernel may still look at it, but nobody holds it
            Count(found.Block, -1, found.Use);
            waiting.Enqueue(found);
        }
        if (waiting.Count == 0) return;
        var safe = KernelScope.SafeStamp();
        List<(nint, long)>? behind = null;
        object? fence = null;
        for (var n = waiting.Count; n > 0; n--)
        {
            var d = waiting.Dequeue();
            if (d.Stamp > safe)
            {
                waiting.Enqueue(d);
                continue;
            }
            if (behind is null && (fence = memory.Fence()) is not null) behind = [];
            if (behind is null) Stack(d.Block).Push(d.Pointer);
            else behind.Add((d.Pointer, d.Block));
        }
        if (behind is not null) fenced.Enqueue((fence!, behind));
    }

    /// <summary>Makes blocks free whose marks were passed.</summary>
    void Release(bool wait)
    {
        while (fenced.TryPeek(out var f) && memory.Passed(f.Fence, wait))
        {
            foreach (var (pointer, block) in fenced.Dequeue().Blocks) Stack(block).Push(pointer);
        }
    }

    void Collect(bool full)
    {
        var before = live;
        Sweep(full);
        lock (gate)
        {
            var freed = before - live;
            patience = freed >= since / 2 ? 0 : freed < since / 4 ? Math.Min(patience + 1, MostPatience) : patience;
            since = 0;
            var expected = Math.Max(kept, usual);
            cycle = Math.Max(cycle, live);
            kept = full ? live : Math.Max(live, kept - kept / 8);
            if (full || live <= expected + Math.Max(threshold, expected / 4) * 2) return;
        }
        Sweep(full: true);
        lock (gate) kept = live;
    }

    /// <summary>A garbage collection, and what it found.</summary>
    void Sweep(bool full)
    {
        Interlocked.Increment(ref collections);
        GC.Collect(full ? 2 : 1, GCCollectionMode.Forced, blocking: true, compacting: false);
        GC.WaitForPendingFinalizers();
        lock (gate)
        {
            Drain();
            if (full) sinceFull = dropped = 0;
        }
    }

    /// <summary>A backward pass has let go of so much. When that is a good part of what was in use, a full collection finds it.</summary>
    internal void Dropped(long bytes)
    {
        lock (gate)
        {
            dropped += bytes;
            var expected = Math.Max(kept, usual);
            if (dropped <= Math.Max(threshold, IsHigh(expected) ? expected / 8 : expected / 3)) return;
        }
        Collect(full: true);
    }

    /// <summary>
    /// Finds what a backward pass has let go, if that can be much: a network's saved tensors have outlived several collections by then, and only a full one finds
    /// them. What was live during the pass stays the measure of how often the next one collects.
    /// </summary>
    internal void Settle()
    {
        lock (gate)
        {
            if (cycle > 0) (usual, cycle) = (cycle, 0);
            patience = 0;
            if (sinceFull < MuchRented) return;
            since = 0;
        }
        Sweep(full: true);
        lock (gate) kept = live;
    }

    string Report(long bytes)
    {
        lock (gate)
        {
            var largest = inUse.Where(static b => b.Value > 0).OrderByDescending(static b => b.Key * b.Value).Take(8)
                .Select(static b => $"{b.Value:N0} of {b.Key:N0} bytes");
            return $"no memory on {name} for a tensor of {bytes:N0} bytes, after a collection and after giving back what was kept for reuse. Of {live:N0} bytes in {count:N0} blocks, live tensors hold {uses[0]:N0}, compiled programs {uses[1]:N0}, workspaces of libraries {uses[2]:N0} "
                + $"({string.Join(", ", largest)}); {reserved:N0} bytes are taken from the driver. Smaller batches, Grad.No() for evaluation, bfloat16 parameters or Checkpoint need less.";
        }
    }
}
