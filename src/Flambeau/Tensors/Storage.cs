using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flambeau.Cpu;

namespace Flambeau;

/// <summary>
/// A block of elements that tensors look into. Small blocks are plain managed arrays, large ones come from the caching
/// allocator and go back to it by a finalizer, foreign ones (mapped files, DLPack) keep their owner alive.
/// </summary>
internal class Storage
{
    readonly byte[]? array;
    nint address;

    Storage(byte[] array) => (this.array, Bytes) = (array, array.Length);

    private protected Storage(nint address, long bytes) => (this.address, Bytes) = (address, bytes);

    private protected Storage(DeviceBackend backend, long bytes) => (Backend, Bytes) = (backend, bytes);

    /// <summary>Who computes with the data where it lies; null for host memory.</summary>
    internal readonly DeviceBackend? Backend;

    /// <summary>Usable bytes.</summary>
    internal long Bytes { get; }

    /// <summary>Counts in-place writes, shared by all views, so that a stale saved tensor is noticed.</summary>
    internal int Version;

    /// <summary>The trace epoch in which it was made: a trace knows by it what existed before it began.</summary>
    internal readonly int Birth = Epoch;

    /// <summary>Changes when a trace begins or ends, on any thread.</summary>
    internal static int Epoch;

    /// <summary>Where the data lives.</summary>
    internal Device Device => Backend?.Device ?? Device.Cpu;

    /// <summary>False for memory that must not be written, such as a file mapped for reading.</summary>
    internal virtual bool IsWritable => true;

    /// <summary>First byte, for kernels: inside a <see cref="KernelScope"/>, pinned with <c>fixed</c> while they run.</summary>
    internal ref byte Ref
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (KernelScope.Checked) KernelScope.Require();
            return ref Kept;
        }
    }

    /// <summary>First byte, for callers that keep the storage alive past their last access.</summary>
    internal ref byte Kept
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (array is not null) return ref MemoryMarshal.GetArrayDataReference(array);
            if (address == 0) Missing();
            unsafe { return ref Unsafe.AsRef<byte>((void*)address); }
        }
    }

    void Missing()
    {
        if (Backend is { } device) throw device.NoHostMemory();
        Released();
    }

    private protected static void Released() => throw new ObjectDisposedException(nameof(Tensor), "the tensor was made in a TensorScope that has ended; hand it out with scope.Keep(tensor)");

    /// <summary>Gives the memory back before the collector finds the storage dead.</summary>
    internal virtual void Release() { }

    private protected void Forget() => address = 0;

    /// <summary>Address of native memory; 0 for a managed array.</summary>
    internal nint NativeAddress => address;

    /// <summary>Keeps a managed array from moving; an empty handle for native memory, which never moves.</summary>
    internal GCHandle Pin() => array is null ? default : GCHandle.Alloc(array, GCHandleType.Pinned);

    /// <summary>A block of at least this many bytes, zeroed on request.</summary>
    /// <exception cref="OutOfMemoryException">The block is larger than memory allows.</exception>
    internal static Storage Allocate(long bytes, bool zero = false)
    {
        if (bytes < 0) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "a storage can't have a negative size");
        if (Placement.Current is { } placement)
        {
            if (placement.Device is { } device) return device.Allocate(bytes, zero);
            if (placement.Take(bytes, null) is { } placed)
            {
                if (zero) ClearBytes(placed);
                return placed;
            }
        }
        return Host(bytes, zero);
    }

    /// <summary>A block of host memory, wherever the thread makes its tensors.</summary>
    internal static Storage Host(long bytes, bool zero = false)
    {
        if (bytes <= CachingAllocator.SmallLimit)
        {
            return new Storage(zero || bytes < 2048 ? new byte[bytes] : GC.AllocateUninitializedArray<byte>((int)bytes));
        }
        var native = new NativeStorage(CachingAllocator.Rent(bytes, out var block), bytes, block);
        if (zero)
        {
            ClearBytes(native);
        }
        TensorScope.Adopt(native);
        return native;
    }

    static unsafe void ClearBytes(Storage native) => NativeMemory.Clear((void*)native.NativeAddress, (nuint)native.Bytes);

    sealed class NativeStorage(nint address, long bytes, long block) : Storage(address, bytes)
    {
        internal override void Release()
        {
            var address = NativeAddress;
            if (address == 0) return;
            GC.SuppressFinalize(this);
            Forget();
            CachingAllocator.Return(address, block);
        }

        ~NativeStorage()
        {
            if (NativeAddress != 0) CachingAllocator.Return(NativeAddress, block);
        }
    }
}

/// <summary>Memory of somebody else, kept alive by its owner, released when no tensor looks into it any more.</summary>
internal sealed class ExternalStorage(nint address, long bytes, object? owner, bool writable = true, Action? release = null) : Storage(address, bytes)
{
    internal object? Owner => owner;

    internal override bool IsWritable => writable;

    long stamp;

    ~ExternalStorage()
    {
        if (release is null) return;
        if (stamp == 0) stamp = KernelScope.Stamp();
        if (stamp > KernelScope.SafeStamp() && !Environment.HasShutdownStarted) GC.ReRegisterForFinalize(this);
        else release();
    }
}
