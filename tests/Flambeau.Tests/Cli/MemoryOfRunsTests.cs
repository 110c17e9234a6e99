using System.Diagnostics;
using System.Runtime.InteropServices;
using Flambeau.Cli.Training;

namespace Flambeau.Tests.Cli;

/// <summary>Memory of a whole process that trains and disposes of nothing.</summary>
public sealed class MemoryOfRunsTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Training_holds_a_steady_amount_of_memory()
    {
        var run = Path.Combine(folder, "run");
        await Train("--model", "mlp", "--batch", "10", "--epochs", "1", "--out", run); // 20,000 drawn digits: 2,000 steps
        var lines = MetricsLog.Read(Path.Combine(run, "metrics.jsonl")).Where(static line => line.Event == "train").ToDictionary(static line => line.Step, static line => line);
        Assert.InRange(lines[2000].ResidentBytes!.Value, 1, lines[200].ResidentBytes!.Value * 11 / 10);
        Assert.InRange(lines[2000].ReservedBytes!.Value, 1, lines[200].ReservedBytes!.Value * 11 / 10);
    }

    /// <summary>Runs the built command in a process of its own, since the tests beside this one would be measured with it.</summary>
    static async Task Train(params string[] options)
    {
        var start = new ProcessStartInfo(DotNet, ["exec", Path.Combine(AppContext.BaseDirectory, "Flambeau.Cli.dll"), "train", .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // All code is compiled once, at first use: else the JIT's later, better versions add megabytes of their own whenever a busy machine gets to them.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, await output + await error);
    }

    static string DotNet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
