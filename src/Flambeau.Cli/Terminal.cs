using Spectre.Console;

namespace Flambeau.Cli;

/// <summary>Where a command writes: results and progress to the output, failures to the error stream.</summary>
internal sealed class Terminal
{
    Terminal(TextWriter output, TextWriter error, bool interactive)
    {
        (Output, Error) = (output, error);
        Rich = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = interactive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        IsInteractive = interactive && Rich.Profile.Capabilities is { Ansi: true, Interactive: true };
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>The output with colours and live displays; plain text where that is no terminal.</summary>
    public IAnsiConsole Rich { get; }

    /// <summary>Whether someone is watching who can see a live display.</summary>
    public bool IsInteractive { get; }

    public static Terminal OfProcess() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb");

    public static Terminal Plain(TextWriter output, TextWriter error) => new(output, error, interactive: false);
}
