using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Flambeau.Bench.Harness;
using Flambeau.Bench.Sections;
using Flambeau.Cpu;

namespace Flambeau.Bench;

/// <summary><c>graph</c>: compiled programs beside the same programs run eagerly, op by op; memory plans; the time a first compilation takes.</summary>
static class GraphCommand
{
    public static Command Make()
    {
        var filter = new Option<string?>("--filter") { Description = "Only cases whose 'section/name' contains this." };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = static _ => Environment.ProcessorCount };
        var seconds = new Option<double>("--seconds") { Description = "Time for each case.", DefaultValueFactory = static _ => 0.6 };
        var cold = new Option<bool>("--cold") { Description = "Compile ResNet-18 once, in this fresh process, and print the milliseconds." };
        var archive = new Option<string?>("--archive") { Description = "Load this archive, in this fresh process, run it, and print the milliseconds." };
        var steps = new Option<bool>("--steps") { Description = "Show how long each step of the compiled programs takes." };
        var command = new Command("graph", "Compiled programs beside eager ones.") { filter, threads, seconds, cold, archive, steps };
        command.SetAction(parsed =>
        {
            CpuThreads.Count = parsed.GetValue(threads);
            if (parsed.GetValue(cold))
            {
                Console.WriteLine(GraphModels.Cold().ToString("F0", CultureInfo.InvariantCulture));
                return 0;
            }
            if (parsed.GetValue(archive) is { } path)
            {
                Console.WriteLine(string.Join(' ', ArchiveLoad.InThisProcess(path).Select(static t => t.ToString("R", CultureInfo.InvariantCulture))));
                return 0;
            }
            if (parsed.GetValue(steps))
            {
                foreach (var c in Sections.Graphs.Cases().Where(c => IsWanted(parsed.GetValue(filter), $"{c.Section}/{c.Name}"))) c.Steps(Console.Out);
                return 0;
            }
            return Run(parsed.GetValue(filter), parsed.GetValue(seconds));
        });
        return command;
    }

    static bool IsWanted(string? filter, string name) => filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase);

    static int Run(string? filter, double seconds)
    {
        bool Wanted(string name) => IsWanted(filter, name);
        Console.WriteLine($"{RuntimeLine()}, {CpuThreads.Count} threads");
        var agrees = true;
        foreach (var section in Sections.Graphs.Cases().Where(c => Wanted($"{c.Section}/{c.Name}")).GroupBy(static c => c.Section))
        {
            Console.WriteLine($"\n## {section.Key}\n\n| case | compiled | eager | ratio | quartiles | floor |\n|---|---:|---:|---:|---:|---|");
            var ratios = new List<double>();
            foreach (var work in section)
            {
                var m = Timing.Run(work, seconds);
                ratios.Add(m.Ratio);
                agrees &= m.Difference <= work.Tolerance;
                var verdict = m.Difference > work.Tolerance ? Text($"WRONG by {m.Difference:E1}") : m.Ratio < work.Floor ? Text($"below {work.Floor:F2}") : "";
                Console.WriteLine(Text($"| {work.Name} | {Report.Time(m.Ours)} | {Report.Time(m.Peer)} | {m.Ratio:F2} | {m.Low:F2}–{m.High:F2} | {verdict} |"));
                GC.Collect();
            }
            Console.WriteLine(Text($"\n{section.Key}: geometric mean {Math.Exp(ratios.Average(Math.Log)):F2}"));
        }
        if (Wanted("memory plan")) GraphModels.Plans(Console.Out);
        if (Wanted("cold compilation")) Cold();
        if (Wanted("archive load")) ArchiveLoad.Run(Console.Out);
        return agrees ? 0 : 1;
    }

    static void Cold()
    {
        var times = new List<double>();
        for (var i = 0; i < 5; i++) times.Add(double.Parse(Child([], "graph", "--cold"), CultureInfo.InvariantCulture));
        var median = Timing.Median(times);
        Console.WriteLine(Text($"\n## cold compilation\n\nResNet-18, first call in a fresh process, capture and compilation together: {median:F0} ms ({times.Min():F0}–{times.Max():F0}){(median > 1500 ? ", above 1500 ms" : "")}"));
    }

    /// <summary>Runs this program in a fresh process with other arguments, and gives what it printed.</summary>
    internal static string Child(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? (string[])[typeof(GraphCommand).Assembly.Location] : [], .. arguments, "--threads", CpuThreads.Count.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var printed = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? printed.Trim() : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {child.ExitCode}");
    }

    static string RuntimeLine() => $".NET {Environment.Version}, {(System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? "AVX-512" : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? "AVX2" : "no wide vectors")}";

    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
