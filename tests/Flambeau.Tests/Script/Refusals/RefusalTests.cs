using System.Collections.Immutable;
using Flambeau.Generators.Scripts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flambeau.Tests.Scripts.Refusals;

/// <summary>What can't be in a script is an error with an id at its line, as one types.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string> Names => [.. Refused.Programs.Keys];

    static readonly MetadataReference[] references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static p => Path.GetFileName(p) is var n && (n.StartsWith("System.", StringComparison.Ordinal) || n is "netstandard.dll" or "mscorlib.dll"))
            .Append(typeof(Tensor).Assembly.Location).Select(static p => MetadataReference.CreateFromFile(p))];

    static async Task<(string[] Lines, ImmutableArray<Diagnostic> Found)> Analyze(string code)
    {
        const string Usings = "using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks; using Flambeau; using Flambeau.Nn;\n";
        var source = Usings + (code.StartsWith("types:", StringComparison.Ordinal) ? code[6..] : $"public static partial class Scripts\n{{\n{code}\n}}");
        var compilation = CSharpCompilation.Create("Refused", [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Preview), "Refused.cs")], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var found = await compilation.WithAnalyzers([new ScriptAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return (source.Split('\n'), found);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Refused_at_its_line(string name)
    {
        var (id, code) = Refused.Programs[name];
        var (lines, found) = await Analyze(code);
        var one = Assert.Single(found);
        Assert.Equal(id, one.Id);
        Assert.Contains("// here", lines[one.Location.GetLineSpan().StartLinePosition.Line], StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, one.Severity);
    }

    [Fact]
    public async Task What_can_be_translated_has_no_diagnostics()
    {
        var (_, found) = await Analyze("[Script]\npublic static Tensor F(Tensor x, long n)\n{\n    for (var i = 0; i < n; i++) x = x * i;\n    return x.Sum().Item<double>() > 0 ? x : -x;\n}");
        Assert.Empty(found);
    }

    [Fact]
    public void Every_diagnostic_has_a_program() =>
        Assert.Equal(new ScriptAnalyzer().SupportedDiagnostics.Select(static d => d.Id).Order(), Refused.Programs.Values.Select(static p => p.Id).Distinct().Order());
}
