using System.Buffers.Binary;
using System.IO.Compression;

namespace Flambeau.Data;

/// <summary>
/// Reads arrays of bytes in the IDX format of the MNIST files (LeCun, Cortes and Burges, "The MNIST database of handwritten digits"):
/// two zero bytes, an element type, the number of axes, a big-endian 32-bit size for each, then the elements. Gzip is recognised
/// by its content, whatever the name of the file.
/// </summary>
public static class IdxFile
{
    const int MaxAxes = 8, Chunk = 1 << 20;

    /// <summary>Reads a file, gzipped or not.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The sizes of the axes, and the elements in row-major order.</returns>
    /// <exception cref="InvalidDataException">The file is no IDX file of unsigned bytes, is cut short, or goes on after its last element.</exception>
    public static (int[] Shape, byte[] Elements) Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <summary>Reads from a seekable stream, gzipped or not; memory grows with the bytes that arrive, not with what the header claims.</summary>
    /// <param name="source">The stream, at the first byte of the array.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <returns>The sizes of the axes, and the elements in row-major order.</returns>
    /// <exception cref="InvalidDataException">As for a file.</exception>
    public static (int[] Shape, byte[] Elements) Read(Stream source, string name)
    {
        Span<byte> magic = stackalloc byte[2];
        var start = source.Position;
        var gzip = source.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        source.Position = start;
        using var unzipped = gzip ? new GZipStream(source, CompressionMode.Decompress, leaveOpen: true) : null;
        try
        {
            return Parse(unzipped ?? source, name);
        }
        catch (InvalidDataException bad) when (gzip && !bad.Message.StartsWith(name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{name}: the gzip data is damaged ({bad.Message}) Download the file again.", bad);
        }
    }

    static (int[], byte[]) Parse(Stream stream, string name)
    {
        Span<byte> head = stackalloc byte[4 + 4 * MaxAxes];
        if (stream.ReadAtLeast(head[..4], 4, throwOnEndOfStream: false) < 4)
            throw Bad(name, "ends within its first 4 bytes", "it is empty or its download was cut short");
        if (head[0] != 0 || head[1] != 0)
            throw Bad(name, $"starts with bytes {Convert.ToHexString(head[..4])}, where IDX has 0000 and a type",
                "it is not an IDX file; a saved web page is a common cause");
        if (head[2] != 0x08)
            throw Bad(name, $"holds elements of type 0x{head[2]:X2}", "only unsigned bytes (0x08), the type of MNIST and its relatives, are read");
        var axes = (int)head[3];
        if (axes is 0 or > MaxAxes)
            throw Bad(name, $"claims {axes} axes", $"1 to {MaxAxes} are expected");
        var sizes = head.Slice(4, 4 * axes);
        if (stream.ReadAtLeast(sizes, sizes.Length, throwOnEndOfStream: false) < sizes.Length)
            throw Bad(name, $"ends within the sizes of its {axes} axes", "its download was cut short");

        var shape = new int[axes];
        long total = 1;
        for (var axis = 0; axis < axes; axis++)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(sizes[(4 * axis)..]);
            total = size == 0 || total == 0 ? 0 : total > Array.MaxLength / size ? long.MaxValue : total * size;
            shape[axis] = (int)Math.Min(size, int.MaxValue);
            if (size > int.MaxValue || total > Array.MaxLength)
                throw Bad(name, $"claims {size} elements on axis {axis}", $"more than the {Array.MaxLength} bytes an array can hold: the header is damaged");
        }
        return (shape, Body(stream, name, shape, (int)total));
    }

    static byte[] Body(Stream stream, string name, int[] shape, int total)
    {
        var elements = new byte[Math.Min(total, Chunk)];
        var have = 0;
        while (true)
        {
            have += stream.ReadAtLeast(elements.AsSpan(have), elements.Length - have, throwOnEndOfStream: false);
            if (have < elements.Length)
                throw Bad(name, $"has {have} bytes of elements, but its header says {string.Join("x", shape)} = {total}", "its download was cut short");
            if (have == total) break;
            Array.Resize(ref elements, (int)Math.Min(total, 2L * elements.Length));
        }
        return stream.ReadByte() < 0
            ? elements
            : throw Bad(name, $"goes on after the {string.Join("x", shape)} = {total} bytes that its header says", "the header is damaged");
    }

    static InvalidDataException Bad(string name, string found, string likely) => new($"{name}: the file {found}; {likely}.");
}
