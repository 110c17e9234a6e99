using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Flambeau;
using Flambeau.Amp;
using Flambeau.Autograd;
using Flambeau.Compiler;
using Flambeau.Cuda;
using Flambeau.Formats;
using Flambeau.Optim;

/// <summary>
/// GPT-2 124M on one GPU: training with 16 rows of 1024 tokens. bench/peers/cuda_gpt2.py does the same by PyTorch, and writes the weights and tokens that both begin with to the file that is named.
/// </summary>
static partial class Gpt2Bench
{
    const int Layers = 12, Heads = 12, Width = 768, Rows = 16, Tokens = 1024, CurveSteps = 20, Steps = 10, Repeats = 3;

    [LibraryImport("libcuda.so.1")] private static partial int cuProfilerStart();
    [LibraryImport("libcuda.so.1")] private static partial int cuProfilerStop();

    internal static void Run(string file, string[] which)
    {
        Console.WriteLine($"# {Cuda.Name()}, Flambeau on .NET {Environment.Version}");
        var saved = Safetensors.Load(file);
        if (which is ["profile", var only]) Train(saved, only, profile: true);
        else foreach (var w in which.Length > 0 ? which : ["fp32", "amp", "bf16"])
        {
            if (w == "compiled") TrainCompiled(saved);
            else Train(saved, w, profile: false);
        }
    }

