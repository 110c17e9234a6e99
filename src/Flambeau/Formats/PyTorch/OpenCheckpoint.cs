using System.Globalization;
using System.Numerics;
using System.Text;

namespace Flambeau.Formats;

/// <summary>A checkpoint whose tree is parsed and whose storages can be read.</summary>
internal abstract class OpenCheckpoint
{
    /// <summary>What kind of file it is, in words.</summary>
    internal abstract string Format { get; }

    /// <summary>The tree, with tensors as descriptions.</summary>
    internal object? Tree { get; private protected set; }

    internal abstract Storage Load(StorageRef storage);

    /// <summary>Parses the tree of a zip or legacy checkpoint.</summary>
    internal static OpenCheckpoint Open(ByteSource source, MappedFile? map, CheckpointOptions options)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(source.Length, 64)];
        source.Read(0, head);
        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8)) return new ZipCheckpoint(source, map, options);
        if (head.Length > 0 && head[0] == PickleOp.Proto) return new LegacyCheckpoint(source, map, options);
        throw new CheckpointException("this is no PyTorch checkpoint" + (
            head.StartsWith("<"u8) ? ": it is a web page; the download went wrong"
            : head.StartsWith("version https://git-lfs"u8) ? ": it is a Git LFS pointer; run 'git lfs pull' to get the file itself"
            : head.Length > 9 && head[8] == '{' ? ": it looks like a safetensors file; load it with Safetensors.Load"
            : head.Length == 0 ? ": the file is empty"
            : $"; it begins with bytes {Convert.ToHexString(head[..Math.Min(8, head.Length)])} instead of a zip header (504B0304) or a pickle (80)"));
    }
}

/// <summary>The zip format of PyTorch 1.6 and later: <c>NAME/data.pkl</c> for the tree, <c>NAME/data/KEY</c> for storages.</summary>
internal sealed class ZipCheckpoint : OpenCheckpoint
{
    const int MaxPickle = 1 << 29, MaxVersion = 10;

    readonly ZipDirectory zip;
    readonly MappedFile? map;
    readonly string prefix;
    readonly bool swap;

    internal override string Format { get; }

    internal ZipCheckpoint(ByteSource source, MappedFile? map, CheckpointOptions options)
    {
        zip = new(source, options.VerifyChecksums);
        this.map = map;
        var pickles = zip.Entries.Where(static e => e.Name.EndsWith("/data.pkl", StringComparison.Ordinal) && e.Name.IndexOf('/', StringComparison.Ordinal) == e.Name.Length - 9).ToList();
        if (pickles is not [var pickle])
            throw new CheckpointException($"this zip is no PyTorch checkpoint: it has {(pickles.Count == 0 ? "no" : "more than one")} NAME/data.pkl among its {zip.Entries.Count:N0} entries");
        prefix = pickle.Name[..^8];
        var script = zip.Find(prefix + "constants.pkl") is not null;
        Format = script ? "TorchScript archive" : "PyTorch checkpoint (zip)";
        if (int.TryParse(Text("version", "1").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version) is false || version is < 1 or > MaxVersion)
            throw new CheckpointException($"the checkpoint has format version {CheckpointException.Quote(Text("version", "1").Trim())}; 1 to {MaxVersion} are known");
        var order = Text("byteorder", "little").Trim();
        if (order is not ("little" or "big")) throw new CheckpointException($"the checkpoint has byte order {CheckpointException.Quote(order)}; 'little' and 'big' are known");
        swap = order == "little" != BitConverter.IsLittleEndian;
        Tree = Parse(zip.ReadAll(pickle, MaxPickle), options.KeepUnknownObjects);
    }

    string Text(string name, string absent) => zip.Find(prefix + name) is { } e ? Encoding.UTF8.GetString(zip.ReadAll(e, 64)) : absent;

    /// <summary>The entries, and the folder that all of them are in.</summary>
    internal ZipDirectory Zip => zip;

    /// <inheritdoc cref="Zip"/>
    internal string Prefix => prefix;

    /// <summary>Another pickle of the archive, whose storages lie in the folder of its name; null if there is none.</summary>
    internal object? Read(string name) =>
        zip.Find($"{prefix}{name}.pkl") is { } entry ? PyTree.Replace(Parse(zip.ReadAll(entry, MaxPickle), true), new TensorBinder(s => Load(s, name)).Leaf) : null;

