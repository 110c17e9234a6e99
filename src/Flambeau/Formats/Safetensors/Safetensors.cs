using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Flambeau.Formats;

/// <summary>Reads and writes safetensors files (Hugging Face's format: a JSON header, then plain data).</summary>
public static class Safetensors
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="map">
    /// Maps the file, so that its pages come in when first used; writes to the tensors stay private. The file must then not be cut short
    /// while tensors of it live. False reads everything at once.
    /// </param>
    /// <exception cref="CheckpointException">The file is damaged or is no safetensors file.</exception>
    public static SafetensorsFile Load(string path, bool map = true) => CheckpointException.Naming(path, () =>
    {
        using var source = ByteSource.Open(path);
        var header = SafetensorsHeader.Read(source);
        return new SafetensorsFile(header, source, map ? new MappedFile(path) : null);
    });

    /// <summary>Reads a file in memory; the tensors are copies.</summary>
    /// <exception cref="CheckpointException">The bytes are damaged or no safetensors file.</exception>
    public static SafetensorsFile Load(ReadOnlyMemory<byte> bytes) => CheckpointException.Naming("safetensors", () =>
    {
        using var source = ByteSource.Of(bytes);
        return new SafetensorsFile(SafetensorsHeader.Read(source), source, null);
    });

    /// <summary>
    /// Writes tensors, in the order the reference implementation uses (by alignment, then name). Views are written out whole, so shared storage is not kept.
    /// The file appears complete or not at all.
    /// </summary>
    /// <exception cref="ArgumentException">Two tensors have one name, a name is <c>__metadata__</c>, or a dtype is complex128, which the format lacks.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var order = Order(tensors);
        var header = Header(order, metadata);
        AtomicFile.Write(path, stream => Write(stream, header, order));
    }

    /// <summary>Writes the file to a stream; see <see cref="Save(string, IEnumerable{KeyValuePair{string, Tensor}}, IEnumerable{KeyValuePair{string, string}}?)"/>.</summary>
    /// <exception cref="ArgumentException">As there.</exception>
    public static void Save(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var order = Order(tensors);
        Write(stream, Header(order, metadata), order);
    }

    static List<(string Name, Tensor Tensor, string Type)> Order(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        var list = new List<(string Name, Tensor Tensor, string Type, int Order)>();
        foreach (var (name, tensor) in tensors)
        {
            _ = utf8.GetByteCount(name);
            if (!names.Add(name)) throw new ArgumentException($"the name '{name}' is {(name == "__metadata__" ? "reserved by the format" : "given to two tensors")}", nameof(tensors));
            var (type, order) = SafetensorsHeader.TypeOf(tensor.DType) ?? throw new ArgumentException(
                $"tensor '{name}' is {tensor.DType.Name()}, which safetensors files can't hold; save it as complex64, or real and imaginary part by themselves", nameof(tensors));
            list.Add((name, tensor, type, order));
        }
        list.Sort(static (a, b) => a.Order != b.Order ? b.Order.CompareTo(a.Order) : string.CompareOrdinal(a.Name, b.Name));
        return list.ConvertAll(static t => (t.Name, t.Tensor, t.Type));
    }

    static byte[] Header(List<(string Name, Tensor Tensor, string Type)> tensors, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is not null) WriteMetadata(json, metadata);
            long at = 0;
            foreach (var (name, tensor, type) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (var s in tensor.Layout.Sizes) json.WriteNumberValue(s);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                at = checked(at + tensor.Numel * tensor.DType.Size());
                json.WriteNumberValue(at);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        var padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(8)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        var header = buffer.WrittenSpan.ToArray();
        if (header.Length - 8 > SafetensorsHeader.MaxLength) throw new ArgumentException($"names and metadata make a header of {header.Length - 8:N0} bytes; the format allows {SafetensorsHeader.MaxLength:N0}", nameof(tensors));
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }

    static void WriteMetadata(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata)
        {
            if (!names.Add(key)) throw new ArgumentException($"the metadata has the key '{key}' twice", nameof(metadata));
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }

    static unsafe void Write(Stream stream, byte[] header, List<(string Name, Tensor Tensor, string Type)> tensors)
    {
        stream.Write(header);
        foreach (var (_, tensor, _) in tensors)
        {
            var t = tensor.Detach().To(Device.Cpu).Contiguous();
            var bytes = t.Numel * t.DType.Size();
            if (!BitConverter.IsLittleEndian)
            {
                t = t.Clone();
                StorageReading.Swap(t.Storage, t.DType == DType.Complex64 ? 4 : t.DType.Size());
            }
            fixed (byte* p = &t.Kept<byte>())
            {
                for (long done = 0; done < bytes; done += 1 << 26) stream.Write(new ReadOnlySpan<byte>(p + done, (int)Math.Min(bytes - done, 1 << 26)));
            }
            GC.KeepAlive(t);
        }
    }
}
