using System.Collections.Concurrent;

namespace Flambeau.Cuda;

/// <summary>What happens when an op has no kernel for the GPU.</summary>
public enum CudaFallback
{
    /// <summary>It runs on the CPU, on copies of its arguments, and its results come back: right, differentiable and slow. Counted in <see cref="Cuda.Fallbacks"/>, and logged once an op.</summary>
    Allow,

    /// <summary>An error that names the op.</summary>
    Refuse,
}

/// <summary>Counts ops that ran on the CPU for want of a kernel.</summary>
internal static class FallbackCounts
{
    static readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);

    internal static CudaFallback Mode { get; set; } = OfEnvironment(Environment.GetEnvironmentVariable("FLAMBEAU_CUDA_FALLBACK"));

    internal static CudaFallback OfEnvironment(string? text) => string.Equals(text, "refuse", StringComparison.OrdinalIgnoreCase) ? CudaFallback.Refuse : CudaFallback.Allow;

    internal static IReadOnlyDictionary<string, long> Counts => new SortedDictionary<string, long>(counts, StringComparer.Ordinal);

    internal static void Clear() => counts.Clear();

    internal static bool Take(string op, Device device)
    {
        if (Mode == CudaFallback.Refuse) return false;
        if (counts.AddOrUpdate(op, 1, static (_, n) => n + 1) == 1)
            Cuda.Log?.Invoke($"flambeau: {op} has no kernel for '{device}' and runs on the CPU, on copies (Cuda.Fallbacks counts how often; Cuda.Fallback or FLAMBEAU_CUDA_FALLBACK=refuse makes it an error)");
        return true;
    }
}
