using System.Buffers.Binary;

namespace Flambeau.Formats;

/// <summary>The checksum of zip files, eight bytes a step (Kounavis and Berry, "Novel table lookup-based algorithms for high-performance CRC generation", 2008).</summary>
internal static class Crc32
{
    static readonly uint[] table = Build();

    static uint[] Build()
    {
        var t = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            var c = i;
            for (var k = 0; k < 8; k++) c = (c & 1) != 0 ? (c >> 1) ^ 0xEDB88320u : c >> 1;
            t[i] = c;
        }
        for (var i = 256; i < t.Length; i++) t[i] = (t[i - 256] >> 8) ^ t[t[i - 256] & 0xFF];
        return t;
    }

    /// <summary>Continues a checksum; start with 0.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var t = table;
        var c = ~crc;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var lo = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ c;
            var hi = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            c = t[(7 * 256) + (lo & 0xFF)] ^ t[(6 * 256) + ((lo >> 8) & 0xFF)] ^ t[(5 * 256) + ((lo >> 16) & 0xFF)] ^ t[(4 * 256) + (lo >> 24)]
              ^ t[(3 * 256) + (hi & 0xFF)] ^ t[(2 * 256) + ((hi >> 8) & 0xFF)] ^ t[256 + ((hi >> 16) & 0xFF)] ^ t[hi >> 24];
        }
        foreach (var b in bytes) c = t[(byte)(c ^ b)] ^ (c >> 8);
        return ~c;
    }

    internal static unsafe uint Append(uint crc, byte* bytes, long count)
    {
        for (long done = 0; done < count; done += 1 << 26)
        {
            crc = Append(crc, new ReadOnlySpan<byte>(bytes + done, (int)Math.Min(count - done, 1 << 26)));
        }
        return crc;
    }
}
