namespace Flambeau.Conformance;

internal static class ModuleSuite
{
    internal static void Run(string directory, Report report) { }
}
