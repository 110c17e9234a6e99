using System.Text.Json;
using Flambeau.Formats;
using Flambeau.Ops;

namespace Flambeau.Conformance;

/// <summary>Reads the values of FORMAT.md; tensors come from the safetensors file beside the JSON.</summary>
internal sealed class SampleReader(IReadOnlyDictionary<string, Tensor> tensors)
{
    /// <summary>Tensors that require a gradient, in the order in which they were read.</summary>
    internal List<Tensor> Leaves { get; } = [];

    internal object? Read(JsonElement e) => e.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => e.GetString(),
        JsonValueKind.Number => e.TryGetInt64(out var l) && !e.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? (object)l : e.GetDouble(),
        JsonValueKind.Array => e.EnumerateArray().Select(Read).ToArray(),
        _ => ReadObject(e),
    };

    object? ReadObject(JsonElement e)
    {
        if (e.TryGetProperty("tensor", out _)) return Tensor(e);
        if (e.TryGetProperty("list", out var list)) return list.EnumerateArray().Select(Read).ToArray();
        if (e.TryGetProperty("dtype", out var dtype)) return DTypes.Parse(dtype.GetString()!);
        if (e.TryGetProperty("float", out var special))
            return special.GetString() switch { "nan" => double.NaN, "inf" => double.PositiveInfinity, _ => double.NegativeInfinity };
        if (e.TryGetProperty("complex", out var z)) return new System.Numerics.Complex(z[0].GetDouble(), z[1].GetDouble());
        if (e.TryGetProperty("slice", out var s)) return TensorIndex.Slice((long?)Read(s[0]), (long?)Read(s[1]), (long?)Read(s[2]) ?? 1);
        if (e.TryGetProperty("ellipsis", out _)) return TensorIndex.Ellipsis;
        if (e.TryGetProperty("memory_format", out var f)) return f.GetString();
        if (e.TryGetProperty("device", out var d)) return d.GetString();
        throw new InvalidDataException($"the value {e.GetRawText()} is of no known form");
    }

    internal Tensor Tensor(JsonElement e)
    {
        var t = tensors[e.GetProperty("tensor").GetString()!];
        if (e.TryGetProperty("complex", out var c) && c.ValueKind == JsonValueKind.True) t = t.Contiguous().ViewAsComplex();
        t = t.Clone().To(Where.Device);
        if (e.TryGetProperty("strides", out var strides))
        {
            var sizes = t.Shape.ToArray();
            var steps = strides.EnumerateArray().Select(static s => s.GetInt64()).ToArray();
            long extent = 1;
            for (var i = 0; i < sizes.Length; i++) extent += Math.Max(0, sizes[i] - 1) * steps[i];
            var view = (Tensor)Registry.Call("as_strided", Flambeau.Tensor.Zeros([extent], t.DType).To(Where.Device), sizes, steps);
            for (var i = 0; i < sizes.Length; i++)
            {
                if (steps[i] == 0 && sizes[i] > 1) view = view.Slice(i, 0, 1);
            }
            var source = t;
            for (var i = 0; i < sizes.Length; i++)
            {
                if (steps[i] == 0 && sizes[i] > 1) source = source.Slice(i, 0, 1);
            }
            view.Copy_(source);
            t = view.Expand(t.Shape).Detach();
        }
        if (!e.TryGetProperty("requires_grad", out var r) || r.ValueKind != JsonValueKind.True) return t;
        t = t.Detach().WithGrad();
        Leaves.Add(t);
        return t;
    }
}

/// <summary>One JSON file with its tensors.</summary>
internal sealed record DataFile(JsonDocument Json, IReadOnlyDictionary<string, Tensor> Tensors)
{
    internal static DataFile Load(string directory, string name)
    {
        var file = Path.Combine(directory, name + ".safetensors");
        return new(JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, name + ".json"))), File.Exists(file) ? Safetensors.Load(file) : new Dictionary<string, Tensor>());
    }
}
