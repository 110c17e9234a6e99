using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Flambeau.Bench.Harness;
using Flambeau.Bench.Sections;
using Flambeau.Cpu;
using TorchSharp;

namespace Flambeau.Bench;

/// <summary><c>cpu</c>: the CPU engine beside libtorch.</summary>
static class CpuCommand
{
    public static Command Make()
    {
        var filter = new Option<string?>("--filter") { Description = "Only cases whose 'section/name' contains this." };
        var threads = new Option<int>("--threads") { Description = "Threads for both engines.", DefaultValueFactory = static _ => Environment.ProcessorCount };
        var json = new Option<string?>("--json") { Description = "Write the rows to this file, too." };
        var seconds = new Option<double>("--seconds") { Description = "Time for each case.", DefaultValueFactory = static _ => 0.6 };
        var alone = new Option<bool>("--alone") { Description = "Time our side only, as for a profiler." };
        var command = new Command("cpu", "The CPU engine beside libtorch, case by case.") { filter, threads, json, seconds, alone };
        command.SetAction(parsed => parsed.GetValue(alone)
            ? Alone(parsed.GetValue(filter), parsed.GetValue(threads), parsed.GetValue(seconds))
            : Run(parsed.GetValue(filter), parsed.GetValue(threads), parsed.GetValue(json), parsed.GetValue(seconds)));
        return command;
    }

    static int Run(string? filter, int threads, string? json, double seconds)
    {
        CpuThreads.Count = threads;
        torch.set_num_threads(threads);
        var peak = Roofline.Measure(threads);
        Console.WriteLine($"{Processor()}, {(Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : RuntimeInformation.ProcessArchitecture.ToString())}, {threads} threads; " +
            $".NET {Environment.Version}, libtorch {torch.__version__}; measured peak {peak.Flops / 1e9:F0} GFLOP/s, copy {peak.BytesPerSecond / 1e9:F1} GB/s");
        var report = new Report(peak, Console.Out);
        foreach (var section in Cases(filter).GroupBy(static c => c.Section))
        {
            report.Head(section.Key);
            foreach (var work in section)
            {
                report.Row(Timing.Run(work, seconds));
                GC.Collect();
            }
            report.Sum(section.Key);
        }
        if (filter is null || "memory".Contains(filter, StringComparison.OrdinalIgnoreCase)) Processes.Memory(threads, Console.Out);
        if (filter is null || "start".Contains(filter, StringComparison.OrdinalIgnoreCase)) Processes.Start(threads, Console.Out);
        if (json is not null) report.Save(json);
        return report.Agrees ? 0 : 1;
    }

    static int Alone(string? filter, int threads, double seconds)
    {
        CpuThreads.Count = threads;
        foreach (var work in Cases(filter))
        {
            var time = Timing.Alone(work, seconds);
            Console.WriteLine(FormattableString.Invariant($"{work.Section}/{work.Name}: {Report.Time(time)} {(work.Unit == Unit.None ? "" : $"{work.Amount / time / 1e9:F1} G{work.Unit}/s")}"));
        }
        return 0;
    }

    static IEnumerable<Case> Cases(string? filter) =>
        Dispatch.Cases().Concat(Sections.Gemm.Cases()).Concat(Convolution.Cases()).Concat(Elementwise.Cases()).Concat(Indexing.Cases()).Concat(Training.Cases())
            .Where(c => filter is null || $"{c.Section}/{c.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase));

    static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?"
        : "?";
}
