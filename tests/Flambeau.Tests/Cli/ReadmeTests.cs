using System.Runtime.CompilerServices;

namespace Flambeau.Tests.Cli;

/// <summary>What the README shows is what the build compiles.</summary>
public sealed class ReadmeTests
{
    static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    [Fact]
    public void The_code_of_the_readme_is_the_quickstart_sample()
    {
        var readme = Path.Combine(Root(), "README.md");
        Assert.SkipUnless(File.Exists(readme), "the tests run away from their sources");
        var shown = File.ReadAllText(readme).Split("```csharp\n")[1].Split("```")[0];
        Assert.Equal(File.ReadAllText(Path.Combine(Root(), "samples", "Quickstart", "Program.cs")), shown);
    }
}
