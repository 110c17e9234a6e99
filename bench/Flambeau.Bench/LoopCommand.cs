using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Flambeau.Bench.Models;
using Flambeau.Cpu;
using TorchSharp;

namespace Flambeau.Bench;

/// <summary><c>loop</c>: trains one network in one engine and nothing else, for profilers, and for measurements that need a process of their own.</summary>
static class LoopCommand
{
    public static Command Make()
    {
        var workload = new Option<string>("--workload") { Description = "Part of the network's name.", Required = true };
        var engine = new Option<string>("--engine") { Description = "ours or libtorch.", DefaultValueFactory = static _ => "ours" };
        var steps = new Option<int>("--steps") { Description = "How many.", DefaultValueFactory = static _ => 100 };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = static _ => Environment.ProcessorCount };
        var command = new Command("loop", "Trains one network in one engine; prints milliseconds a step and the peak of resident memory.") { workload, engine, steps, threads };
        command.SetAction(parsed => Run(parsed.GetValue(workload)!, parsed.GetValue(engine)!, parsed.GetValue(steps), parsed.GetValue(threads)));
        return command;
    }

    static int Run(string workload, string engine, int steps, int threads)
    {
        var task = Workload.All.Append(Workload.LeNet).FirstOrDefault(t => t.Name.StartsWith(workload, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"no workload starts with '{workload}'; there are: {string.Join("; ", Workload.All.Append(Workload.LeNet).Select(static t => t.Name))}");
        Action step;
        if (engine == "ours")
        {
            CpuThreads.Count = threads;
            var ours = task.OurStep();
            step = () => ours();
        }
        else step = Torch(task, threads);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < steps; i++) step();
        var peak = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").First(static l => l.StartsWith("VmHWM", StringComparison.Ordinal))[6..].Trim() : "?";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalMilliseconds / steps:F3} ms a step, peak {peak}"));
        return 0;
    }

    static Action Torch(Workload task, int threads)
    {
        torch.set_num_threads(threads);
        var peer = task.PeerStep();
        return () => peer();
    }
}
