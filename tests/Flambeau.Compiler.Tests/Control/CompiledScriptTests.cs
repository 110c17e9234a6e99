using System.Runtime.CompilerServices;
using Flambeau.Compiler.Control;
using Flambeau.Tests.Scripts;

namespace Flambeau.Compiler.Tests.Control;

/// <summary>The tests of scripts, which this project shares, also run every script compiled.</summary>
public sealed class CompiledScriptTests
{
    [ModuleInitializer]
    internal static void Join() => Check.Forms.Add(("compiled", static f => f.Compile(), 1e-5));

    [Fact]
    public void Scripts_are_compared_with_compiled_code() => Assert.Contains(Check.Forms, static f => f.Name == "compiled");
}
