using System.Buffers.Binary;
using System.IO.Compression;

namespace Flambeau.Tests.Cli;

/// <summary>Writes pictures, for the tests that read them.</summary>
static class PictureFiles
{
    const int JpegBlock = 8, DcCodeBits = 4;

    /// <summary>A baseline JPEG that shows each given pixel (gray) as a square of 8×8: every block has a mean and nothing else.</summary>
    internal static byte[] Jpeg(byte[] gray, int width, int height)
    {
        byte[] size = [(byte)(height * JpegBlock >> 8), (byte)(height * JpegBlock), (byte)(width * JpegBlock >> 8), (byte)(width * JpegBlock)];
        byte[] twelveCodesOfFourBits = [0, 0, 0, 12, .. new byte[12]], oneCodeOfOneBit = [1, .. new byte[15]];
        return
        [
            0xFF, 0xD8,
            .. Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]),
            .. Segment(0xC0, [8, .. size, 1, 1, 0x11, 0]),
            .. Segment(0xC4, [0x00, .. twelveCodesOfFourBits, .. Enumerable.Range(0, 12).Select(static c => (byte)c)]),
            .. Segment(0xC4, [0x10, .. oneCodeOfOneBit, 0]),
            .. Segment(0xDA, [1, 1, 0x00, 0, 63, 0]),
            .. Blocks(gray),
            0xFF, 0xD9,
        ];
    }

    static byte[] Segment(byte marker, byte[] body) => [0xFF, marker, (byte)(body.Length + 2 >> 8), (byte)(body.Length + 2), .. body];

    // The mean of a block is written as its difference from the last one's: the number of its bits, then the bits; then "no more".
    static byte[] Blocks(byte[] gray)
    {
        var bytes = new List<byte>();
        int held = 0, count = 0, last = 0;
        void Put(int value, int bits)
        {
            while (bits-- > 0)
            {
                held = held << 1 | value >> bits & 1;
                if (++count < 8) continue;
                bytes.Add((byte)held);
                if (held == 0xFF) bytes.Add(0); // or it would begin a marker
                (held, count) = (0, 0);
            }
        }
        foreach (var pixel in gray)
        {
            var mean = 8 * (pixel - 128);
            var difference = mean - last;
            var bits = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)Math.Abs(difference));
            Put(bits, DcCodeBits);
            Put(difference < 0 ? difference - 1 : difference, bits);
            Put(0, 1);
            last = mean;
        }
        while (count != 0) Put(1, 1);
        return [.. bytes];
    }

    /// <summary>A PNG of [height, width, 4] bytes.</summary>
    internal static byte[] Png(byte[] rgba, int width, int height)
    {
        var rows = new MemoryStream();
        using (var deflate = new ZLibStream(rows, CompressionLevel.Optimal, leaveOpen: true))
            for (var y = 0; y < height; y++)
            {
                deflate.WriteByte(0);
                deflate.Write(rgba, y * width * 4, width * 4);
            }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 6);
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, rows.ToArray()), .. Chunk("IEND"u8, [])];
    }

    static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] length = new byte[4], check = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        byte[] body = [.. type, .. data];
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc(body));
        return [.. length, .. body, .. check];
    }

    static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
