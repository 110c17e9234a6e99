using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Flambeau.Generators.Scripts;

namespace Flambeau.Tests.Scripts.Refusals;

/// <summary>docs/scripting.md says what the tests show.</summary>
public sealed partial class PageTests
{
    static readonly string path = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "..", "..", "docs", "scripting.md"));

    static string Here([CallerFilePath] string path = "") => path;

    static string Page()
    {
        Assert.SkipUnless(File.Exists(path), "the sources aren't here");
        return File.ReadAllText(path);
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Named();

    [Fact]
    public void Every_diagnostic_is_named()
    {
        var page = Page();
        Assert.All(new ScriptAnalyzer().SupportedDiagnostics, d => Assert.Contains(d.Id, page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_refused_construct_is_named_with_its_diagnostic()
    {
        var rows = Page().Split('\n').Where(static l => l.StartsWith('|')).ToArray();
        Assert.All(Refused.Programs, p => Assert.Contains(rows, r => r.StartsWith($"| {p.Key} |", StringComparison.Ordinal) && r.Contains(p.Value.Id, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_test_it_names_exists()
    {
        var names = Named().Matches(Page());
        Assert.True(names.Count > 20);
        var types = typeof(PageTests).Assembly.GetTypes().Where(static t => t.Namespace?.StartsWith("Flambeau.Tests.Scripts", StringComparison.Ordinal) is true).ToArray();
        Assert.All(names, n => Assert.Contains(types, t => t.Name == n.Groups[1].Value && t.GetMethod(n.Groups[2].Value) is not null));
    }
}
