using System.Diagnostics;
using Flambeau.Autograd;
using Flambeau.Bench.Models;
using Flambeau.Compiler;
using Flambeau.Cpu;
using Flambeau.Nn;
using Flambeau.Vision;

namespace Flambeau.Bench.Sections;

/// <summary>Memory plans of whole networks, and the first compilation of one.</summary>
static class GraphModels
{
    public static double Cold()
    {
        var model = new OurResNet18();
        model.Eval();
        var x = Tensor.Randn([1, 3, 224, 224]);
        var clock = Stopwatch.StartNew();
        model.Compile(new CompileOptions { Strict = true }).Forward(x);
        return clock.Elapsed.TotalMilliseconds;
    }

    public static void Plans(TextWriter output)
    {
        output.WriteLine("\n## memory plan\n\n| case | arena | lower bound | arena / bound | eager's peak | arena / peak | floor |\n|---|---:|---:|---:|---:|---:|---|");
        Row(output, "ResNet-18, b1 at 224²", new OurResNet18(), [1, 3, 224, 224]);
        Row(output, "MobileNet-v3 large, b1 at 224²", MobileNetV3.Large(), [1, 3, 224, 224]);
        Row(output, "transformer encoder 4×256, T64 b8", new OurEncoder(), [64, 8, 256]);
    }

    static void Row(TextWriter output, string name, Layer model, long[] shape)
    {
        model.Eval();
        var x = Tensor.Randn(shape);
        var compiled = model.Compile(new CompileOptions { Strict = true });
        compiled.Forward(x);
        var plan = compiled.Plan!;
        using var off = Grad.No();
        model.Forward(x);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = CachingAllocator.Statistics.Allocated;
        CachingAllocator.ResetPeak();
        model.Forward(x);
        var peak = CachingAllocator.Statistics.Peak - before;
        var (bound, share) = ((double)plan.Bytes / plan.LowerBound, (double)plan.Bytes / peak);
        output.WriteLine(GraphCommand.Text($"| {name} | {plan.Bytes / 1024.0:F0} KiB | {plan.LowerBound / 1024.0:F0} KiB | {bound:F2} | {peak / 1024.0:F0} KiB | {share:F2} | {(bound > 1.1 ? "above 1.10 × bound" : share > 0.6 ? "above 0.60 × peak" : "")} |"));
    }
}
