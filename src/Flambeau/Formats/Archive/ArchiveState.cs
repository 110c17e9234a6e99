using Flambeau.Graphs;

namespace Flambeau.Formats;

/// <summary>Makes the tensors of an archive, each a view of the mapped file where it can be one.</summary>
internal sealed class ArchiveState(ZipDirectory zip, MappedFile? map, bool verify)
{
    internal ArchiveTensor[] Read(IReadOnlyList<ArchiveEntry> entries)
    {
        var tensors = new ArchiveTensor[entries.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            var e = entries[i];
            var tensor = new Tensor(Load(e), new Layout(e.Sizes), e.DType);
            if (e.RequiresGrad) tensor.RequiresGrad = true;
            tensors[i] = new(e.Name, e.Kind, tensor);
        }
        return tensors;
    }

    unsafe Storage Load(ArchiveEntry e)
    {
        var file = zip.Find(e.File)!;
        var storage = file.Method == ZipEntry.Stored && BitConverter.IsLittleEndian ? map?.Slice(zip.DataOffset(file), file.Size, e.DType.Size()) : null;
        if (storage is null)
        {
            ZipDirectory.Check(file);
            storage = StorageReading.Fill(file.Size, p => zip.Unpack(file, p));
            if (!BitConverter.IsLittleEndian) StorageReading.Swap(storage, Piece(e.DType));
        }
        else
        {
            ZipDirectory.Check(file);
            if (verify) Verify(file, storage);
        }
        if (e.DType == DType.Bool) StorageReading.Normalize(storage, 0, file.Size);
        return storage;
    }

    static unsafe void Verify(ZipEntry file, Storage storage)
    {
        fixed (byte* p = &storage.Kept)
        {
            if (Crc32.Append(0, p, file.Size) != file.Crc) throw new CheckpointException($"zip entry {CheckpointException.Quote(file.Name)} doesn't match its checksum: the file is damaged");
        }
        GC.KeepAlive(storage);
    }

    /// <summary>Size of the pieces whose bytes are in an order.</summary>
    internal static int Piece(DType dtype) => dtype is DType.Complex64 or DType.Complex128 ? dtype.Size() / 2 : dtype.Size();
}
