using System.Diagnostics;
using System.Globalization;
using Flambeau.Autograd;
using Flambeau.Bench.Harness;
using Flambeau.Bench.Models;
using Flambeau.Compiler;
using Flambeau.Graphs;
using Flambeau.Nn;
using Flambeau.Vision;

namespace Flambeau.Bench.Sections;

/// <summary>How long a fresh process takes from an archive to results: loading, the first call, and the calls after it.</summary>
static class ArchiveLoad
{
    static readonly (string Name, Func<Layer> Make, long[] Sizes)[] models =
    [
        ("ResNet-18, b1 at 224²", static () => new OurResNet18(), [1, 3, 224, 224]),
        ("MobileNet-v3 large, b1 at 224²", static () => MobileNetV3.Large(), [1, 3, 224, 224]),
        ("transformer encoder 4×256, T64 b8", static () => new OurEncoder(), [64, 8, 256]),
    ];

    /// <summary>Milliseconds: load, first call (capture and compilation in it), second call, third call, steady state.</summary>
    public static double[] InThisProcess(string path)
    {
        using var off = Grad.No();
        var clock = Stopwatch.StartNew();
        double Lap()
        {
            var ms = clock.Elapsed.TotalMilliseconds;
            clock.Restart();
            return ms;
        }

        var graph = ScriptModule.Load(path).Graph;
        var load = Lap();
        var x = Tensor.Randn(((TensorType)graph.Inputs[0].Type).Sizes!.Value);
        // FLAMBEAU_JIT=0 makes this op by op.
        var compiled = graph.Compile(new CompileOptions { Strict = true });
        return [load, Once(() => compiled.Run(x)), Once(() => compiled.Run(x)), Once(() => compiled.Run(x)), Steady(() => compiled.Run(x))];

        double Once(Action call)
        {
            Lap();
            call();
            return Lap();
        }

        double Steady(Action call)
        {
            for (var i = 0; i < 20; i++) call();
            var times = new List<double>();
            for (var i = 0; i < 30; i++) times.Add(Once(call));
            return Timing.Median(times);
        }
    }

    public static void Run(TextWriter output)
    {
        output.WriteLine("\n## archive load\n\nFresh processes, medians of 5, ms. Two calls are the warm-up: the first captures and compiles, the second packs weights and has the last code made.\n\n| case | load | first call | second | third | steady | third / steady | op by op: load | first call | steady |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (name, make, sizes) in models)
        {
            var path = Path.Combine(Path.GetTempPath(), $"flambeau-{Environment.ProcessId}.flambeau");
            try
            {
                var model = make();
                model.Eval();
                using (Grad.No()) Capture.Trace.Of(model, Tensor.Randn([.. sizes])).Save(path);
                var (compiled, plain) = (Children(path, "1"), Children(path, "0"));
                var ratio = compiled[3] / compiled[4];
                output.WriteLine(GraphCommand.Text($"| {name} | {compiled[0]:F0} | {compiled[1]:F0} | {compiled[2]:F1} | {compiled[3]:F1} | {compiled[4]:F1} | {ratio:F2}{(ratio > 2 ? ", above 2" : "")} | {plain[0]:F0} | {plain[1]:F0} | {plain[4]:F1} |"));
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    static double[] Children(string path, string jit)
    {
        var runs = new List<double[]>();
        for (var i = 0; i < 5; i++) runs.Add(Array.ConvertAll(GraphCommand.Child(new() { ["FLAMBEAU_JIT"] = jit }, "graph", "--archive", path).Split(' '), static s => double.Parse(s, CultureInfo.InvariantCulture)));
        return [.. Enumerable.Range(0, runs[0].Length).Select(k => Timing.Median([.. runs.Select(r => r[k])]))];
    }
}
