using System.Globalization;

namespace Flambeau.Cli.Models;

/// <summary>Sizes of an input.</summary>
/// <param name="Name">Of the input; empty for the next in order.</param>
/// <param name="Sizes">Its sizes.</param>
/// <param name="Type">Its dtype.</param>
internal sealed record InputShape(string Name, long[] Sizes, DType Type)
{
    /// <summary>Reads <c>[NAME=]N,N,…[:DTYPE]</c>; no sizes are a tensor of one number.</summary>
    /// <exception cref="CliError">It is written otherwise.</exception>
    public static InputShape Parse(string text)
    {
        var error = new CliError($"--shape {text} is no list of sizes", "write such as 1,3,224,224 or ids=1,64:int64", ExitCode.Usage);
        var colon = text.LastIndexOf(':');
        var dtype = DType.Float32;
        if (colon >= 0 && !Types.TryGetValue(text[(colon + 1)..], out dtype)) throw new CliError($"--shape {text}: no dtype {text[(colon + 1)..]}", $"there are {string.Join(", ", Types.Keys)}", ExitCode.Usage);
        var rest = colon >= 0 ? text[..colon] : text;
        var equals = rest.LastIndexOf('=');
        var sizes = new List<long>();
        foreach (var part in rest[(equals + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n > 1 << 30) throw error;
            sizes.Add(n);
        }
        return sizes.Aggregate((Int128)1, static (a, b) => Int128.Min(a * b, (Int128)1 << 64)) <= 1L << 33 ? new(equals < 0 ? "" : rest[..equals], [.. sizes], dtype)
            : throw new CliError($"--shape {text} has more than 2^33 elements", "give smaller sizes", ExitCode.Usage);
    }

    static readonly Dictionary<string, DType> Types = Enum.GetValues<DType>().ToDictionary(static d => d.Name(), StringComparer.Ordinal);
}
