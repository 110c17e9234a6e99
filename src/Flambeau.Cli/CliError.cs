namespace Flambeau.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Success = 0, Failure = 1, Usage = 2;

    /// <summary>128 and the number of the signal, as shells report it.</summary>
    public const int Interrupted = 130, Terminated = 143;
}

/// <summary>A failure that is the user's to mend: one line on the error stream, with a hint, and no stack trace.</summary>
internal sealed class CliError(string message, string? hint = null, int exitCode = ExitCode.Failure, Exception? cause = null) : Exception(message, cause)
{
    public string? Hint => hint;

    public int ExitCode => exitCode;
}
