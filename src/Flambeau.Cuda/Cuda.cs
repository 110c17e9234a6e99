using Flambeau.Cuda.Memory;

namespace Flambeau.Cuda;

/// <summary>Settings and state of the GPUs.</summary>
public static class Cuda
{
    /// <summary>Whether a GPU can be used here. Never throws.</summary>
    public static bool IsAvailable => Problem is null;

    /// <summary>Why no GPU can be used, with all that was tried; null if one can.</summary>
    public static string? Problem
    {
        get
        {
            try
            {
                CudaBackend.Open(0);
                return null;
            }
            catch (NotSupportedException e)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Matrix products of float32 may round their inputs to 10 bits of mantissa, several times faster. Off at first.</summary>
    public static bool AllowTf32 { get; set; }

    /// <summary>Convolutions of float32 may round their inputs to 10 bits of mantissa. On at first, as in PyTorch.</summary>
    public static bool AllowTf32Convolutions { get; set; } = true;

    /// <summary>
    /// The first convolution of each shape tries several of cuDNN's engines and keeps the fastest; worth its seconds where the same shapes come often. Off at first:
    /// the engine is chosen by cuDNN's heuristics.
    /// </summary>
    public static bool BenchmarkConvolutions { get; set; }

    /// <summary>Why convolutions run on simple kernels of our own rather than on cuDNN, with all that was tried; null if cuDNN is used. Never throws.</summary>
    public static string? CudnnProblem => Problem ?? Dnn.ConvPlans.Problem;

    /// <summary>Whether results must be the same bits in each run. Off at first: sums that many threads add to are then made by atomic additions, in no fixed order.</summary>
    public static bool Deterministic { get; set; }

    /// <summary>What happens when an op has no kernel for the GPU. At first <see cref="CudaFallback.Allow"/>, or what the environment variable <c>FLAMBEAU_CUDA_FALLBACK</c> says (<c>allow</c>, <c>refuse</c>).</summary>
    public static CudaFallback Fallback
    {
        get => FallbackCounts.Mode;
        set => FallbackCounts.Mode = value;
    }

    /// <summary>How often each op ran on the CPU for want of a kernel, since the start or the last <see cref="ResetFallbacks"/>.</summary>
    public static IReadOnlyDictionary<string, long> Fallbacks => FallbackCounts.Counts;

    /// <summary>Starts counting <see cref="Fallbacks"/> anew, and logs each op once again.</summary>
    public static void ResetFallbacks() => FallbackCounts.Clear();

    /// <summary>Takes lines that a user should see, such as the first fallback of each op; the error stream at first, null for nowhere.</summary>
    public static Action<string>? Log { get; set; } = Console.Error.WriteLine;

    /// <summary>Waits until a GPU has done all its work.</summary>
    public static void Synchronize(int index = 0) => CudaBackend.Open(index).Synchronize();

    /// <summary>What a GPU is called.</summary>
    public static string Name(int index = 0) => CudaBackend.Open(index).Gpu.Name;

    /// <summary>What the memory of a GPU is used for.</summary>
    public static CudaMemoryStatistics Memory(int index = 0) => CudaBackend.Open(index).Memory;

    /// <summary>Starts a new peak measurement.</summary>
    public static void ResetPeak(int index = 0) => CudaBackend.Open(index).Gpu.Pool.ResetPeak();

    /// <summary>Gives memory kept for reuse back to the driver.</summary>
    public static void Trim(int index = 0) => CudaBackend.Open(index).Gpu.Pool.Trim();

    /// <summary>Makes GPUs known to the core, so that <see cref="Device.Parse"/> of <c>cuda</c> can be used too. <c>Device.Cuda()</c> does it by itself.</summary>
    public static void Load() => CudaBackend.Register();
}
