using System.Collections.Concurrent;
using Flambeau.Cuda.Driver;

namespace Flambeau.Cuda.Memory;

/// <summary>Host memory that the GPU reaches by itself, so that copies go on beside the program. Blocks are kept for reuse, and come back once the copies that used them are done.</summary>
internal sealed unsafe class PinnedPool(CudaDevice device)
{
    readonly Lock gate = new();
    readonly Dictionary<long, Stack<nint>> free = [];
    readonly ConcurrentQueue<(nint Pointer, long Block)> dead = new();
    readonly Queue<(nint[] Fence, List<(nint Pointer, long Block)> Blocks)> fenced = new();

    /// <summary>Marks storages as pinned: their owner.</summary>
    internal static object Mark { get; } = new();

    internal static bool Has(Tensor t) => t.Storage is ExternalStorage { Owner: { } owner } && owner == Mark;

    /// <summary>A new host tensor in pinned memory.</summary>
    internal Tensor Make(Layout layout, DType dtype)
    {
        var bytes = Math.Max(1, checked(layout.Numel * dtype.Size()));
        var block = BlockPool.ClassOf(bytes);
        var p = Rent(block);
        return new(new ExternalStorage(p, bytes, Mark, release: () => dead.Enqueue((p, block))), layout, dtype);
    }

    nint Rent(long block)
    {
        lock (gate)
        {
            List<(nint, long)>? gone = null;
            while (dead.TryDequeue(out var d)) (gone ??= []).Add(d);
            if (gone is not null) fenced.Enqueue((device.Mark(), gone));
            while (fenced.TryPeek(out var f) && device.IsPassed(f.Fence, wait: false))
            {
                foreach (var (pointer, size) in fenced.Dequeue().Blocks) (free.TryGetValue(size, out var s) ? s : free[size] = new()).Push(pointer);
            }
            if (free.TryGetValue(block, out var stack) && stack.TryPop(out var known)) return known;
        }
        device.Bind();
        nint p;
        Api.Check(Api.cuMemHostAlloc(&p, (nuint)block, 1), "cuMemHostAlloc");
        return p;
    }
}
