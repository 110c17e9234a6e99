using System;
using System.Collections.Generic;

namespace Flambeau.Generators.Ops;

/// <summary>The parts of a schema that code generation needs: name and argument names with their types.</summary>
internal sealed class Schema
{
    internal readonly string Name;
    internal readonly List<(string Type, string Name)> Args = [];

    Schema(string name) => Name = name;

    internal static Schema? Parse(string text)
    {
        var open = text.IndexOf('(');
        var close = text.LastIndexOf(") ->", StringComparison.Ordinal);
        if (open <= 0 || close < open) return null;
        var schema = new Schema(text.Substring(0, open).Trim());
        foreach (var part in Split(text.Substring(open + 1, close - open - 1)))
        {
            if (part == "*") continue;
            var s = part;
            var eq = s.IndexOf('=');
            if (eq >= 0) s = s.Substring(0, eq).Trim();
            var space = s.LastIndexOf(' ');
            if (space < 0) return null;
            schema.Args.Add((s.Substring(0, space).Trim(), s.Substring(space + 1)));
        }
        return schema;
    }

    static IEnumerable<string> Split(string args)
    {
        int depth = 0, start = 0;
        for (var i = 0; i <= args.Length; i++)
        {
            if (i < args.Length && (args[i] is '(' or '[')) depth++;
            else if (i < args.Length && (args[i] is ')' or ']')) depth--;
            else if (i == args.Length || (args[i] == ',' && depth == 0))
            {
                var part = args.Substring(start, i - start).Trim();
                if (part.Length > 0) yield return part;
                start = i + 1;
            }
        }
    }

    internal static bool IsTensor(string type) => type.StartsWith("Tensor", StringComparison.Ordinal);

    internal static bool IsList(string type) => type.Contains("[");

    internal static bool IsOptional(string type) => type.EndsWith("?", StringComparison.Ordinal);

    /// <summary>snake_case to PascalCase.</summary>
    internal static string Pascal(string name)
    {
        var r = new System.Text.StringBuilder();
        var up = true;
        foreach (var c in name)
        {
            if (c == '_')
            {
                up = true;
                continue;
            }
            r.Append(up ? char.ToUpperInvariant(c) : c);
            up = false;
        }
        return r.ToString();
    }
}
