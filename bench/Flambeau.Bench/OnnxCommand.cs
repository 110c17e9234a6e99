using System.CommandLine;
using Flambeau.Bench.Harness;
using Flambeau.Bench.Sections;
using Flambeau.Cpu;

namespace Flambeau.Bench;

/// <summary><c>onnx</c>: imported and compiled models beside ONNX Runtime.</summary>
static class OnnxCommand
{
    public static Command Make()
    {
        var folder = new Argument<DirectoryInfo>("models") { Description = "Folder of .onnx files, each with a .safetensors of its inputs ('in.*')." };
        var filter = new Option<string?>("--filter") { Description = "Only models whose name contains this." };
        var threads = new Option<int>("--threads") { Description = "Threads for both engines.", DefaultValueFactory = static _ => Environment.ProcessorCount };
        var json = new Option<string?>("--json") { Description = "Write the rows to this file, too." };
        var seconds = new Option<double>("--seconds") { Description = "Time for each model.", DefaultValueFactory = static _ => 2 };
        var alone = new Option<bool>("--alone") { Description = "Time our side only, as for a profiler." };
        var steps = new Option<bool>("--steps") { Description = "Show how long each step of ours takes." };
        var command = new Command("onnx", "Imported and compiled models beside ONNX Runtime.") { folder, filter, threads, json, seconds, alone, steps };
        command.SetAction(parsed =>
        {
            var count = parsed.GetValue(threads);
            CpuThreads.Count = count;
            var cases = OnnxModels.Cases(parsed.GetValue(folder)!.FullName, parsed.GetValue(filter), count);
            if (parsed.GetValue(steps))
            {
                foreach (var c in cases) c.Steps(Console.Out);
                return 0;
            }
            if (parsed.GetValue(alone))
            {
                foreach (var c in cases) Console.WriteLine($"{c.Name}: {Report.Time(Timing.Alone(c, parsed.GetValue(seconds)))}");
                return 0;
            }
            var report = new Report(Roofline.Measure(count), Console.Out, "ONNX Runtime");
            Console.WriteLine($"{count} threads; .NET {Environment.Version}, ONNX Runtime {Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString()}");
            report.Head("models");
            foreach (var c in cases) report.Row(Timing.Run(c, parsed.GetValue(seconds)));
            report.Sum("models");
            if (parsed.GetValue(json) is { } file) report.Save(file);
            return report.Agrees ? 0 : 1;
        });
        return command;
    }
}
