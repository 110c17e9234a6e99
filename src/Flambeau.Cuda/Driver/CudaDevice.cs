using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flambeau.Cuda.Kernels;
using Flambeau.Cuda.Libraries;
using Flambeau.Cuda.Memory;

namespace Flambeau.Cuda.Driver;

/// <summary>One GPU: its primary context, which is shared with other libraries of the process, streams on each of which everything happens in order, its memory and its kernels.</summary>
internal sealed unsafe class CudaDevice : IDeviceMemory
{
    [ThreadStatic] static CudaDevice? bound;
    [ThreadStatic] static nint[]? current;

    readonly nint context;
    readonly nint main;
    nint[] streams;

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
        main = s;
        streams = [s];
        Pool = new(this, $"cuda:{index} ({Name}, {TotalBytes:N0} bytes)", Math.Clamp(TotalBytes / 512, 64L << 20, 1L << 30));
        Kernels = new(this);
        Pinned = new(this);
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

    /// <summary>The stream on which this thread enqueues.</summary>
    internal nint Stream
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => current is { } c && c.Length > Index && c[Index] != 0 ? c[Index] : main;
    }

    internal BlockPool Pool { get; }

    internal KernelCache Kernels { get; }

    internal PinnedPool Pinned { get; }

    readonly Stack<nint> idle = new();

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

    /// <summary>Waits for all streams.</summary>
    internal void Synchronize()
    {
        Bind();
        foreach (var s in streams) Api.Check(Api.cuStreamSynchronize(s), "cuStreamSynchronize");
    }

    /// <summary>Makes a stream that of the calling thread, 0 for the one that all threads start with; gives back the one before.</summary>
    internal nint Switch(nint stream)
    {
        var c = current ??= [];
        if (c.Length <= Index) Array.Resize(ref c, Index + 1);
        current = c;
        var before = c[Index];
        c[Index] = stream;
        return before;
    }

    /// <summary>All streams that work is enqueued on.</summary>
    internal ReadOnlySpan<nint> Streams => streams;

    /// <summary>A new stream.</summary>
    /// <param name="records">It only records: nothing ever runs on it.</param>
    internal nint NewStream(bool records = false)
    {
        Bind();
        nint s;
        Api.Check(Api.cuStreamCreate(&s, 1), "cuStreamCreate");
        if (records) return s;
        // blocks that died before it was there are handed out at once
        Order(s, main);
        lock (Kernels) streams = [.. streams, s];
        return s;
    }

    /// <summary>A stream that nobody uses.</summary>
    internal nint TakeStream()
    {
        lock (idle)
        {
            if (idle.TryPop(out var s)) return s;
        }
        return NewStream();
    }

    internal void GiveStream(nint stream)
    {
        lock (idle) idle.Push(stream);
    }

    object? IDeviceMemory.Fence() => streams.Length == 1 ? null : Mark();

    bool IDeviceMemory.Passed(object fence, bool wait) => IsPassed((nint[])fence, wait);

    /// <summary>An event on each stream.</summary>
    internal nint[] Mark()
    {
        Bind();
        return Array.ConvertAll(streams, static s =>
        {
            nint e;
            Api.Check(Api.cuEventCreate(&e, 2), "cuEventCreate");
            Api.Check(Api.cuEventRecord(e, s), "cuEventRecord");
            return e;
        });
    }

    /// <summary>Whether all events have happened; they are gone then.</summary>
    internal bool IsPassed(nint[] events, bool wait)
    {
        Bind();
        foreach (var e in events)
        {
            var result = wait ? Api.cuEventSynchronize(e) : Api.cuEventQuery(e);
            if (result == Api.NotReady) return false;
            Api.Check(result, "cuEventQuery");
        }
        foreach (var e in events) Api.Check(Api.cuEventDestroy_v2(e), "cuEventDestroy");
        return true;
    }

    /// <summary>What is enqueued on a stream from here on waits for what is on another one now.</summary>
    internal void Order(nint stream, nint after)
    {
        if (stream == after) return;
        Bind();
        nint e;
        Api.Check(Api.cuEventCreate(&e, 2), "cuEventCreate");
        Api.Check(Api.cuEventRecord(e, after), "cuEventRecord");
        Api.Check(Api.cuStreamWaitEvent(stream, e, 0), "cuStreamWaitEvent");
        // the driver frees it when it has happened
        Api.Check(Api.cuEventDestroy_v2(e), "cuEventDestroy");
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
