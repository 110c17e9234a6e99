using System.Diagnostics;
using System.Globalization;
using Flambeau.Bench.Models;

namespace Flambeau.Bench.Sections;

/// <summary>What only a process of its own shows: peak resident memory of training loops, and the time from start to the first step.</summary>
static class Processes
{
    public static void Memory(int threads, TextWriter output)
    {
        output.WriteLine("\n## peak resident memory of training loops\n\n| case | ours | libtorch | ours / libtorch | floor |\n|---|---:|---:|---:|---|");
        foreach (var work in Workload.All)
        {
            var steps = work.Name.StartsWith("MLP", StringComparison.Ordinal) ? 400 : 30;
            double ours = Peak(work, "ours", steps, threads), peer = Peak(work, "libtorch", steps, threads);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {work.Name} | {ours / 1024:F0} MiB | {peer / 1024:F0} MiB | {ours / peer:F2} | {(ours > 1.15 * peer ? "above 1.15" : "")} |"));
        }
    }

    public static void Start(int threads, TextWriter output)
    {
        List<double> ours = [], peer = [];
        for (var i = 0; i < 11; i++)
        {
            ours.Add(Time("ours", threads));
            peer.Add(Time("libtorch", threads));
        }
        double a = Harness.Timing.Median(ours), b = Harness.Timing.Median(peer);
        output.WriteLine("\n## process start to the end of the first LeNet step\n\n| case | ours | libtorch | ours / libtorch | floor |\n|---|---:|---:|---:|---|");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| LeNet b64 | {a * 1e3:F0} ms ({ours.Min() * 1e3:F0}–{ours.Max() * 1e3:F0}) | {b * 1e3:F0} ms ({peer.Min() * 1e3:F0}–{peer.Max() * 1e3:F0}) | {a / b:F2} | {(a > b ? "above 1.00" : "")} |"));
    }

    static double Peak(Workload work, string engine, int steps, int threads)
    {
        var text = Loop(work.Name, engine, steps, threads);
        return double.Parse(text[(text.IndexOf("peak", StringComparison.Ordinal) + 4)..text.IndexOf("kB", StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    static double Time(string engine, int threads)
    {
        var clock = Stopwatch.StartNew();
        Loop(Workload.LeNet.Name, engine, 1, threads);
        return clock.Elapsed.TotalSeconds;
    }

    static string Loop(string workload, string engine, int steps, int threads)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!,
            [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? (string[])[typeof(Processes).Assembly.Location] : [],
                "loop", "--workload", workload, "--engine", engine, "--steps", $"{steps}", "--threads", $"{threads}"]) { RedirectStandardOutput = true })!;
        var text = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? text : throw new InvalidOperationException($"loop of {workload} in {engine} ended with {child.ExitCode}");
    }
}
