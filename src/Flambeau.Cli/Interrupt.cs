using System.Runtime.InteropServices;

namespace Flambeau.Cli;

/// <summary>While it lives, the first Ctrl-C or termination request only raises a flag; the second ends the process at once.</summary>
internal sealed class Interrupt : IDisposable
{
    readonly PosixSignalRegistration[] registrations;
    volatile int exitCode;

    public Interrupt()
    {
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Raise(context, Cli.ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Raise(context, Cli.ExitCode.Terminated)),
        ];
    }

    public bool Requested => exitCode != 0;

    /// <summary>What the process should return, once requested.</summary>
    public int ExitCode => exitCode;

    /// <summary>Raises the flag as Ctrl-C would.</summary>
    public void Request() => exitCode = Cli.ExitCode.Interrupted;

    void Raise(PosixSignalContext context, int code)
    {
        context.Cancel = exitCode == 0;
        exitCode = code;
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }
}
