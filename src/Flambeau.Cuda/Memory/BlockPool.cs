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
}

/// <summary>What the pool of one device holds, in bytes.</summary>
/// <param name="Allocated">In use by live tensors, and by dead ones the collector has not found yet.</param>
/// <param name="Reserved">Taken from the driver: in use, or kept for reuse.</param>
/// <param name="Peak">Highest <paramref name="Allocated"/> since the start or the last reset.</param>
/// <param name="Blocks">Blocks in use.</param>
/// <param name="Collections">Garbage collections the pool asked for.</param>
public readonly record struct CudaMemoryStatistics(long Allocated, long Reserved, long Peak, long Blocks, int Collections);

/// <summary>
/// Blocks of device memory in size classes, kept for reuse, since the driver's own allocation waits for the device. All kernels of a device run in
/// one order, so a block that is dead on the host may be handed out while kernels that were enqueued before still use it. Dead storages are found by the
/// collector, which knows nothing of device memory: a collection is asked for when much was rented since the last.
/// </summary>
internal sealed class BlockPool(IDeviceMemory memory, string name, long threshold = 64L << 20)
{
    const int Small = 1 << 16, Slab = 2 << 20;

    readonly Lock gate = new();
    readonly Dictionary<long, Stack<nint>> free = [];
    readonly ConcurrentQueue<(nint Pointer, long Block, long Stamp)> dead = new();
    readonly Queue<(nint Pointer, long Block, long Stamp)> waiting = new();
    readonly SortedDictionary<long, long> inUse = [];

    long live, reserved, peak, count, since, kept;
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
                return new(live, reserved, peak, count, collections);
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

    internal nint Rent(long bytes, out long block)
    {
        block = ClassOf(bytes);
        bool collect;
        lock (gate)
        {
            since += block;
            collect = since > Math.Max(threshold, kept / 4);
            if (collect) since = 0;
            else if (TryReuse(block) is var p and not 0) return p;
        }
        if (collect)
        {
            Collect(full: false);
            lock (gate)
            {
                if (TryReuse(block) is var p and not 0) return p;
            }
        }
        return Fresh(block, bytes);
    }

    internal void Return(nint pointer, long block) => dead.Enqueue((pointer, block, KernelScope.Stamp()));

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

    nint TryReuse(long block)
    {
        if (!dead.IsEmpty) Drain();
        if (!free.TryGetValue(block, out var stack) || !stack.TryPop(out var pointer)) return 0;
        Count(block, 1);
        return pointer;
    }

    nint Fresh(long block, long bytes)
    {
        for (var attempt = 0; ; attempt++)
        {
            lock (gate)
            {
                var pointer = block <= Small ? FromSlab(block) : memory.Take(block);
                if (pointer != 0)
                {
                    if (block > Small) reserved += block;
                    Count(block, 1);
                    return pointer;
                }
            }
            if (attempt == 1) throw new OutOfMemoryException(Report(bytes));
            Collect(full: true);
            Trim();
            lock (gate)
            {
                if (TryReuse(block) is var p and not 0) return p;
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

    void Count(long block, int sign)
    {
        live += sign * block;
        count += sign;
        inUse[block] = inUse.GetValueOrDefault(block) + sign;
        peak = Math.Max(peak, live);
    }

    void Drain()
    {
        while (dead.TryDequeue(out var d)) waiting.Enqueue(d);
        if (waiting.Count == 0) return;
        var safe = KernelScope.SafeStamp();
        for (var n = waiting.Count; n > 0; n--)
        {
            var d = waiting.Dequeue();
            if (d.Stamp > safe)
            {
                waiting.Enqueue(d);
                continue;
            }
            Stack(d.Block).Push(d.Pointer);
            Count(d.Block, -1);
        }
    }

    void Collect(bool full)
    {
        Interlocked.Increment(ref collections);
        GC.Collect(full ? 2 : 1, GCCollectionMode.Forced, blocking: true, compacting: false);
        GC.WaitForPendingFinalizers();
        lock (gate)
        {
            Drain();
            if (!full)
            {
                full = live > kept + Math.Max(threshold, kept / 4) * 2;
                kept = Math.Min(kept, live);
                if (!full) return;
            }
        }
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);
        GC.WaitForPendingFinalizers();
        lock (gate)
        {
            Drain();
            kept = live;
        }
    }

    string Report(long bytes)
    {
        lock (gate)
        {
            var largest = inUse.Where(static b => b.Value > 0).OrderByDescending(static b => b.Key * b.Value).Take(8)
                .Select(static b => $"{b.Value:N0} of {b.Key:N0} bytes");
            return $"no memory on {name} for a tensor of {bytes:N0} bytes, after a collection and after giving back what was kept for reuse. Live tensors hold {live:N0} bytes in {count:N0} blocks "
                + $"({string.Join(", ", largest)}); {reserved:N0} bytes are taken from the driver. Smaller batches, Grad.No() for evaluation, bfloat16 parameters or Checkpoint need less.";
        }
    }
}
