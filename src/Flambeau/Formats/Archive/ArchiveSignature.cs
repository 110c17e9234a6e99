using System.Text.Json;
using Flambeau.Capture.Ast;

namespace Flambeau.Formats;

/// <summary>What a function of an archive takes and gives, where a graph alone doesn't say: tuples are several of its inputs, and it has no defaults. Types are written as Python's.</summary>
internal sealed record ArchiveSignature(IReadOnlyList<Parameter> Parameters, TypeRef Returns)
{
    internal static string Text(TypeRef type) => type switch
    {
        SimpleRef s => s.Kind switch
        {
            SimpleKind.Int => "int",
            SimpleKind.Float => "float",
            SimpleKind.Bool => "bool",
            SimpleKind.String => "str",
            SimpleKind.DType => "dtype",
            SimpleKind.Number => "number",
            SimpleKind.None => "NoneType",
            SimpleKind.Tensor => "Tensor",
            _ => "object",
        },
        ListRef l => $"List[{Text(l.Element)}]",
        OptionalRef o => $"Optional[{Text(o.Element)}]",
        DictRef d => $"Dict[{Text(d.Key)}, {Text(d.Value)}]",
        TupleRef { Names: { } names } t => Named(names, t.Items),
        RecordRef r => Named(r.Fields, r.Types),
        TupleRef t => $"Tuple[{string.Join(", ", t.Items.Select(Text))}]",
        _ => throw new ArgumentException($"a {type.GetType().Name} has no text form"),
    };

    static string Named(IReadOnlyList<string> names, IReadOnlyList<TypeRef> types) => $"NamedTuple[{string.Join(", ", names.Zip(types, static (n, t) => $"({n}, {Text(t)})"))}]";

    static TypeRef Type(string text)
    {
        var parsed = PyParser.Parse("manifest.json", "x : " + text);
        return parsed is [PyAssign { Type: { } type, Value: null }] ? PyTypes.Read(type, TorchScriptCode.Empty) : throw new CheckpointException($"{CheckpointException.Quote(text)} is no type");
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("parameters");
        foreach (var p in Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", p.Name);
            json.WriteString("type", Text(p.Type));
            if (p.HasDefault)
            {
                json.WritePropertyName("default");
                Default(json, p.Default);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("returns", Text(Returns));
    }

    static void Default(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool b: json.WriteBooleanValue(b); break;
            case int or long: json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)); break;
            case float or double: json.WriteStringValue(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture).ToString("R", System.Globalization.CultureInfo.InvariantCulture)); break;
            case string s: json.WriteStringValue(s); break;
            case DType d: json.WriteStringValue(d.Name()); break;
            case System.Collections.IEnumerable list:
                json.WriteStartArray();
                foreach (var item in list) Default(json, item);
                json.WriteEndArray();
                break;
            default: throw new ArgumentException($"a default value of {value.GetType()} can't be saved");
        }
    }

    /// <summary>The signature of a graph in a manifest; null if it has none.</summary>
    internal static ArchiveSignature? Read(JsonElement graph)
    {
        if (!graph.TryGetProperty("parameters", out var list)) return null;
        var parameters = new List<Parameter>();
        foreach (var p in list.EnumerateArray())
        {
            if (parameters.Count == 1000) throw new CheckpointException("a graph has more than 1,000 parameters");
            var type = Type(p.GetProperty("type").GetString()!);
            var given = p.TryGetProperty("default", out var value);
            parameters.Add(new(p.GetProperty("name").GetString() ?? throw new CheckpointException("a parameter has no name"), type, given, given ? Value(value, type) : null));
        }
        return new(parameters, Type(graph.GetProperty("returns").GetString()!));
    }

    static object? Value(JsonElement e, TypeRef type)
    {
        if (type is OptionalRef { Element: var inner }) type = inner;
        return (e.ValueKind, type) switch
        {
            (JsonValueKind.Null, _) => null,
            (JsonValueKind.True or JsonValueKind.False, _) => e.GetBoolean(),
            (JsonValueKind.Number, _) => e.GetInt64(),
            (JsonValueKind.String, SimpleRef { Kind: SimpleKind.Float or SimpleKind.Number }) => double.Parse(e.GetString()!, System.Globalization.CultureInfo.InvariantCulture),
            (JsonValueKind.String, SimpleRef { Kind: SimpleKind.DType }) => TorchDType.Find(e.GetString()!)?.Known,
            (JsonValueKind.String, _) => e.GetString(),
            (JsonValueKind.Array, ListRef l) => e.EnumerateArray().Select(i => Value(i, l.Element)).ToArray(),
            (JsonValueKind.Array, TupleRef t) when t.Items.Count == e.GetArrayLength() => e.EnumerateArray().Select((i, k) => Value(i, t.Items[k])).ToArray(),
            _ => throw new CheckpointException("a default value in manifest.json isn't of its parameter's type"),
        };
    }

    /// <summary>How many inputs or outputs of a graph a value of this type is.</summary>
    static int Width(TypeRef type) => type switch
    {
        TupleRef t => t.Items.Sum(Width),
        SimpleRef { Kind: SimpleKind.None } => 0,
        _ => 1,
    };

    /// <summary>Whether a graph can have this signature.</summary>
    internal bool Fits(Graphs.Graph graph) => Parameters.Sum(static p => Width(p.Type)) == graph.Inputs.Count && Width(Returns) == graph.Outputs.Count;
}
