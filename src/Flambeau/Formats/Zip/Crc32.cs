using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmCrc = System.Runtime.Intrinsics.Arm.Crc32;

namespace Flambeau.Formats;

/// <summary>
/// The checksum of zip files: by carry-less multiplication on x64 (Gopal et al., "Fast CRC computation for generic polynomials using
/// PCLMULQDQ", 2009), by the instruction made for it on arm64, else eight bytes a step by tables (Kounavis and Berry, "Novel table
/// lookup-based algorithms for high-performance CRC generation", 2008).
/// </summary>
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
        var c = ~crc;
        if (Pclmulqdq.IsSupported && bytes.Length >= 128) c = Fold(c, ref bytes);
        return ~(ArmCrc.Arm64.IsSupported ? Instruction(c, bytes) : Tables(c, bytes));
    }

    internal static unsafe uint Append(uint crc, byte* bytes, long count)
    {
        for (long done = 0; done < count; done += 1 << 26)
        {
            crc = Append(crc, new ReadOnlySpan<byte>(bytes + done, (int)Math.Min(count - done, 1 << 26)));
        }
        return crc;
    }

    /// <summary>The state after these bytes, from the state before them (both without the final inversion).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static uint Tables(uint c, ReadOnlySpan<byte> bytes)
    {
        var t = table;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var lo = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ c;
            var hi = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            c = t[(7 * 256) + (lo & 0xFF)] ^ t[(6 * 256) + ((lo >> 8) & 0xFF)] ^ t[(5 * 256) + ((lo >> 16) & 0xFF)] ^ t[(4 * 256) + (lo >> 24)]
              ^ t[(3 * 256) + (hi & 0xFF)] ^ t[(2 * 256) + ((hi >> 8) & 0xFF)] ^ t[256 + ((hi >> 16) & 0xFF)] ^ t[hi >> 24];
        }
        foreach (var b in bytes) c = t[(byte)(c ^ b)] ^ (c >> 8);
        return c;
    }

    static uint Instruction(uint c, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..]) c = ArmCrc.Arm64.ComputeCrc32(c, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) c = ArmCrc.ComputeCrc32(c, b);
        return c;
    }

    /// <summary>Takes all whole 16-byte pieces, four at a time: what they leave of the message is 16 bytes with the same remainder.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static uint Fold(uint c, ref ReadOnlySpan<byte> bytes)
    {
        // x^(512+32), x^(512-32), then x^(128+32), x^(128-32), modulo the polynomial, bits reversed
        var by4 = Vector128.Create(0x0154442bd4UL, 0x01c6e41596UL);
        var by1 = Vector128.Create(0x01751997d0UL, 0x00ccaa009eUL);
        var v = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var (a, b, d, e) = (v[0] ^ Vector128.CreateScalar((ulong)c), v[1], v[2], v[3]);
        var i = 4;
        for (; i + 4 <= v.Length; i += 4)
        {
            a = Shift(a, by4) ^ v[i];
            b = Shift(b, by4) ^ v[i + 1];
            d = Shift(d, by4) ^ v[i + 2];
            e = Shift(e, by4) ^ v[i + 3];
        }
        a = Shift(a, by1) ^ b;
        a = Shift(a, by1) ^ d;
        a = Shift(a, by1) ^ e;
        for (; i < v.Length; i++) a = Shift(a, by1) ^ v[i];
        bytes = bytes[(v.Length * 16)..];
        Span<byte> rest = stackalloc byte[16];
        a.AsByte().CopyTo(rest);
        return Tables(0, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<ulong> Shift(Vector128<ulong> x, Vector128<ulong> k) =>
        Pclmulqdq.CarrylessMultiply(x, k, 0x00) ^ Pclmulqdq.CarrylessMultiply(x, k, 0x11);
}
