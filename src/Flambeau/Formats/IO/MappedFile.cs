using System.IO.MemoryMappedFiles;
using Flambeau.Cpu;

namespace Flambeau.Formats;

/// <summary>
/// A whole file in memory, its pages read when first touched. Writes stay private to the process. It unmaps itself when no storage
/// looks into it any more, and no kernel that started before runs.
/// </summary>
internal sealed unsafe class MappedFile
{
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    readonly nint address;
    long stamp;

    internal MappedFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Length = stream.Length;
        file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
        byte* p = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref p);
        address = (nint)(p + view.PointerOffset);
    }

    internal long Length { get; }

    /// <summary>Part of the file as a storage; null if elements of this size would lie at odd addresses.</summary>
    internal Storage? Slice(long offset, long bytes, int unit)
    {
        if (offset < 0 || bytes < 0 || offset > Length - bytes) throw new CheckpointException("the file became shorter while it was read");
        return (offset & (unit - 1)) == 0 ? new ExternalStorage(address + (nint)offset, bytes, this) : null;
    }

    ~MappedFile()
    {
        if (view is null || address == 0) return;
        if (stamp == 0) stamp = KernelScope.Stamp();
        if (stamp > KernelScope.SafeStamp() && !Environment.HasShutdownStarted)
        {
            GC.ReRegisterForFinalize(this);
            return;
        }
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }
}
