using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Flambeau.Formats;

/// <summary>NumPy's <c>.npy</c> and <c>.npz</c> files of numbers (format versions 1 to 3; NEP 1). Arrays of objects are refused: nothing of a file is executed.</summary>
public static partial class NumpyFile
{
    const int MaxHeader = 1 << 20;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether a file begins as a <c>.npy</c> file does.</summary>
    public static bool IsArray(string path)
    {
        using var source = ByteSource.Open(path);
        return IsArray(source);
    }

    static bool IsArray(ByteSource source) => source.Length >= Magic.Length && source.ReadBytes(0, Magic.Length).AsSpan().SequenceEqual(Magic);

    /// <summary>Reads a file: the arrays of a <c>.npz</c> by name, the one of a <c>.npy</c> under the name <c>""</c>.</summary>
    /// <exception cref="CheckpointException">The file is damaged or hostile, or holds something other than numbers.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path) => CheckpointException.Naming(path, () =>
    {
        using var source = ByteSource.Open(path);
        return Read(source);
    });

    /// <summary>Reads a file in memory.</summary>
    /// <exception cref="CheckpointException">As for a file.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(ReadOnlyMemory<byte> bytes) => CheckpointException.Naming("array", () =>
    {
        using var source = ByteSource.Of(bytes);
        return Read(source);
    });

    static OrderedDictionary<string, Tensor> Read(ByteSource source)
    {
        var all = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        if (IsArray(source))
        {
            all.Add("", Array(source));
            return all;
        }
        var zip = new ZipDirectory(source);
        foreach (var e in zip.Entries)
        {
            using var inner = ByteSource.Of(zip.ReadAll(e, System.Array.MaxLength));
            var name = e.Name.EndsWith(".npy", StringComparison.Ordinal) ? e.Name[..^4] : e.Name;
            if (!all.TryAdd(name, Array(inner))) throw new CheckpointException($"the array {CheckpointException.Quote(name)} is there twice");
        }
        return all;
    }

    static unsafe Tensor Array(ByteSource source)
    {
        if (!IsArray(source)) throw new CheckpointException("this is no array: it doesn't begin as a .npy file does");
        var fixedPart = source.ReadBytes(6, (int)Math.Min(6, source.Length - 6));
        if (fixedPart.Length < 6 || fixedPart[0] is < 1 or > 3) throw new CheckpointException("this isn't version 1, 2 or 3 of the .npy format");
        var wide = fixedPart[0] > 1;
        long start = wide ? 12 : 10, length = wide ? BitConverter.ToUInt32([.. fixedPart.AsSpan(2, 4)], 0) : fixedPart[2] | fixedPart[3] << 8;
        if (length > MaxHeader || start + length > source.Length) throw new CheckpointException($"the array's header has {length:N0} bytes, more than there are or than are allowed");
        var header = Encoding.UTF8.GetString(source.ReadBytes(start, (int)length));
        var (descr, order, shape) = (Descr().Match(header), Order().Match(header), Sizes().Match(header));
        if (!descr.Success || !order.Success || !shape.Success)
            throw new CheckpointException($"the array's header {CheckpointException.Quote(header)} doesn't describe plain numbers; save numbers, not objects or records");
        var dtype = new NumpyDType(descr.Groups[2].Value).DType;
        var sizes = shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Number).ToArray();
        Int128 bytes = dtype.Size(), bound = dtype.Size();
        foreach (var s in sizes)
        {
            bytes *= s;
            bound *= Math.Max(s, 1);
            if (bound > long.MaxValue) throw new CheckpointException("the array has more elements than any memory");
        }
        var data = start + length;
        if (source.Length - data < bytes) throw new CheckpointException($"the array needs {bytes} bytes and {source.Length - data:N0} are there: the file is cut short");
        var size = (long)bytes;
        var storage = StorageReading.Fill(size, p => source.Read(data, p, size));
        if (descr.Groups[1].Value == ">" == BitConverter.IsLittleEndian && dtype.Size() > 1) StorageReading.Swap(storage, ArchiveState.Piece(dtype));
        if (dtype == DType.Bool) StorageReading.Normalize(storage, 0, size);
        if (order.Groups[1].Value == "False") return new(storage, new Layout(sizes), dtype);
        System.Array.Reverse(sizes);
        return new Tensor(storage, new Layout(sizes), dtype).Permute([.. Enumerable.Range(0, sizes.Length).Select(i => (long)(sizes.Length - 1 - i))]);
    }

    static long Number(string digits) => long.TryParse(digits.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n
        : throw new CheckpointException($"the array has the size {CheckpointException.Quote(digits)}");

    /// <summary>Writes one array.</summary>
    /// <exception cref="ArgumentException">NumPy has no such dtype: bfloat16.</exception>
    public static void Save(string path, Tensor tensor)
    {
        var bytes = Bytes(tensor);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Writes arrays by name, as <c>numpy.savez</c> does.</summary>
    /// <exception cref="ArgumentException">NumPy has no such dtype: bfloat16; or a name is given twice.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var all = tensors.Select(static t => (Name: t.Key + ".npy", Bytes: Bytes(t.Value))).ToArray();
        if (all.DistinctBy(static t => t.Name).Count() != all.Length) throw new ArgumentException("two arrays have the same name", nameof(tensors));
        AtomicFile.Write(path, stream =>
        {
            var zip = new ZipWriter(stream);
            foreach (var (name, bytes) in all) zip.Add(name, bytes);
            zip.Finish();
        });
    }

    static unsafe byte[] Bytes(Tensor tensor)
    {
        var t = tensor.Detach().To(Device.Cpu).Contiguous();
        var code = t.DType switch
        {
            DType.Bool => "|b1",
            DType.UInt8 => "|u1",
            DType.Int8 => "|i1",
            DType.Int16 => "i2",
            DType.Int32 => "i4",
            DType.Int64 => "i8",
            DType.Float16 => "f2",
            DType.Float32 => "f4",
            DType.Float64 => "f8",
            DType.Complex64 => "c8",
            DType.Complex128 => "c16",
            var d => throw new ArgumentException($"NumPy has no {d.Name()}; convert the tensor with To(DType.Float32), or save it as safetensors", nameof(tensor)),
        };
        if (code[0] != '|') code = (BitConverter.IsLittleEndian ? "<" : ">") + code;
        var shape = string.Concat(t.Shape.Select(static s => s.ToString(CultureInfo.InvariantCulture) + ", "));
        var header = $"{{'descr': '{code}', 'fortran_order': False, 'shape': ({shape.TrimEnd()}), }}";
        header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        var payload = checked((int)(t.Numel * t.DType.Size()));
        var bytes = new byte[10 + header.Length + payload];
        Magic.CopyTo(bytes);
        (bytes[6], bytes[8], bytes[9]) = (1, (byte)header.Length, (byte)(header.Length >> 8));
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(10));
        fixed (byte* p = &t.Kept<byte>()) new ReadOnlySpan<byte>(p, payload).CopyTo(bytes.AsSpan(10 + header.Length));
        GC.KeepAlive(t);
        return bytes;
    }

    [GeneratedRegex(@"'descr'\s*:\s*'([<>|=]?)([a-z][0-9]{1,2})'")]
    private static partial Regex Descr();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex Order();

    [GeneratedRegex(@"'shape'\s*:\s*\(([0-9L,\s]*)\)")]
    private static partial Regex Sizes();
}
