using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Flambeau.Tests.Architecture;

/// <summary>The sources of the core library, bound without the generated parts: what those would declare stays unresolved and is skipped.</summary>
internal static class CoreSources
{
    static readonly string root = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "..", "src", "Flambeau"));

    static readonly MetadataReference[] framework =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static p => Path.GetFileName(p) is var n && (n.StartsWith("System.", StringComparison.Ordinal) || n is "netstandard.dll" or "mscorlib.dll"))
            .Select(static p => MetadataReference.CreateFromFile(p))];

    static string Here([CallerFilePath] string path = "") => path;

    internal static bool Exist => Directory.Exists(root);

    /// <summary>Path below src/Flambeau with forward slashes.</summary>
    internal static string Name(SyntaxTree tree) => Path.GetRelativePath(root, tree.FilePath).Replace('\\', '/');

    /// <summary>The first folder of a file; empty for files of the compilation itself.</summary>
    internal static string Folder(SyntaxTree tree) => tree.FilePath.Length == 0 ? "" : Name(tree).Split('/')[0];

    internal static CSharpCompilation Compile()
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(static f => Path.GetRelativePath(root, f).Split(Path.DirectorySeparatorChar)[0] is not ("obj" or "bin"))
            .AsParallel().Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), options, f)).ToArray();
        var usings = CSharpSyntaxTree.ParseText(string.Concat(
            from n in new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks" } select $"global using global::{n};"), options);
        return CSharpCompilation.Create("Probe", [.. trees, usings], framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }
}
