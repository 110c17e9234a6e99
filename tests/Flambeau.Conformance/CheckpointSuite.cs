namespace Flambeau.Conformance;

internal static class CheckpointSuite
{
    internal static void Run(string directory, Report report) { }
}
