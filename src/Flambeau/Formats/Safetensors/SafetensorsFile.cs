using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Flambeau.Formats;

/// <summary>
/// The tensors of a safetensors file by name. It lists every tensor; one of a dtype Flambeau lacks is refused only when asked for.
/// Needs no disposal.
/// </summary>
public sealed class SafetensorsFile : IReadOnlyDictionary<string, Tensor>
{
    readonly Dictionary<string, SafetensorsEntry> entries;
    readonly Dictionary<string, Tensor> tensors;
    readonly List<string> names;

    internal SafetensorsFile(SafetensorsHeader header, ByteSource source, MappedFile? map)
    {
        entries = header.Entries.ToDictionary(static e => e.Name, StringComparer.Ordinal);
        names = [.. header.Entries.Select(static e => e.Name)];
        Metadata = header.Metadata;
        tensors = new(StringComparer.Ordinal);
        foreach (var e in header.Entries)
        {
            if (e.DType is { } dtype) tensors.Add(e.Name, Make(e, dtype, source, map));
        }
    }

    static unsafe Tensor Make(SafetensorsEntry e, DType dtype, ByteSource source, MappedFile? map)
    {
        var bytes = e.End - e.Begin;
        var storage = BitConverter.IsLittleEndian ? map?.Slice(e.Begin, bytes, dtype.Size()) : null;
        if (storage is null)
        {
            storage = StorageReading.Fill(bytes, p => source.Read(e.Begin, p, bytes));
            if (!BitConverter.IsLittleEndian) StorageReading.Swap(storage, dtype == DType.Complex64 ? 4 : dtype.Size());
        }
        if (dtype == DType.Bool) StorageReading.Normalize(storage, 0, bytes);
        return new(storage, new Layout(e.Sizes), dtype);
    }

    /// <summary>Strings the writer left beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    /// <exception cref="CheckpointException">Its dtype is one Flambeau has no tensors of; the message names it.</exception>
    public Tensor this[string key] => tensors.TryGetValue(key, out var t) ? t
        : entries.TryGetValue(key, out var e) ? throw Unsupported(e)
        : throw new KeyNotFoundException($"the file has no tensor {CheckpointException.Quote(key)}; it has {PyKeys.Join(names)}");

    static CheckpointException Unsupported(SafetensorsEntry e) => new(
        $"tensor {CheckpointException.Quote(e.Name)} has dtype {CheckpointException.Quote(e.Type)}, of which Flambeau has no tensors; convert it to BOOL, U8, I8, I16, I32, I64, F16, BF16, F32, F64 or C64 before saving");

    /// <summary>Names in the order of the header.</summary>
    public IEnumerable<string> Keys => names;

    /// <summary>Tensors in the order of <see cref="Keys"/>.</summary>
    public IEnumerable<Tensor> Values => names.Select(n => this[n]);

    /// <inheritdoc/>
    public int Count => names.Count;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => entries.ContainsKey(key);

    /// <summary>False if there is no such name; a tensor of an unsupported dtype throws.</summary>
    /// <exception cref="CheckpointException">The tensor exists, but its dtype is one Flambeau has no tensors of.</exception>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value)
    {
        value = null;
        if (!entries.ContainsKey(key)) return false;
        value = this[key];
        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => names.Select(n => KeyValuePair.Create(n, this[n])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