    static object? Parse(byte[] pickle, bool keepUnknown)
    {
        using var memory = ByteSource.Of(pickle);
        return new PickleReader(new(memory, 0, pickle.Length), new TorchHost(keepUnknown)).Read();
    }

    internal override Storage Load(StorageRef s) => Load(s, "data");

    unsafe Storage Load(StorageRef s, string folder)
    {
        var entry = zip.Find($"{prefix}{folder}/{s.Key}")
            ?? throw new CheckpointException($"the storage {CheckpointException.Quote(s.Key)} is missing from the file");
        if (entry.Size != s.Bytes) throw new CheckpointException($"the storage {CheckpointException.Quote(s.Key)} should have {s.Bytes:N0} bytes and has {entry.Size:N0}");
        if (map is not null && !swap && entry.Method == ZipEntry.Stored && entry.Size == entry.Packed && map.Slice(zip.DataOffset(entry), s.Bytes, s.Unit) is { } mapped) return mapped;
        ZipDirectory.Check(entry);
        var storage = StorageReading.Fill(s.Bytes, p => zip.Unpack(entry, p));
        if (swap) StorageReading.Swap(storage, s.Swap);
        return storage;
    }
}

/// <summary>The format before PyTorch 1.6: five pickles (magic number, version, machine, tree, storage keys), then raw storages, each after its count.</summary>
internal sealed class LegacyCheckpoint : OpenCheckpoint
{
    static readonly BigInteger magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    readonly ByteSource source;
    readonly MappedFile? map;
    readonly bool swap;
    readonly Dictionary<string, long> offsets = new(StringComparer.Ordinal);

    internal override string Format => "PyTorch checkpoint (legacy)";

    internal LegacyCheckpoint(ByteSource source, MappedFile? map, CheckpointOptions options)
    {
        this.source = source;
        this.map = map;
        var cursor = new ByteCursor(source, 0, source.Length);
        var plain = new PlainHost();
        if (new PickleReader(cursor, plain).Read() is not BigInteger number || number != magic)
            throw new CheckpointException("this is a pickle, but no PyTorch checkpoint: it doesn't begin with PyTorch's magic number");
        if (new PickleReader(cursor, plain).Read() is not 1001L) throw new CheckpointException("the checkpoint has an unknown version; 1001 is the only one of the legacy format");
        if (new PickleReader(cursor, plain).Read() is not PyDict machine) throw new CheckpointException("the checkpoint doesn't describe the machine that wrote it");
        swap = (machine.GetValueOrDefault("little_endian") is not false) != BitConverter.IsLittleEndian;
        var host = new TorchHost(options.KeepUnknownObjects);
        Tree = new PickleReader(cursor, host).Read();
        if (new PickleReader(cursor, plain).Read() is not List<object?> keys) throw new CheckpointException("the checkpoint has no list of storages");
        Locate(cursor.Position, keys, host);
    }

    void Locate(long at, List<object?> keys, TorchHost host)
    {
        Span<byte> count = stackalloc byte[8];
        foreach (var k in keys)
        {
            var key = k as string ?? (k as long?)?.ToString(CultureInfo.InvariantCulture);
            if (key is null || !host.Storages.TryGetValue(key, out var s)) throw new CheckpointException("the list of storages names one that no tensor uses");
            source.Read(at, count);
            if (swap) count.Reverse();
            if (BitConverter.ToInt64(count) != s.Bytes / s.Unit) throw new CheckpointException($"the storage {CheckpointException.Quote(key)} should have {s.Bytes / s.Unit:N0} elements and has {BitConverter.ToInt64(count):N0}");
            at += 8;
            if (s.Bytes > source.Length - at) throw new CheckpointException($"the file is cut short: the storage {CheckpointException.Quote(key)} needs {s.Bytes:N0} bytes and {source.Length - at:N0} are left");
            if (!offsets.TryAdd(key, at)) throw new CheckpointException($"the storage {CheckpointException.Quote(key)} is listed twice");
            at += s.Bytes;
        }
    }

    internal override unsafe Storage Load(StorageRef s)
    {
        if (!offsets.TryGetValue(s.Key, out var offset)) throw new CheckpointException($"the storage {CheckpointException.Quote(s.Key)} is missing from the file");
        if (map is not null && !swap && map.Slice(offset, s.Bytes, s.Unit) is { } mapped) return mapped;
        var storage = StorageReading.Fill(s.Bytes, p => source.Read(offset, p, s.Bytes));
        if (swap) StorageReading.Swap(storage, s.Swap);
        return storage;
    }
}
