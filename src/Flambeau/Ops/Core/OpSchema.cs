using System.Globalization;

namespace Flambeau.Ops;

/// <summary>A parsed signature: <c>name(Type arg, *, Type arg=default) -> Type</c>.</summary>
public sealed record OpSchema(string Name, IReadOnlyList<OpArgument> Arguments, string Returns)
{
    /// <exception cref="FormatException">The text is no signature.</exception>
    public static OpSchema Parse(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var close = text.LastIndexOf(") ->", StringComparison.Ordinal);
        if (open <= 0 || close < open) throw new FormatException($"'{text}' is no op signature; expected 'name(Type arg, Type arg=default) -> Type'");
        var arguments = new List<OpArgument>();
        var keywordOnly = false;
        foreach (var part in Split(text[(open + 1)..close]))
        {
            if (part == "*") keywordOnly = true;
            else arguments.Add(ParseArgument(part, keywordOnly));
        }
        return new(text[..open], arguments, text[(close + 4)..].Trim());
    }

    static OpArgument ParseArgument(string part, bool keywordOnly)
    {
        var eq = part.IndexOf('=', StringComparison.Ordinal);
        var declaration = eq < 0 ? part : part[..eq].Trim();
        var space = declaration.LastIndexOf(' ');
        if (space < 0) throw new FormatException($"'{part}' is no argument of an op signature; expected 'Type name'");
        var type = declaration[..space].Trim();
        return new(declaration[(space + 1)..], type, eq >= 0, eq >= 0 ? ParseDefault(part[(eq + 1)..].Trim()) : null, keywordOnly);
    }

    static object? ParseDefault(string s) => s switch
    {
        "None" => null,
        "True" => true,
        "False" => false,
        "[]" => Array.Empty<object?>(),
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        ['\'' or '"', .., '\'' or '"'] => s[1..^1],
        ['[', .., ']'] => Split(s[1..^1]).Select(ParseDefault).ToArray(),
        _ when long.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l) => l,
        _ when double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) => d,
        _ => DTypes.Parse(s),
    };

    static List<string> Split(string text)
    {
        var parts = new List<string>();
        int depth = 0, start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : ',';
            if (c is '(' or '[') depth++;
            else if (c is ')' or ']') depth--;
            else if (c == ',' && depth == 0)
            {
                if (text[start..i].Trim() is { Length: > 0 } part) parts.Add(part);
                start = i + 1;
            }
        }
        return parts;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Arguments)}) -> {Returns}";
}

/// <summary>One argument of a signature.</summary>
/// <param name="Name">PyTorch's name.</param>
/// <param name="Type">Such as <c>Tensor</c>, <c>Tensor?</c>, <c>Tensor[]</c>, <c>int</c>, <c>int[2]</c>, <c>float?</c>, <c>Scalar</c>, <c>dtype</c>.</param>
/// <param name="HasDefault">It may be left out.</param>
/// <param name="Default">Value when left out: null, bool, long, double, string, <see cref="DType"/> or object?[].</param>
/// <param name="KeywordOnly">It must be given by name.</param>
public sealed record OpArgument(string Name, string Type, bool HasDefault, object? Default, bool KeywordOnly)
{
    /// <summary>None may be given.</summary>
    public bool IsOptional => Type.EndsWith('?');

    /// <summary>A list; the element type is in front of the bracket.</summary>
    public bool IsList => Type.Contains('[', StringComparison.Ordinal);

    /// <summary>The type without list and optional marks.</summary>
    public string Element => Type.TrimEnd('?') is var t && t.IndexOf('[', StringComparison.Ordinal) is >= 0 and var i ? t[..i].TrimEnd('?') : t;

    /// <inheritdoc/>
    public override string ToString() => $"{Type} {Name}" + (HasDefault ? "=" + (Default ?? "None") : "");
}
