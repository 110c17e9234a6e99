namespace Flambeau.Conformance;

internal static class OptimSuite
{
    internal static void Run(string directory, Report report) { }
}
