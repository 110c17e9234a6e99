using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text.Json;

namespace Flambeau.Formats;

/// <summary>One tensor as a safetensors header describes it. Offsets count from the start of the file.</summary>
internal sealed record SafetensorsEntry(string Name, string Type, DType? DType, long[] Sizes, long Begin, long End);

/// <summary>
/// The header of a safetensors file, checked in full before any tensor is touched: a length that fits, JSON without duplicates or strange fields,
/// ranges that follow each other without hole or overlap to the end of the file, and sizes that agree with shape and dtype.
/// </summary>
internal sealed class SafetensorsHeader
{
    internal const int MaxLength = 100_000_000;
    const int MaxRank = 64;

    /// <summary>Known dtypes in the format's own order, with their bits; those without a <see cref="DType"/> can be listed but not loaded.</summary>
    static readonly (string Name, int Bits, DType? DType)[] types =
    [
        ("BOOL", 8, DType.Bool), ("F4", 4, null), ("F6_E2M3", 6, null), ("F6_E3M2", 6, null), ("U8", 8, DType.UInt8), ("I8", 8, DType.Int8),
        ("F8_E5M2", 8, null), ("F8_E4M3", 8, null), ("F8_E8M0", 8, null), ("I16", 16, DType.Int16), ("U16", 16, null), ("F16", 16, DType.Float16),
        ("BF16", 16, DType.BFloat16), ("I32", 32, DType.Int32), ("U32", 32, null), ("F32", 32, DType.Float32), ("C64", 64, DType.Complex64),
        ("F64", 64, DType.Float64), ("I64", 64, DType.Int64), ("U64", 64, null), ("F8_E4M3FNUZ", 8, null), ("F8_E5M2FNUZ", 8, null),
    ];

    static readonly FrozenDictionary<string, (int Bits, DType? DType)> byName = types.ToFrozenDictionary(static t => t.Name, static t => (t.Bits, t.DType), StringComparer.Ordinal);

    internal List<SafetensorsEntry> Entries { get; } = [];

    internal Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The format's name of a dtype and its rank in the order of writing, or null when the format has none.</summary>
    internal static (string Name, int Order)? TypeOf(DType dtype)
    {
        var i = Array.FindIndex(types, t => t.DType == dtype);
        return i < 0 ? null : (types[i].Name, i);
    }

    internal static SafetensorsHeader Read(ByteSource source)
    {
        if (source.Length < 8) throw new CheckpointException($"this is no safetensors file: it has {source.Length} bytes, and the header's length alone takes 8");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(source.ReadBytes(0, 8));
        if (length > MaxLength) throw new CheckpointException($"this is no safetensors file, or a hostile one: its header would have {length:N0} bytes, {MaxLength:N0} are allowed");
        if ((long)length > source.Length - 8) throw new CheckpointException($"the file is cut short: its header should have {length:N0} bytes and {source.Length - 8:N0} are left");
        var json = source.ReadBytes(8, (int)length);
        if (json.Length == 0 || json[0] != '{') throw new CheckpointException("this is no safetensors file: its header doesn't begin with '{'");
        var header = new SafetensorsHeader();
        try
        {
            header.Parse(json, 8 + (long)length, source.Length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointException($"the safetensors header is no valid JSON: {e.Message}", e);
        }
        header.CheckRanges(8 + (long)length, source.Length);
        return header;
    }

    void Parse(byte[] json, long start, long end)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        var names = new HashSet<string>(StringComparer.Ordinal);
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            if (!names.Add(name)) throw new CheckpointException($"the header names {CheckpointException.Quote(name)} twice");
            if (name == "__metadata__") ParseMetadata(ref reader);
            else Entries.Add(ParseEntry(ref reader, name, start, end));
        }
        if (reader.Read()) throw new CheckpointException("the header goes on after its end");
    }

    void ParseMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__");
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"__metadata__ {CheckpointException.Quote(key)}");
            if (!Metadata.TryAdd(key, reader.GetString()!)) throw new CheckpointException($"__metadata__ names {CheckpointException.Quote(key)} twice");
        }
    }

    static SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name, long start, long end)
    {
        var q = CheckpointException.Quote(name);
        string? type = null;
        long[]? sizes = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, q);
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            var field = reader.GetString()!;
            if (field == "dtype" && type is null)
            {
                Expect(ref reader, JsonTokenType.String, $"dtype of {q}");
                type = reader.GetString()!;
            }
            else if (field == "shape" && sizes is null) sizes = Numbers(ref reader, $"shape of {q}");
            else if (field == "data_offsets" && offsets is null) offsets = Numbers(ref reader, $"data_offsets of {q}");
            else throw new CheckpointException($"tensor {q} has the field {CheckpointException.Quote(field)} twice, or it isn't one of dtype, shape, data_offsets");
        }
        if (type is null || sizes is null || offsets is not [var begin, var stop]) throw new CheckpointException($"tensor {q} must have dtype, shape, and data_offsets of two numbers");
        if (begin > stop || stop > end - start) throw new CheckpointException($"tensor {q} lies at bytes {begin:N0} to {stop:N0} of {end - start:N0}");
        Int128 bits = 1;
        foreach (var s in sizes)
        {
            bits *= Math.Max(s, 1);
            if (bits > long.MaxValue / 128) throw new CheckpointException($"tensor {q} of shape [{string.Join(", ", sizes)}] has more elements than any memory");
        }
        DType? dtype = null;
        if (byName.TryGetValue(type, out var known))
        {
            bits = sizes.Contains(0) ? 0 : bits * known.Bits;
            if (bits != (Int128)(stop - begin) * 8)
                throw new CheckpointException($"tensor {q} of dtype {type} and shape [{string.Join(", ", sizes)}] needs {bits / 8} bytes and has {stop - begin:N0}");
            dtype = known.DType;
        }
        return new(name, type, dtype, sizes, start + begin, start + stop);
    }

    void CheckRanges(long start, long end)
    {
        var at = start;
        foreach (var e in Entries.OrderBy(static e => e.Begin).ThenBy(static e => e.End))
        {
            if (e.Begin != at) throw new CheckpointException($"tensor {CheckpointException.Quote(e.Name)} {(e.Begin < at ? "overlaps the one before it" : "leaves a hole before it")}: it begins at byte {e.Begin - start:N0}, and {at - start:N0} was expected");
            at = e.End;
        }
        if (at != end) throw new CheckpointException($"{end - at:N0} bytes at the end of the file belong to no tensor");
    }

    static long[] Numbers(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        var numbers = new List<long>();
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var n) || n < 0) throw new CheckpointException($"the {what} must consist of integers, 0 or more");
            if (numbers.Count == MaxRank) throw new CheckpointException($"the {what} has more than {MaxRank} numbers");
            numbers.Add(n);
        }
        return [.. numbers];
    }

    static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new CheckpointException("the header ends too early");

    static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (Next(ref reader) != type) throw new CheckpointException($"the header has a {reader.TokenType} for {what}, a {type} was expected");
    }
}
