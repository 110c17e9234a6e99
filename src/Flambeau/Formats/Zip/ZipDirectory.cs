using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Flambeau.Formats;

/// <summary>One file inside a zip. The name is only ever a key; it is never used as a path.</summary>
internal sealed record ZipEntry(string Name, int Method, uint Crc, long Packed, long Size, long Header)
{
    internal const int Stored = 0, Deflated = 8;
}

/// <summary>
/// The table of contents of a zip or zip64 file (PKWARE APPNOTE 6.3.9), read without trust: sizes must fit the file, entries must not overlap,
/// and nothing is unpacked beyond what its compressed bytes can hold.
/// </summary>
internal sealed class ZipDirectory
{
    const int MaxDirectory = 1 << 28;
    const long FreeExpansion = 1L << 30, MaxRatio = 64;

    readonly ByteSource source;
    readonly bool verify;
    readonly Dictionary<string, ZipEntry> entries = new(StringComparer.Ordinal);
    readonly List<ZipEntry> order = [];
    readonly Dictionary<long, long> ends = [];

    internal IReadOnlyList<ZipEntry> Entries => order;

    internal ZipEntry? Find(string name) => entries.GetValueOrDefault(name);

    internal ZipDirectory(ByteSource source, bool verifyChecksums = true)
    {
        this.source = source;
        verify = verifyChecksums;
        var (offset, size, count) = Locate();
        if (size > MaxDirectory) throw new CheckpointException($"the zip's table of contents takes {size:N0} bytes, {MaxDirectory:N0} are allowed");
        if (offset > source.Length || size > source.Length - offset) throw new CheckpointException("the zip's table of contents lies outside the file; it is cut short");
        var table = source.ReadBytes(offset, (int)size);
        ReadOnlySpan<byte> rest = table;
        for (long i = 0; i < count; i++) Add(ref rest, offset);
        RefuseOverlap(offset);
    }

    (long Offset, long Size, long Count) Locate()
    {
        var n = (int)Math.Min(source.Length, 22 + 65535);
        var tail = source.ReadBytes(source.Length - n, n);
        for (var i = n - 22; i >= 0; i--)
        {
            var s = tail.AsSpan(i);
            if (U32(s) != 0x06054b50 || U16(s[20..]) > s.Length - 22) continue;
            if (U16(s[4..]) is not (0 or 0xFFFF) || U16(s[8..]) != U16(s[10..])) throw new CheckpointException("the zip is split over several disks, which isn't supported");
            var end = source.Length - n + i;
            var wide = end >= 20 ? source.ReadBytes(end - 20, 20) : [];
            if (wide.Length == 20 && U32(wide) == 0x07064b50) return Locate64(wide);
            return (U32(s[16..]), U32(s[12..]), U16(s[10..]));
        }
        throw new CheckpointException("the zip has no table of contents at its end; the file is cut short, or isn't a zip");
    }

    (long Offset, long Size, long Count) Locate64(ReadOnlySpan<byte> locator)
    {
        var end = source.ReadBytes(I64(locator[8..]), 56).AsSpan();
        if (U32(end) != 0x06064b50) throw new CheckpointException("the zip64 record at the end of the file is damaged");
        return (I64(end[48..]), I64(end[40..]), I64(end[32..]));
    }

    void Add(ref ReadOnlySpan<byte> table, long directory)
    {
        if (table.Length < 46 || U32(table) != 0x02014b50) throw new CheckpointException($"the zip's table of contents is damaged after {order.Count} entries");
        int nameLength = U16(table[28..]), extraLength = U16(table[30..]), comment = U16(table[32..]);
        if (table.Length < 46 + nameLength + extraLength + comment) throw new CheckpointException($"the zip's table of contents is damaged after {order.Count} entries");
        var name = Encoding.UTF8.GetString(table.Slice(46, nameLength));
        long size = U32(table[24..]), packed = U32(table[20..]), header = U32(table[42..]);
        Widen(table.Slice(46 + nameLength, extraLength), ref size, ref packed, ref header);
        if ((U16(table[8..]) & 1) != 0) throw new CheckpointException($"zip entry {CheckpointException.Quote(name)} is encrypted, which isn't supported");
        if (header > directory - 30 - nameLength || packed > directory - 30 - nameLength - header)
            throw new CheckpointException($"zip entry {CheckpointException.Quote(name)} reaches outside the file");
        var entry = new ZipEntry(name, U16(table[10..]), U32(table[16..]), packed, size, header);
        if (!entries.TryAdd(name, entry)) throw new CheckpointException($"zip entry {CheckpointException.Quote(name)} appears twice");
        order.Add(entry);
        table = table[(46 + nameLength + extraLength + comment)..];
    }

