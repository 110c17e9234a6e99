using System.Runtime.InteropServices;

namespace Flambeau.Cuda.Driver;

/// <summary>The CUDA driver API, as far as it is used. Each call returns a CUresult; 0 is success.</summary>
internal static unsafe partial class Api
{
    internal const string Library = "cuda";

    [LibraryImport(Library)] internal static partial int cuInit(uint flags);
    [LibraryImport(Library)] internal static partial int cuDriverGetVersion(int* version);
    [LibraryImport(Library)] internal static partial int cuDeviceGetCount(int* count);
    [LibraryImport(Library)] internal static partial int cuDeviceGet(int* device, int ordinal);
    [LibraryImport(Library)] internal static partial int cuDeviceGetName(byte* name, int length, int device);
    [LibraryImport(Library)] internal static partial int cuDeviceGetAttribute(int* value, int attribute, int device);
    [LibraryImport(Library)] internal static partial int cuDeviceTotalMem_v2(nuint* bytes, int device);
    [LibraryImport(Library)] internal static partial int cuDevicePrimaryCtxRetain(nint* context, int device);
    [LibraryImport(Library)] internal static partial int cuCtxSetCurrent(nint context);
    [LibraryImport(Library)] internal static partial int cuCtxSynchronize();
    [LibraryImport(Library)] internal static partial int cuMemAlloc_v2(nint* pointer, nuint bytes);
    [LibraryImport(Library)] internal static partial int cuMemFree_v2(nint pointer);
    [LibraryImport(Library)] internal static partial int cuMemGetInfo_v2(nuint* free, nuint* total);
    [LibraryImport(Library)] internal static partial int cuMemHostAlloc(nint* pointer, nuint bytes, uint flags);
    [LibraryImport(Library)] internal static partial int cuMemFreeHost(nint pointer);
    [LibraryImport(Library)] internal static partial int cuMemcpyHtoDAsync_v2(nint to, nint from, nuint bytes, nint stream);
    [LibraryImport(Library)] internal static partial int cuMemcpyDtoHAsync_v2(nint to, nint from, nuint bytes, nint stream);
    [LibraryImport(Library)] internal static partial int cuMemcpyDtoDAsync_v2(nint to, nint from, nuint bytes, nint stream);
    [LibraryImport(Library)] internal static partial int cuMemsetD8Async(nint pointer, byte value, nuint bytes, nint stream);
    [LibraryImport(Library)] internal static partial int cuStreamCreate(nint* stream, uint flags);
    [LibraryImport(Library)] internal static partial int cuStreamDestroy_v2(nint stream);
    [LibraryImport(Library)] internal static partial int cuStreamSynchronize(nint stream);
    [LibraryImport(Library)] internal static partial int cuStreamWaitEvent(nint stream, nint waited, uint flags);
    [LibraryImport(Library)] internal static partial int cuEventCreate(nint* created, uint flags);
    [LibraryImport(Library)] internal static partial int cuEventDestroy_v2(nint destroyed);
    [LibraryImport(Library)] internal static partial int cuEventRecord(nint recorded, nint stream);
    [LibraryImport(Library)] internal static partial int cuEventQuery(nint asked);
    [LibraryImport(Library)] internal static partial int cuEventSynchronize(nint waited);
    [LibraryImport(Library)] internal static partial int cuEventElapsedTime(float* milliseconds, nint start, nint end);
    [LibraryImport(Library)] internal static partial int cuStreamBeginCapture_v2(nint stream, int mode);
    [LibraryImport(Library)] internal static partial int cuStreamEndCapture(nint stream, nint* graph);
    [LibraryImport(Library)] internal static partial int cuGraphGetNodes(nint graph, nint* nodes, nuint* count);
    [LibraryImport(Library)] internal static partial int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);
    [LibraryImport(Library)] internal static partial int cuGraphLaunch(nint executable, nint stream);
    [LibraryImport(Library)] internal static partial int cuGraphExecDestroy(nint executable);
    [LibraryImport(Library)] internal static partial int cuGraphDestroy(nint graph);
    [LibraryImport(Library)] internal static partial int cuModuleLoadData(nint* module, void* image);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int cuModuleGetFunction(nint* function, nint module, string name);
    [LibraryImport(Library)] internal static partial int cuFuncSetAttribute(nint function, int attribute, int value);
    [LibraryImport(Library)]
    internal static partial int cuLaunchKernel(nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters, void** extra);
    [LibraryImport(Library)] internal static partial int cuGetErrorName(int error, nint* name);
    [LibraryImport(Library)] internal static partial int cuGetErrorString(int error, nint* text);

    internal const int OutOfMemory = 2, NotReady = 600;

    /// <summary>Throws what a failed call says.</summary>
    internal static void Check(int result, string call)
    {
        if (result != 0) Throw(result, call);
    }

    static void Throw(int result, string call)
    {
        nint name = 0, text = 0;
        _ = cuGetErrorName(result, &name);
        _ = cuGetErrorString(result, &text);
        var why = $"{Marshal.PtrToStringUTF8(name) ?? "error " + result}: {Marshal.PtrToStringUTF8(text) ?? "unknown"}";
        throw result == OutOfMemory ? new OutOfMemoryException($"{call}: {why}") : new CudaException($"{call} failed with {why}." + (result is 700 or 716 or 719
            ? " An earlier kernel reached memory that isn't its own; run under compute-sanitizer to find it. The process must be restarted." : ""));
    }
}
