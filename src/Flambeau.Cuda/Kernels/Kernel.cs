using System.Runtime.CompilerServices;
using Flambeau.Cuda.Driver;

namespace Flambeau.Cuda.Kernels;

/// <summary>A compiled kernel on one device. It takes one struct of parameters.</summary>
internal sealed unsafe class Kernel(CudaDevice device, nint function)
{
    internal CudaDevice Device => device;

    /// <summary>Enqueues it on the device's stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Launch(void* parameters, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY = 1, uint sharedBytes = 0)
    {
        device.Bind();
        var list = parameters;
        var result = Api.cuLaunchKernel(function, gridX, gridY, gridZ, blockX, blockY, 1, sharedBytes, device.Stream, &list, null);
        if (result != 0) Api.Check(result, "cuLaunchKernel");
    }

    // what the kernel sets aside itself comes to it, up to 48 KiB unasked
    int allowed = 32 * 1024;

    /// <summary>Lets blocks have more shared memory than every device gives unasked.</summary>
    internal void Allow(int sharedBytes)
    {
        if (sharedBytes <= Volatile.Read(ref allowed)) return;
        device.Bind();
        Api.Check(Api.cuFuncSetAttribute(function, 8, sharedBytes), "cuFuncSetAttribute");
        Volatile.Write(ref allowed, sharedBytes);
    }

    /// <summary>One thread an item.</summary>
    internal void LaunchFlat(void* parameters, long items, uint block = 256) => Launch(parameters, checked((uint)((items + block - 1) / block)), 1, 1, block);
}
