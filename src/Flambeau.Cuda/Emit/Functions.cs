using System.Text.RegularExpressions;
using Flambeau.Cuda.Kernels;

namespace Flambeau.Cuda.Emit;

/// <summary>The functions that formulas may call by name in CUDA C: those of <c>Fn</c> in the prelude, by the type that lanes compute in.</summary>
internal static partial class Functions
{
    static readonly Lazy<Dictionary<string, HashSet<string>>> known = new(Read);

    /// <summary>Whether a lane type (<c>f32</c>, <c>i64</c>, …) has the function.</summary>
    internal static bool Has(string lane, string name) => (known.Value.GetValueOrDefault(lane) ?? known.Value["T"]).Contains(name);

    static Dictionary<string, HashSet<string>> Read()
    {
        var result = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var parts = Struct().Split(Sources.Prelude);
        // type, body, type, body …, after what stands before the first
        for (var i = 1; i + 1 < parts.Length; i += 2)
        {
            var type = parts[i].Length > 0 ? parts[i] : "T";
            result[type] = [.. Definition().Matches(parts[i + 1]).Select(static m => m.Groups[1].Value)];
        }
        return result;
    }

    [GeneratedRegex(@"struct Fn(?:<(\w+)>|())\s*\{")]
    private static partial Regex Struct();

    [GeneratedRegex(@"(?:\b(?:ONE|TWO)\(|static DEVM \w+ )(\w+)[,(]")]
    private static partial Regex Definition();
}
