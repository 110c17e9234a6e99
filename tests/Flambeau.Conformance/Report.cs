using System.Text.Json;

namespace Flambeau.Conformance;

/// <summary>Collects outcomes; prints one line per failing or missing item and the totals.</summary>
internal sealed class Report(string? filter, bool verbose = false)
{
    readonly SortedDictionary<string, List<string>> items = new(StringComparer.Ordinal);
    readonly HashSet<string> missing = [];
    readonly SortedDictionary<string, SortedSet<string>> fallbacks = new(StringComparer.Ordinal);

    internal bool Wants(string name) => filter is null || name.Contains(filter, StringComparison.Ordinal);

    /// <summary>Counts an item, whole so far.</summary>
    internal void Begin(string item) => items.TryAdd(item, []);

    internal void Missing(string item)
    {
        Begin(item);
        missing.Add(item);
    }

    internal void Fail(string item, string where, string why)
    {
        Begin(item);
        items[item].Add($"{where}: {why.ReplaceLineEndings(" | ")}");
    }

    /// <summary>Runs one check; an exception fails the item.</summary>
    internal void Try(string item, string where, Func<string?> check)
    {
        Begin(item);
        if (verbose) Console.Error.WriteLine($"{item}: {where}");
        Cuda.Cuda.ResetFallbacks();
        try
        {
            if (check() is { } why) Fail(item, where, why);
        }
#pragma warning disable CA1031 // whatever an op throws is a failure of that op, not of the runner
        catch (Exception e)
        {
            var at = e.StackTrace?.Split('\n').FirstOrDefault(static l => l.Contains("Flambeau", StringComparison.Ordinal))?.Trim();
            Fail(item, where, $"{e.GetType().Name}: {e.Message} {at}");
        }
#pragma warning restore CA1031
        foreach (var op in Cuda.Cuda.Fallbacks.Keys) (fallbacks.TryGetValue(item, out var ops) ? ops : fallbacks[item] = new(StringComparer.Ordinal)).Add(op);
    }

    internal void Finish(string unit, string? json)
    {
        foreach (var (item, failures) in items)
        {
            if (missing.Contains(item)) Console.WriteLine($"MISSING {item}");
            else if (failures.Count > 0) Console.WriteLine($"FAIL {item} [{failures.Count}] {Short(failures[0])}");
        }
        var failed = items.Count(i => i.Value.Count > 0 && !missing.Contains(i.Key));
        Console.WriteLine($"{unit}: {items.Count - failed - missing.Count} passed, {failed} failed, {missing.Count} missing of {items.Count}");
        if (Where.Device.Kind != DeviceKind.Cpu)
        {
            var passed = fallbacks.Where(f => items[f.Key].Count == 0).ToArray();
            foreach (var (item, ops) in passed) Console.WriteLine($"FALLBACK {item}: {string.Join(' ', ops)}");
            Console.WriteLine($"of those passed, by kernels alone {items.Count - failed - missing.Count - passed.Length}, with some op on the CPU {passed.Length}");
        }
        if (json is null) return;
        var rows = items.Select(i => new { item = i.Key, outcome = missing.Contains(i.Key) ? "missing" : i.Value.Count > 0 ? "failed" : "passed", failures = i.Value, fallbacks = fallbacks.GetValueOrDefault(i.Key) });
        File.WriteAllText(json, JsonSerializer.Serialize(rows, indented));
    }

    static readonly JsonSerializerOptions indented = new() { WriteIndented = true };

    static string Short(string s) => s.Length > 400 ? s[..400] + "…" : s;
}
