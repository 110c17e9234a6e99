using System.Globalization;
using System.IO.MemoryMappedFiles;

namespace Flambeau.OnnxFormat;

/// <summary>A range of a file beside the model.</summary>
internal sealed class ExternalData
{
    readonly string path;
    readonly long offset, length;

    ExternalData(string path, long offset, long length) => (this.path, this.offset, this.length) = (path, offset, length);

    internal static ExternalData Open(TensorProto proto, long bytes, string? folder)
    {
        var name = OnnxException.Quote(proto.Name);
        string? location = null;
        long offset = 0, length = bytes;
        foreach (var e in proto.ExternalData)
        {
            if (e.Key == "location") location = e.Value;
            else if (e.Key == "offset") offset = Number(e);
            else if (e.Key == "length") length = Number(e);
        }
        if (string.IsNullOrEmpty(location)) throw new OnnxException($"tensor {name} says its data is in a file, but not in which");
        if (length != bytes) throw new OnnxException($"tensor {name} of shape [{string.Join(", ", proto.Dims)}] and type {proto.DataType} has {length:N0} bytes of external data; expected {bytes:N0}");
        if (folder is null) throw new OnnxException($"tensor {name} has its data in file {OnnxException.Quote(location)}, but the model was read from memory; read it from its file");
        var path = Inside(folder, location, name);
        if (!File.Exists(path)) throw new OnnxException($"tensor {name} has its data in file {OnnxException.Quote(location)}, which is not beside the model");
        var size = new FileInfo(path).Length;
        if (offset < 0 || offset > size - length) throw new OnnxException($"tensor {name} has its data at bytes {offset:N0} to {offset + length:N0} of {OnnxException.Quote(location)}, which has {size:N0}");
        return new(path, offset, length);

        long Number(StringStringEntryProto e) => long.TryParse(e.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var v) ? v
            : throw new OnnxException($"tensor {name}: {e.Key} of its external data is {OnnxException.Quote(e.Value)}; expected a number");
    }

    /// <summary>The file's full path, if neither it nor what it links to leaves the folder.</summary>
    static string Inside(string folder, string location, string name)
    {
        var root = Path.GetFullPath(folder);
        var refused = new OnnxException($"tensor {name} has its data in {OnnxException.Quote(location)}; only files in the model's own folder are read");
        if (Path.IsPathRooted(location) || location.Contains('\0', StringComparison.Ordinal) || location.Split('/', '\\').Contains("..")) throw refused;
        var path = Path.GetFullPath(Path.Combine(root, location));
        var at = root;
        foreach (var part in Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar))
        {
            at = Path.Combine(at, part);
            FileSystemInfo info = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
            if (info.LinkTarget is not null && !Within(root, info.ResolveLinkTarget(true)?.FullName)) throw refused;
        }
        return Within(root, path) ? path : throw refused;
    }

    static bool Within(string root, string? path) => path is not null && path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    internal byte[] ReadAll()
    {
        var bytes = new byte[length];
        using var stream = File.OpenRead(path);
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The range as a tensor; pages come in when first touched, and writes stay private.</summary>
    internal unsafe Tensor Map(long[] sizes, DType dtype)
    {
        if (length == 0) return Tensor.Empty(sizes, dtype);
        if (!BitConverter.IsLittleEndian || offset % dtype.Size() != 0)
        {
            var t = Tensor.Empty(sizes, dtype);
            ReadAll().CopyTo(TensorCodec.Raw(t));
            TensorCodec.Ordered(TensorCodec.Raw(t), ElementTypes.Of(dtype));
            GC.KeepAlive(t);
            return t;
        }
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
        var view = file.CreateViewAccessor(offset, length, MemoryMappedFileAccess.CopyOnWrite);
        byte* p = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref p);
        return Tensor.FromPointer((nint)(p + view.PointerOffset), sizes, dtype, () =>
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
        });
    }
}
