namespace Flambeau.Ops;

/// <summary>Matches given arguments to a signature as PyTorch's argument parser does.</summary>
internal static class ArgBinder
{
    /// <summary>Names that say where and how a result is stored, which have no meaning here when a signature doesn't list them.</summary>
    static readonly HashSet<string> ignorable = ["device", "layout", "pin_memory", "memory_format", "requires_grad", "non_blocking"];

    /// <summary>Arguments in the signature's order, or null if they don't fit. A lower score fits better.</summary>
    internal static object?[]? Bind(OpSchema schema, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?>? named, out int score)
    {
        score = 0;
        var args = schema.Arguments;
        var bound = new object?[args.Count];
        var given = new bool[args.Count];
        var at = 0;
        for (var p = 0; p < positional.Count; p++)
        {
            if (at >= args.Count || args[at].KeywordOnly) return null;
            var value = positional[p];
            // view(2, 3) for view([2, 3])
            if (args[at].IsList && value is not null && IsElement(args[at].Element, value) && positional.Count - p > 1 && TakesRest(args, at, positional, p))
            {
                value = positional.Skip(p).ToArray();
                p = positional.Count;
            }
            if (Fit(args[at], value) is not { } s) return null;
            score += s;
            bound[at] = value;
            given[at++] = true;
        }
        foreach (var (key, value) in named ?? new Dictionary<string, object?>())
        {
            var i = IndexOf(args, key);
            if (i < 0)
            {
                if (ignorable.Contains(key)) continue;
                return null;
            }
            if (given[i] || Fit(args[i], value) is not { } s) return null;
            score += s;
            bound[i] = value;
            given[i] = true;
        }
        for (var i = 0; i < args.Count; i++)
        {
            if (given[i]) continue;
            if (!args[i].HasDefault) return null;
            bound[i] = args[i].Default;
            score++;
        }
        return bound;
    }

    /// <summary>A list of no stated length takes all that is left, if all of it are elements and no later argument must be given or could mean them.</summary>
    static bool TakesRest(IReadOnlyList<OpArgument> args, int at, IReadOnlyList<object?> positional, int from)
    {
        if (!args[at].Type.Contains("[]", StringComparison.Ordinal)) return false;
        if (at + 1 < args.Count && !args[at + 1].KeywordOnly && (!args[at + 1].HasDefault || args[at + 1].Element == args[at].Element)) return false;
        for (var i = from; i < positional.Count; i++)
        {
            if (positional[i] is null || !IsElement(args[at].Element, positional[i]!)) return false;
        }
        return true;
    }

    static int IndexOf(IReadOnlyList<OpArgument> args, string name)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i].Name == name) return i;
        }
        return name == "input" ? IndexOf(args, "self") : name == "self" ? IndexOf(args, "input_") : -1;
    }

    /// <summary>Whether a value can be given for an argument.</summary>
    internal static bool Takes(OpArgument argument, object? value) => Fit(argument, value) is not null;

    /// <summary>0 for an exact fit, more for a conversion, null for none.</summary>
    static int? Fit(OpArgument a, object? value)
    {
        if (value is null) return a.IsOptional || (a.HasDefault && a.Default is null) ? 0 : null;
        if (value is IArgumentType t)
        {
            if (t.Fits(a.Element, a.IsList, a.IsOptional)) return 0;
            if (a.IsList) return t.Fits(a.Element, list: false, optional: false) ? 5 : null;
            return t.Converts(a.Element) ? 10 : null;
        }
        if (!a.IsList) return IsElement(a.Element, value) ? 0 : Converts(a.Element, value) ? 10 : null;
        if (value is Tensor) return a.Element == "Tensor" ? 20 : null;
        if (value is System.Collections.IEnumerable list and not string)
        {
            var worst = 0;
            foreach (var o in list)
            {
                if (o is null) { if (!a.Type.Contains("?[", StringComparison.Ordinal) && a.Element != "index") return null; }
                else if (!IsElement(a.Element, o))
                {
                    if (!Converts(a.Element, o)) return null;
                    worst = 10;
                }
            }
            return worst;
        }
        return IsElement(a.Element, value) ? 5 : null;
    }

    static bool IsElement(string type, object value) => value is IArgumentType known ? known.Fits(type, list: false, optional: false) : type switch
    {
        "Tensor" => value is Tensor,
        "int" => value is long or int or Scalar { Kind: DType.Int64 },
        "float" => value is double or float or Scalar { Kind: DType.Float64 },
        "bool" => value is bool,
        "str" => value is string,
        "Scalar" => ArgReader.AsScalar(value) is not null,
        "dtype" => value is DType,
        "index" => true,
        "Generator" => value is Generator,
        _ => true,
    };

    static bool Converts(string type, object value) => value is IArgumentType known ? known.Converts(type) : type switch
    {
        "Tensor" => ArgReader.AsScalar(value) is not null,
        "int" => value is bool || (value is Tensor { Numel: 1 } t && t.DType.IsIntegral()),
        "float" => value is long or int or bool or Tensor { Numel: 1 } or Scalar,
        "Scalar" => value is Tensor { Numel: 1 },
        "bool" => value is long or int,
        "dtype" => value is string,
        _ => false,
    };
}
