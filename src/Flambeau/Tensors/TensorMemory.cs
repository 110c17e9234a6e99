using Flambeau.Cpu;

namespace Flambeau;

/// <summary>Statistics and control of tensor memory. Nothing here is needed for correctness.</summary>
public static class TensorMemory
{
    /// <summary>What the allocator of the CPU holds now.</summary>
    public static MemoryStatistics Statistics => CachingAllocator.Statistics;

    /// <summary>Starts a new peak measurement.</summary>
    public static void ResetPeak() => CachingAllocator.ResetPeak();

    /// <summary>Gives memory kept for reuse back to the operating system.</summary>
    public static void Trim() => CachingAllocator.Trim();
}

/// <summary>What the CPU allocator holds, in bytes. Blocks of 8 KiB and less are ordinary managed memory and not counted.</summary>
/// <param name="Allocated">In use by live tensors, and by dead ones the collector has not found yet.</param>
/// <param name="Reserved">Taken from the operating system: in use, or kept for reuse.</param>
/// <param name="Peak">Highest <paramref name="Allocated"/> since the start or <see cref="TensorMemory.ResetPeak"/>.</param>
/// <param name="Collections">Garbage collections the allocator asked for.</param>
public readonly record struct MemoryStatistics(long Allocated, long Reserved, long Peak, int Collections);
