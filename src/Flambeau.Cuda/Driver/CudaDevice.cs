using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flambeau.Cuda.Kernels;
using Flambeau.Cuda.Libraries;
using Flambeau.Cuda.Memory;

namespace Flambeau.Cuda.Driver;

/// <summary>One GPU: its primary context, which is shared with other libraries of the process, one stream on which everything happens in order, its memory and its kernels.</summary>
internal sealed unsafe class CudaDevice : IDeviceMemory
{
    [ThreadStatic] static CudaDevice? bound;

    readonly nint context;

    CudaDevice(int index)
    {
        Index = index;
        int device;
        Api.Check(Api.cuDeviceGet(&device, index), "cuDeviceGet");
        var name = stackalloc byte[256];
        Api.Check(Api.cuDeviceGetName(name, 256, device), "cuDeviceGetName");
        Name = Marshal.PtrToStringUTF8((nint)name) ?? "GPU";
        Architecture = Attribute(device, 75) * 10 + Attribute(device, 76);
        Processors = Attribute(device, 16);
        SharedBytes = Attribute(device, 97);
        nuint total;
        Api.Check(Api.cuDeviceTotalMem_v2(&total, device), "cuDeviceTotalMem");
        TotalBytes = (long)total;
        nint c, s;
        Api.Check(Api.cuDevicePrimaryCtxRetain(&c, device), "cuDevicePrimaryCtxRetain");
        context = c;
        Bind();
        Api.Check(Api.cuStreamCreate(&s, 1), "cuStreamCreate");
        Stream = s;
        Pool = new(this, $"cuda:{index} ({Name}, {TotalBytes:N0} bytes)");
        Kernels = new(this);
    }

    internal int Index { get; }

    internal string Name { get; }

    /// <summary>Compute capability times ten.</summary>
    internal int Architecture { get; }

    /// <summary>Number of multiprocessors.</summary>
    internal int Processors { get; }

    /// <summary>Shared memory a block can ask for.</summary>
    internal int SharedBytes { get; }

    internal long TotalBytes { get; }

    internal nint Stream { get; }

    internal BlockPool Pool { get; }

    internal KernelCache Kernels { get; }

    /// <summary>How many GPUs the driver shows.</summary>
    /// <exception cref="DllNotFoundException">There is no driver.</exception>
    internal static int Count
    {
        get
        {
            Resolver.Install();
            Api.Check(Api.cuInit(0), "cuInit");
            int n;
            Api.Check(Api.cuDeviceGetCount(&n), "cuDeviceGetCount");
            return n;
        }
    }

    internal static CudaDevice Open(int index) => new(index);

    static int Attribute(int device, int attribute)
    {
        int v;
        Api.Check(Api.cuDeviceGetAttribute(&v, attribute, device), "cuDeviceGetAttribute");
        return v;
    }

    /// <summary>Makes the context that of the calling thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Bind()
    {
        if (!ReferenceEquals(bound, this)) Switch();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Switch()
    {
        Api.Check(Api.cuCtxSetCurrent(context), "cuCtxSetCurrent");
        bound = this;
    }

    internal void Synchronize()
    {
        Bind();
        Api.Check(Api.cuStreamSynchronize(Stream), "cuStreamSynchronize");
    }

    nint IDeviceMemory.Take(long bytes)
    {
        Bind();
        nint p;
        var result = Api.cuMemAlloc_v2(&p, (nuint)bytes);
        if (result == Api.OutOfMemory) return 0;
        Api.Check(result, "cuMemAlloc");
        return p;
    }

    void IDeviceMemory.Give(nint pointer)
    {
        Bind();
        Api.Check(Api.cuMemFree_v2(pointer), "cuMemFree");
    }
}
