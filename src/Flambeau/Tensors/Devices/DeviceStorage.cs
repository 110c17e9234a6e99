namespace Flambeau;

/// <summary>A block of a device's memory, given back by a finalizer.</summary>
internal abstract class DeviceStorage(DeviceBackend backend, nint pointer, long bytes) : Storage(backend, bytes)
{
    static long made;

    nint pointer = pointer;

    /// <summary>Counts up from storage to storage.</summary>
    internal long Number { get; } = Interlocked.Increment(ref made);

    /// <summary>The number of the last storage that was made.</summary>
    internal static long LastNumber => Volatile.Read(ref made);

    /// <summary>Address in the device's memory.</summary>
    internal nint Pointer
    {
        get
        {
            if (pointer == 0 && Bytes > 0) Released();
            return pointer;
        }
    }

    internal override void Release()
    {
        if (pointer == 0) return;
        GC.SuppressFinalize(this);
        Free(pointer, found: false);
        pointer = 0;
    }

    /// <summary>Hands the block back to its allocator; on any thread.</summary>
    /// <param name="pointer">The block.</param>
    /// <param name="found">The collector found it dead; else somebody knew.</param>
    protected abstract void Free(nint pointer, bool found);

    ~DeviceStorage()
    {
        if (pointer != 0) Free(pointer, found: true);
    }
}

/// <summary>A part of a block that holds more than one: it keeps the block alive and has a version of its own.</summary>
internal sealed class PartStorage : DeviceStorage
{
    internal PartStorage(DeviceStorage whole, long offset, long bytes) : base(whole.Backend!, whole.Pointer + (nint)offset, bytes)
    {
        Whole = whole;
        GC.SuppressFinalize(this);
    }

    /// <summary>The block.</summary>
    internal DeviceStorage Whole { get; }

    internal override void Release() { }

    protected override void Free(nint pointer, bool found) { }
}
