using System.Buffers.Binary;

namespace Flambeau.Formats;

/// <summary>Buffered forward reading of a part of a source, little-endian.</summary>
internal sealed class ByteCursor(ByteSource source, long position, long end)
{
    readonly byte[] buffer = new byte[(int)Math.Clamp(end - position, 1, 1 << 14)];
    long start = position; // where the buffer begins in the source
    int at, filled;

    internal long Position => start + at;

    internal long Remaining => end - Position;

    internal byte Byte() => Take(1)[0];

    internal ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    internal uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    internal double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>The next bytes, in a buffer of their own; the count is checked against what is left before anything is allocated.</summary>
    internal byte[] Bytes(ulong count, long limit)
    {
        if (count > (ulong)Remaining || count > (ulong)limit)
            throw new CheckpointException($"a string of {count:N0} bytes is announced where {Remaining:N0} bytes are left (and {limit:N0} are allowed)");
        var bytes = new byte[count];
        var have = Math.Min(bytes.Length, filled - at);
        buffer.AsSpan(at, have).CopyTo(bytes);
        at += have;
        if (have < bytes.Length)
        {
            source.Read(Position, bytes.AsSpan(have));
            Jump(Position + bytes.Length - have);
        }
        return bytes;
    }

    /// <summary>The bytes up to a newline, which is taken too.</summary>
    internal byte[] Line(int limit)
    {
        var line = new List<byte>();
        for (; ; )
        {
            var b = Byte();
            if (b == (byte)'\n') return [.. line];
            if (line.Count >= limit) throw new CheckpointException($"a line of text is longer than {limit:N0} bytes");
            line.Add(b);
        }
    }

    internal void Jump(long to) => (start, at, filled) = (to, 0, 0);

    ReadOnlySpan<byte> Take(int count)
    {
        if (filled - at < count)
        {
            if (Remaining < count) throw new CheckpointException($"the data ends in the middle of something at byte {Position:N0}");
            var from = Position;
            var n = (int)Math.Min(buffer.Length, end - from);
            if (n < count) throw new CheckpointException($"the data ends in the middle of something at byte {from:N0}");
            source.Read(from, buffer.AsSpan(0, n));
            (start, at, filled) = (from, 0, n);
        }
        at += count;
        return buffer.AsSpan(at - count, count);
    }
}
