using System.Collections.Concurrent;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Flambeau.Cpu;

/// <summary>
/// Native blocks in size classes, kept for reuse: fresh pages cost three times the work that fills them. Dead storages are found by
/// the garbage collector, which knows nothing of native bytes, so a collection is asked for whenever the bytes rented since
/// the last one pass a threshold. It looks at young objects only, as most tensors die young; a full one follows where that left too much.
/// </summary>
internal static class CachingAllocator
{
    /// <summary>Storages up to this many bytes are plain managed arrays.</summary>
    internal const int SmallLimit = 8192;

    // What dies soon should come back while it is still in the caches.
    const long MinThreshold = 8L << 20;
    const int Alignment = 64;

    static readonly Lock gate = new();
    static readonly Dictionary<long, Stack<nint>> free = [];
    static readonly ConcurrentQueue<(nint Address, long Block, long Stamp)> dead = new();
    static readonly Queue<(nint Address, long Block, long Stamp)> waiting = new();
    static readonly long start = Stopwatch.GetTimestamp();

    static long live, reserved, peak, since, kept, fullTicks;
    static int collections;

    internal static MemoryStatistics Statistics
    {
        get
        {
            lock (gate)
            {
                Drain();
                return new(live, reserved, peak, collections);
            }
        }
    }

    internal static void ResetPeak()
    {
        lock (gate) peak = live;
    }

    /// <summary>Size class: powers of two with eight steps between, so at most an eighth is lost.</summary>
    internal static long ClassOf(long bytes)
    {
        var step = 1L << Math.Max(BitOperations.Log2((ulong)bytes) - 3, 12);
        return checked((bytes + step - 1) & -step);
    }

    internal static nint Rent(long bytes, out long block)
    {
        if (bytes > 1L << 46) throw new OutOfMemoryException($"a tensor of {bytes:N0} bytes was asked for; no machine holds that");
        block = ClassOf(bytes);
        bool collect;
        lock (gate)
        {
            since += block;
            collect = since > Threshold;
            if (collect) since = 0;
        }
        if (collect) Collect(full: false);
        lock (gate)
        {
            Drain();
            if (free.TryGetValue(block, out var stack) && stack.TryPop(out var address))
            {
                Count(block);
                return address;
            }
        }
        return Fresh(block, bytes);
    }

    internal static void Return(nint address, long block) => dead.Enqueue((address, block, KernelScope.Stamp()));

    /// <summary>Hands cached blocks back to the operating system.</summary>
    internal static unsafe void Trim()
    {
        lock (gate)
        {
            Drain();
            foreach (var (block, stack) in free)
            {
                while (stack.TryPop(out var address))
                {
                    NativeMemory.AlignedFree((void*)address);
                    reserved -= block;
                }
            }
        }
    }

    static unsafe nint Fresh(long block, long bytes)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var address = (nint)NativeMemory.AlignedAlloc((nuint)block, Alignment);
                lock (gate)
                {
                    reserved += block;
                    Count(block);
                }
                return address;
            }
            catch (OutOfMemoryException) when (attempt == 0)
            {
                Collect(full: true);
                Trim();
            }
            catch (OutOfMemoryException e)
            {
                throw new OutOfMemoryException($"no memory for a tensor of {bytes:N0} bytes; {live:N0} bytes are in use by live tensors. Smaller batches, NoGrad for evaluation, or Checkpoint need less.", e);
            }
        }
    }

    static void Count(long block)
    {
        live += block;
        peak = Math.Max(peak, live);
    }

    static void Drain()
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
            if (!free.TryGetValue(d.Block, out var stack)) free[d.Block] = stack = new();
            stack.Push(d.Address);
            live -= d.Block;
        }
    }

    static long Threshold => Math.Max(MinThreshold, kept / 4);

    /// <summary>How far live bytes may grow past those that the last full collection kept: full ones are held near 3 % of the time where they are dear.</summary>
    static long Slack()
    {
        var share = (double)fullTicks / Math.Max(1, Stopwatch.GetTimestamp() - start);
        return (long)(Threshold / 2 * Math.Clamp(share / 0.03, 1, 8));
    }

    static void Collect(bool full)
    {
        Interlocked.Increment(ref collections);
        if (!full)
        {
            Find(generation: 1);
            lock (gate)
            {
                Drain();
                full = live > kept + Slack();
                kept = Math.Min(kept, live);
            }
            if (!full) return;
        }
        var t = Stopwatch.GetTimestamp();
        Find(generation: 2);
        lock (gate)
        {
            fullTicks += Stopwatch.GetTimestamp() - t;
            Drain();
            kept = live;
        }
    }

    static void Find(int generation)
    {
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true, compacting: false);
        GC.WaitForPendingFinalizers();
    }
}
