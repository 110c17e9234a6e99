using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Flambeau.Tests.Programs;

/// <summary>Runs a program that lies beside the tests in a process of its own.</summary>
internal static class Child
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    internal static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        var dll = Path.Combine(AppContext.BaseDirectory, program + ".dll");
        Assert.True(File.Exists(dll), $"{dll} isn't there");
        // The runtime's folder is shared/Microsoft.NETCore.App/VERSION below the host's.
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        using var process = Process.Start(new ProcessStartInfo(host, [dll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} didn't end: {output.Result} {error.Result}");
        }
        return (process.ExitCode, output.Result, error.Result);
    }
}