    static void Widen(ReadOnlySpan<byte> extra, ref long size, ref long packed, ref long header)
    {
        while (extra.Length >= 4)
        {
            int id = U16(extra), length = U16(extra[2..]);
            if (length > extra.Length - 4) break;
            if (id == 1)
            {
                var field = extra.Slice(4, length);
                size = Wide(ref field, size);
                packed = Wide(ref field, packed);
                header = Wide(ref field, header);
                return;
            }
            extra = extra[(4 + length)..];
        }

        static long Wide(ref ReadOnlySpan<byte> field, long value)
        {
            if (value != uint.MaxValue) return value;
            if (field.Length < 8) throw new CheckpointException("a zip64 size is missing from the zip's table of contents");
            value = I64(field);
            field = field[8..];
            return value;
        }
    }

    void RefuseOverlap(long directory)
    {
        var next = directory;
        foreach (var e in order.OrderByDescending(static e => e.Header))
        {
            if (e.Header + 30 + e.Name.Length > next - e.Packed) throw new CheckpointException($"zip entry {CheckpointException.Quote(e.Name)} overlaps another one; the file is damaged or hostile");
            ends[e.Header] = next;
            next = e.Header;
        }
    }

    /// <summary>Where an entry's bytes begin.</summary>
    internal long DataOffset(ZipEntry e)
    {
        Span<byte> local = stackalloc byte[30];
        source.Read(e.Header, local);
        var offset = e.Header + 30 + U16(local[26..]) + U16(local[28..]);
        if (U32(local) != 0x04034b50 || offset > ends[e.Header] - e.Packed) throw new CheckpointException($"zip entry {CheckpointException.Quote(e.Name)} has a damaged header");
        return offset;
    }

    /// <summary>A whole entry of moderate size.</summary>
    internal unsafe byte[] ReadAll(ZipEntry e, int limit)
    {
        if (e.Size > limit) throw new CheckpointException($"zip entry {CheckpointException.Quote(e.Name)} has {e.Size:N0} bytes, {limit:N0} are allowed");
        Check(e);
        var bytes = new byte[e.Size];
        fixed (byte* p = bytes) Unpack(e, p);
        return bytes;
    }

    /// <summary>Refuses an entry whose sizes can't be true, before memory for it is taken.</summary>
    internal static void Check(ZipEntry e)
    {
        if (e.Method == ZipEntry.Stored ? e.Size == e.Packed : e.Method == ZipEntry.Deflated && (e.Size <= FreeExpansion || e.Size / MaxRatio <= e.Packed) && e.Size / 1040 <= e.Packed) return;
        throw new CheckpointException(e.Method is ZipEntry.Stored or ZipEntry.Deflated
            ? $"zip entry {CheckpointException.Quote(e.Name)} claims that {e.Packed:N0} bytes unpack to {e.Size:N0}; the file is damaged or hostile"
            : $"zip entry {CheckpointException.Quote(e.Name)} is packed with method {e.Method}; only stored (0) and deflated (8) entries are supported");
    }

    /// <summary>Unpacks an entry into memory of exactly its size.</summary>
    internal unsafe void Unpack(ZipEntry e, byte* destination)
    {
        Check(e);
        var offset = DataOffset(e);
        if (e.Method == ZipEntry.Stored)
        {
            source.Read(offset, destination, e.Size);
        }
        else
        {
            try
            {
                Inflate(e, offset, destination);
            }
            catch (InvalidDataException error)
            {
                throw new CheckpointException($"zip entry {CheckpointException.Quote(e.Name)} has damaged compressed data", error);
            }
        }
        if (verify && Crc32.Append(0, destination, e.Size) != e.Crc)
        {
            throw new CheckpointException($"zip entry {CheckpointException.Quote(e.Name)} doesn't match its checksum: the file is damaged. "
                + "A file written with torch.serialization.set_crc32_options(False) has no true checksums: load it with VerifyChecksums = false.");
        }
    }

    unsafe void Inflate(ZipEntry e, long offset, byte* destination)
    {
        using var inflate = new DeflateStream(new SourceStream(source, offset, e.Packed), CompressionMode.Decompress);
        for (long done = 0; done < e.Size;)
        {
            var n = inflate.Read(new Span<byte>(destination + done, (int)Math.Min(e.Size - done, 1 << 26)));
            if (n == 0) throw new CheckpointException($"zip entry {CheckpointException.Quote(e.Name)} unpacks to {done:N0} bytes, {e.Size:N0} were announced");
            done += n;
        }
        if (inflate.ReadByte() >= 0) throw new CheckpointException($"zip entry {CheckpointException.Quote(e.Name)} unpacks to more than the announced {e.Size:N0} bytes");
    }

    static int U16(ReadOnlySpan<byte> s) => BinaryPrimitives.ReadUInt16LittleEndian(s);

    static uint U32(ReadOnlySpan<byte> s) => BinaryPrimitives.ReadUInt32LittleEndian(s);

    static long I64(ReadOnlySpan<byte> s)
    {
        var v = BinaryPrimitives.ReadInt64LittleEndian(s);
        return v >= 0 ? v : throw new CheckpointException("a 64-bit size in the zip's table of contents is out of range");
    }
}
