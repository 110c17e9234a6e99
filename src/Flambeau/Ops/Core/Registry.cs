namespace Flambeau.Ops;

/// <summary>All ops by PyTorch's name.</summary>
public static partial class Registry
{
    static readonly Lazy<Dictionary<string, OpEntry[]>> table = new(() =>
        All().GroupBy(static e => e.Name).ToDictionary(static g => g.Key, static g => g.ToArray(), StringComparer.Ordinal));

    static readonly Lazy<Dictionary<string, OpEntry>> bySchema = new(() => Entries.GroupBy(static e => e.Text).ToDictionary(static g => g.Key, static g => g.First(), StringComparer.Ordinal));

    /// <summary>Every row.</summary>
    public static IEnumerable<OpEntry> Entries => table.Value.Values.SelectMany(static e => e);

    /// <summary>The row with this signature, as it was declared; null if there is none.</summary>
    public static OpEntry? BySchema(string schema) => bySchema.Value.GetValueOrDefault(schema);

    /// <summary>The overloads of a name; empty if there is none.</summary>
    public static IReadOnlyList<OpEntry> Find(string name) => table.Value.GetValueOrDefault(name, []);

    /// <summary>Calls an op by name with positional arguments.</summary>
    public static object Call(string name, params object?[] arguments) => Call(name, arguments, null);

    /// <summary>Calls an op by name. Numbers are bool, long, double or Complex; lists are arrays.</summary>
    /// <returns>A tensor, an array or tuple of tensors, or a number.</returns>
    /// <exception cref="ArgumentException">No such op, or no overload takes these arguments.</exception>
    public static object Call(string name, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?>? named)
    {
        var (entry, bound) = Match(name, arguments, named);
        return entry.Invoke(bound);
    }

    /// <summary>The overload of a name that arguments fit best, and the arguments in its order.</summary>
    /// <exception cref="ArgumentException">No such op, or no overload takes these arguments.</exception>
    internal static (OpEntry Entry, object?[] Arguments) Match(string name, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?>? named)
    {
        var overloads = Find(name);
        if (overloads.Count == 0) throw new ArgumentException($"no op is called '{name}'");
        OpEntry? best = null;
        object?[]? bound = null;
        var bestScore = int.MaxValue;
        foreach (var e in overloads)
        {
            if (ArgBinder.Bind(e.Schema, arguments, named, out var score) is not { } b || score >= bestScore) continue;
            (best, bound, bestScore) = (e, b, score);
        }
        if (best is null)
        {
            var given = string.Join(", ", arguments.Select(Describe).Concat((named ?? new Dictionary<string, object?>()).Select(static k => $"{k.Key}={Describe(k.Value)}")));
            throw new ArgumentException($"{name}({given}) fits no signature:\n  {string.Join("\n  ", overloads.Select(static o => o.Text))}");
        }
        return (best, bound!);
    }

    internal static string Describe(object? o) => o switch
    {
        null => "None",
        Tensor t => $"Tensor({t.DType.Name()}, {t.Shape})",
        IArgumentType t => t.ToString() ?? "",
        string s => $"'{s}'",
        DType d => d.Name(),
        System.Collections.IEnumerable e => "[" + string.Join(", ", e.Cast<object?>().Select(Describe)) + "]",
        _ => o.ToString() ?? "",
    };
}