    static void Print(string name, double value, string unit) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}|{value:0.######}|{unit}"));

    static Tensor Forward(Dictionary<string, Tensor> w, Tensor ids, Tensor places)
    {
        long n = ids.Size(0), t = ids.Size(1);
        var x = Functional.Embedding(ids, w["tokens"]) + Functional.Embedding(places, w["places"]);
        Tensor Norm(Tensor v, string name) => v.LayerNorm([Width], w[name + ".weight"], w[name + ".bias"]);
        Tensor Linear(Tensor v, string name) => Functional.Linear(v, w[name + ".weight"], w[name + ".bias"]);
        for (var i = 0; i < Layers; i++)
        {
            var parts = Linear(Norm(x, $"{i}.norm1"), $"{i}.qkv").Split(Width, 2);
            Tensor Head(Tensor v) => v.Reshape(n, t, Heads, Width / Heads).Transpose(1, 2);
            var y = Head(parts[0]).ScaledDotProductAttention(Head(parts[1]), Head(parts[2]), isCausal: true);
            x = x + Linear(y.Transpose(1, 2).Reshape(n, t, Width), $"{i}.projection");
            x = x + Linear(Linear(Norm(x, $"{i}.norm2"), $"{i}.up").Gelu("tanh"), $"{i}.down");
        }
        return Functional.Linear(Norm(x, "norm"), w["tokens"]);
    }

    /// <summary>The step of amp as a compiled program.</summary>
    static void TrainCompiled(SafetensorsFile saved)
    {
        var device = Device.Cuda();
        var w = saved.Where(static p => p.Key != "data").ToDictionary(static p => p.Key, p => p.Value.To(device).WithGrad());
        var data = saved["data"].To(device);
        var places = Tensor.Arange(Tokens).To(device);
        var optimizer = new AdamW(w.OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => p.Value), lr: 3e-4, beta2: 0.95, weightDecay: 0.1);
        var step = optimizer.Compile((ids, next) =>
        {
            using var mixed = Autocast.On(DeviceKind.Cuda, DType.BFloat16);
            return Forward(w, ids, places).Reshape(Rows * Tokens, -1).CrossEntropy(next.Reshape(Rows * Tokens));
        }, options: new() { Name = "gpt2", Log = static line => Console.WriteLine("# " + line) });
        Tensor Step(int i)
        {
            var batch = data.Select(0, i % CurveSteps);
            return step.Run(batch.Narrow(1, 0, Tokens), batch.Narrow(1, 1, Tokens));
        }
        var first = Stopwatch.GetTimestamp();
        for (var i = 0; i < CurveSteps; i++)
        {
            Print($"gpt2 compiled, loss {i}", Step(i).Item<double>(), "");
            if (i == 2) Print("gpt2 compiled, first three steps", Stopwatch.GetElapsedTime(first).TotalSeconds, "s");
        }
        Cuda.Synchronize();
        Cuda.ResetPeak();
        var times = new List<double>();
        for (var r = 0; r < Repeats; r++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Steps; i++) _ = Step(i);
            Cuda.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / Steps);
        }
        times.Sort();
        Print("gpt2 compiled", times[times.Count / 2], "ms");
        Print("gpt2 compiled, peak", Cuda.Memory().Peak / (double)(1 << 30), "GiB");
        Cuda.Trim();
    }

    static void Train(SafetensorsFile saved, string kind, bool profile)
    {
        var device = Device.Cuda();
        Cuda.AllowTf32 = false;
        var type = kind == "bf16" ? DType.BFloat16 : DType.Float32;
        var w = saved.Where(static p => p.Key != "data").ToDictionary(static p => p.Key, p => p.Value.To(type).To(device).WithGrad());
        var data = saved["data"].To(device);
        var places = Tensor.Arange(Tokens).To(device);
        var optimizer = new AdamW(w.OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => p.Value), lr: 3e-4, beta2: 0.95, weightDecay: 0.1);
        Tensor? loss = null;
        void Step(int i)
        {
            var batch = data.Select(0, i % CurveSteps);
            optimizer.ZeroGrad();
            using (kind == "amp" ? Autocast.On(DeviceKind.Cuda, DType.BFloat16) : Autocast.Off(DeviceKind.Cuda))
            {
                var scores = Forward(w, batch.Narrow(1, 0, Tokens), places);
                loss = scores.Reshape(Rows * Tokens, -1).CrossEntropy(batch.Narrow(1, 1, Tokens).Reshape(Rows * Tokens));
            }
            loss.Backward();
            optimizer.Step();
        }

        var first = Stopwatch.GetTimestamp();
        for (var i = 0; i < CurveSteps; i++)
        {
            Step(i);
            Print($"gpt2 {kind}, loss {i}", loss!.Item<double>(), "");
            if (i == 0) Print($"gpt2 {kind}, first step", Stopwatch.GetElapsedTime(first).TotalSeconds, "s");
        }
        Cuda.Synchronize();
        if (profile)
        {
            _ = cuProfilerStart();
            Step(0);
            Cuda.Synchronize();
            _ = cuProfilerStop();
            return;
        }
        Cuda.ResetPeak();
        var times = new List<double>();
        double host = 0;
        var (paused, collections) = (GC.GetTotalPauseDuration(), Cuda.Memory().Collections);
        for (var r = 0; r < Repeats; r++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Steps; i++) Step(i);
            host = Stopwatch.GetElapsedTime(start).TotalMilliseconds / Steps;
            Cuda.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / Steps);
        }
        times.Sort();
        Print($"gpt2 {kind}", times[times.Count / 2], "ms");
        Print($"gpt2 {kind}, host", host, "ms");
        Print($"gpt2 {kind}, peak", Cuda.Memory().Peak / (double)(1 << 30), "GiB");
        Print($"gpt2 {kind}, reserved", Cuda.Memory().Reserved / (double)(1 << 30), "GiB");
        Print($"gpt2 {kind}, collections that the pool asked for in a step", (Cuda.Memory().Collections - collections) / (double)(Steps * Repeats), "");
        Print($"gpt2 {kind}, pauses for them and others in a step", (GC.GetTotalPauseDuration() - paused).TotalMilliseconds / (Steps * Repeats), "ms");
        foreach (var (op, count) in Cuda.Fallbacks) Print($"gpt2 {kind}, on the CPU: {op}", count, "calls");
        Cuda.Trim();
    }
}
