using System.Buffers.Binary;
using System.Text;

namespace Flambeau.Formats;

/// <summary>
/// Writes stored zip entries whose data begin at multiples of 64 bytes, so that readers can map them; zip64 where sizes need it.
/// The alignment is an extra field 'FB', as PyTorch writes it. The same content always gives the same bytes.
/// </summary>
internal sealed class ZipWriter(Stream stream)
{
    const int Alignment = 64;
    const ushort Utf8 = 0x0800, Date1980 = 0x0021;

    readonly List<(byte[] Name, uint Crc, long Size, long Header)> entries = [];
    long position;

    internal unsafe void Add(string name, ReadOnlySpan<byte> data)
    {
        fixed (byte* p = data) Add(name, p, data.Length);
    }

    internal unsafe void Add(string name, byte* data, long size)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        var crc = Crc32.Append(0, data, size);
        entries.Add((utf8, crc, size, position));
        Header(utf8, crc, size);
        for (long done = 0; done < size; done += 1 << 26) Write(new ReadOnlySpan<byte>(data + done, (int)Math.Min(size - done, 1 << 26)));
    }

    void Header(byte[] name, uint crc, long size)
    {
        var wide = size >= uint.MaxValue;
        var fixedPart = 30 + name.Length + (wide ? 20 : 0) + 4;
        var padding = (int)(-(position + fixedPart) & (Alignment - 1));
        var h = new byte[fixedPart + padding];
        var s = h.AsSpan();
        U32(s, 0x04034b50);
        U16(s[4..], wide ? 45 : 20);
        U16(s[6..], Utf8);
        U16(s[12..], Date1980);
        U32(s[14..], crc);
        U32(s[18..], Narrow(size));
        U32(s[22..], Narrow(size));
        U16(s[26..], name.Length);
        U16(s[28..], h.Length - 30 - name.Length);
        name.CopyTo(s[30..]);
        s = s[(30 + name.Length)..];
        if (wide)
        {
            U16(s, 1);
            U16(s[2..], 16);
            I64(s[4..], size);
            I64(s[12..], size);
            s = s[20..];
        }
        U16(s, 0x4246);
        U16(s[2..], padding);
        s[4..].Fill((byte)'Z');
        Write(h);
    }

    /// <summary>Writes the table of contents; nothing may be added after it.</summary>
    internal void Finish()
    {
        var start = position;
        foreach (var (name, crc, size, header) in entries) Central(name, crc, size, header);
        var length = position - start;
        Span<byte> end = stackalloc byte[56 + 20 + 22];
        end.Clear();
        var wide = entries.Count >= ushort.MaxValue || start >= uint.MaxValue || length >= uint.MaxValue;
        if (wide)
        {
            U32(end, 0x06064b50);
            I64(end[4..], 44);
            U16(end[12..], 45);
            U16(end[14..], 45);
            I64(end[24..], entries.Count);
            I64(end[32..], entries.Count);
            I64(end[40..], length);
            I64(end[48..], start);
            U32(end[56..], 0x07064b50);
            I64(end[64..], position);
            U32(end[72..], 1);
        }
        var e = end[76..];
        var count = Math.Min(entries.Count, ushort.MaxValue);
        U32(e, 0x06054b50);
        U16(e[8..], count);
        U16(e[10..], count);
        U32(e[12..], Narrow(length));
        U32(e[16..], Narrow(start));
        Write(wide ? end : e);
    }

    void Central(byte[] name, uint crc, long size, long header)
    {
        var extra = (size >= uint.MaxValue ? 16 : 0) + (header >= uint.MaxValue ? 8 : 0);
        var h = new byte[46 + name.Length + (extra > 0 ? extra + 4 : 0)];
        var s = h.AsSpan();
        U32(s, 0x02014b50);
        U16(s[4..], extra > 0 ? 45 : 20);
        U16(s[6..], extra > 0 ? 45 : 20);
        U16(s[8..], Utf8);
        U16(s[14..], Date1980);
        U32(s[16..], crc);
        U32(s[20..], Narrow(size));
        U32(s[24..], Narrow(size));
        U16(s[28..], name.Length);
        U16(s[30..], h.Length - 46 - name.Length);
        U32(s[42..], Narrow(header));
        name.CopyTo(s[46..]);
        if (extra > 0)
        {
            s = s[(46 + name.Length)..];
            U16(s, 1);
            U16(s[2..], extra);
            s = s[4..];
            if (size >= uint.MaxValue)
            {
                I64(s, size);
                I64(s[8..], size);
                s = s[16..];
            }
            if (header >= uint.MaxValue) I64(s, header);
        }
        Write(h);
    }

    void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        position += bytes.Length;
    }

    static uint Narrow(long v) => v >= uint.MaxValue ? uint.MaxValue : (uint)v;

    static void U16(Span<byte> s, int v) => BinaryPrimitives.WriteUInt16LittleEndian(s, (ushort)v);

    static void U32(Span<byte> s, uint v) => BinaryPrimitives.WriteUInt32LittleEndian(s, v);

    static void I64(Span<byte> s, long v) => BinaryPrimitives.WriteInt64LittleEndian(s, v);
}
