using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Flambeau.Cli.Commands;

namespace Flambeau.Cli;

/// <summary>The command line: parses, runs a command, and turns every failure into one line and an exit code.</summary>
internal static class App
{
    const string DebugVariable = "FLAMBEAU_DEBUG";

    public static string Version { get; } =
        typeof(App).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static int Run(string[] args, Terminal terminal)
    {
        var root = new RootCommand("Deep learning for .NET: train a network and use it; save, export, run and look into models.")
        {
            TrainCommand.Create(terminal), PredictCommand.Create(terminal), TraceCommand.Create(terminal), ExportCommand.Create(terminal),
            RunCommand.Create(terminal), InspectCommand.Create(terminal), InfoCommand.Create(terminal),
        };
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        try
        {
            var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
            if (parsed.Action is ParseErrorAction) throw Usage(parsed);
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // commands that can be interrupted see to it themselves
            });
        }
        catch (Exception failure) when (Environment.GetEnvironmentVariable(DebugVariable) is not "1")
        {
            return Report(failure, terminal.Error);
        }
    }

    static CliError Usage(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command is RootCommand ? "" : " " + parsed.CommandResult.Command.Name;
        var unknown = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is no command or option here" : null;
        return new CliError(unknown ?? parsed.Errors[0].Message, $"'flambeau{command} --help' lists what it takes", ExitCode.Usage);
    }

    sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parsed)
        {
            parsed.InvocationConfiguration.Output.WriteLine(Version);
            return ExitCode.Success;
        }
    }

    static int Report(Exception failure, TextWriter error)
    {
        var (message, hint, code) = failure switch
        {
            CliError known => (known.Message, known.Hint, known.ExitCode),
            IOException or UnauthorizedAccessException or InvalidDataException => (failure.Message, null, ExitCode.Failure),
            OutOfMemoryException => ("out of memory", "a smaller --batch needs less", ExitCode.Failure),
            _ => ($"{failure.GetType().Name}: {failure.Message}", $"this is a defect; {DebugVariable}=1 shows where it happened", ExitCode.Failure),
        };
        error.WriteLine($"flambeau: {OneLine(message)}{(hint is null ? "" : $" (hint: {OneLine(hint)})")}");
        return code;
    }

    static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
