using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Flambeau;
using Flambeau.Amp;
using Flambeau.Autograd;
using Flambeau.Compiler;
using Flambeau.Cuda;
using Flambeau.Optim;
using Flambeau.Vision;

/// <summary>ResNet-50 on one GPU: training with batches of 128, inference of 1 and 32. bench/peers/cuda_resnet.py does the same by PyTorch.</summary>
static partial class ResNetBench
{
    const int Batch = 128, WarmUp = 6, Steps = 10, Repeats = 3;

    [LibraryImport("libcuda.so.1")] private static partial int cuProfilerStart();
    [LibraryImport("libcuda.so.1")] private static partial int cuProfilerStop();

    internal static void Run(string[] which)
    {
        Cuda.BenchmarkConvolutions = true;
        Console.WriteLine($"# {Cuda.Name()}, Flambeau on .NET {Environment.Version}; cuDNN: {Cuda.CudnnProblem ?? "found"}");
        if (which is ["profile", var only])
        {
            Train(only, profile: true);
            return;
        }
        foreach (var w in which.Length > 0 ? which : ["fp32", "tf32", "bf16", "amp", "infer"])
        {
            if (w == "infer")
            {
                Infer(1);
                Infer(32);
            }
            else if (w.StartsWith("compiled-", StringComparison.Ordinal)) TrainCompiled(w["compiled-".Length..]);
            else Train(w, profile: false);
        }
    }

    static void Print(string name, double value, string unit) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}|{value:0.###}|{unit}"));

    static ResNet Network(bool last, Device device)
    {
        using var seed = new Generator(1).Use();
        var net = ResNet.ResNet50();
        if (last) net.To(MemoryFormat.ChannelsLast);
        net.To(device);
        return net;
    }

    static Tensor Images(long n, bool last, Device device)
    {
        var x = Tensor.Randn([n, 3, 224, 224], new Generator(2));
        return (last ? x.Contiguous(MemoryFormat.ChannelsLast) : x).To(device);
    }

    static void Train(string kind, bool profile)
    {
        var device = Device.Cuda();
        Cuda.AllowTf32 = Cuda.AllowTf32Convolutions = kind == "tf32";
        var last = kind is "bf16" or "amp";
        var net = Network(last, device);
        var (x, t) = (Images(Batch, last, device), Tensor.RandInt(0, 1000, [Batch], new Generator(3)).To(device));
        var sgd = new SGD(net.Parameters(), lr: 0.01, momentum: 0.9);
        Tensor? loss = null;
        if (kind == "bf16")
        {
            net.To(DType.BFloat16);
            x = x.To(DType.BFloat16);
            sgd = new SGD(net.Parameters(), lr: 0.01, momentum: 0.9);
        }

        void Step()
        {
            sgd.ZeroGrad();
            using (kind == "amp" ? Autocast.On(DeviceKind.Cuda, DType.BFloat16) : Autocast.Off(DeviceKind.Cuda)) loss = net.Forward(x).To(DType.Float32).CrossEntropy(t);
            loss.Backward();
            sgd.Step();
        }

        var first = Stopwatch.GetTimestamp();
        Step();
        Cuda.Synchronize();
        Print($"resnet50 train {kind}, first step", Stopwatch.GetElapsedTime(first).TotalSeconds, "s");
        for (var i = 1; i < WarmUp; i++) Step();
        Cuda.Synchronize();
        if (profile)
        {
            _ = cuProfilerStart();
            Step();
            Cuda.Synchronize();
            _ = cuProfilerStop();
            return;
        }
        Cuda.ResetPeak();
        var times = new List<double>();
        double host = 0;
        for (var r = 0; r < Repeats; r++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Steps; i++) Step();
            host = Stopwatch.GetElapsedTime(start).TotalMilliseconds / Steps;
            Cuda.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / Steps);
        }
        times.Sort();
        Print($"resnet50 train {kind}", Batch / times[times.Count / 2], "images/s");
        Print($"resnet50 train {kind}, host", host, "ms");
        Print($"resnet50 train {kind}, peak", Cuda.Memory().Peak / (double)(1 << 30), "GiB");
        Print($"resnet50 train {kind}, reserved", Cuda.Memory().Reserved / (double)(1 << 30), "GiB");
        Print($"resnet50 train {kind}, loss", loss!.Item<double>(), "");
        Print($"resnet50 train {kind}, collections", Cuda.Memory().Collections, "");
        Cuda.Trim();
    }

    static void TrainCompiled(string kind)
    {
        var device = Device.Cuda();
        Cuda.AllowTf32 = Cuda.AllowTf32Convolutions = kind == "tf32";
        var net = Network(kind == "amp", device);
        var (x, t) = (Images(Batch, kind == "amp", device), Tensor.RandInt(0, 1000, [Batch], new Generator(3)).To(device));
        var step = new SGD(net.Parameters(), lr: 0.01, momentum: 0.9).Compile((images, classes) =>
        {
            using var mixed = kind == "amp" ? Autocast.On(DeviceKind.Cuda, DType.BFloat16) : Autocast.Off(DeviceKind.Cuda);
            return net.Forward(images).To(DType.Float32).CrossEntropy(classes);
        }, net, new() { Name = $"resnet50 {kind}", Log = static line => Console.WriteLine("# " + line) });
        var first = Stopwatch.GetTimestamp();
        _ = step.Run(x, t);
        Cuda.Synchronize();
        Print($"resnet50 train {kind}, compiled, first step", Stopwatch.GetElapsedTime(first).TotalSeconds, "s");
        for (var i = 1; i < WarmUp; i++) _ = step.Run(x, t);
        Cuda.Synchronize();
        Cuda.ResetPeak();
        var times = new List<double>();
        for (var r = 0; r < Repeats; r++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Steps; i++) _ = step.Run(x, t);
            Cuda.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / Steps);
        }
        times.Sort();
        Print($"resnet50 train {kind}, compiled", Batch / times[times.Count / 2], "images/s");
        Print($"resnet50 train {kind}, compiled, peak", Cuda.Memory().Peak / (double)(1 << 30), "GiB");
        Cuda.Trim();
    }

    static void Infer(long n)
    {
        var device = Device.Cuda();
        Cuda.AllowTf32 = Cuda.AllowTf32Convolutions = true;
        var net = Network(false, device);
        net.Eval();
        var x = Images(n, false, device);
        using var off = Grad.No();
        Time("eager", () => _ = net.Forward(x));
        var compiled = net.Compile(new() { Name = $"resnet50, batch {n}", Log = static line => Console.WriteLine("# " + line) });
        Time("compiled", () => _ = compiled.Run(x));

        void Time(string how, Action run)
        {
            for (var i = 0; i < 100; i++) run();
            Cuda.Synchronize();
            var times = new List<double>();
            for (var r = 0; r < 30; r++)
            {
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < 5; i++) run();
                Cuda.Synchronize();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / 5);
            }
            times.Sort();
            Print($"resnet50 infer {how} tf32, batch {n}", times[times.Count / 2], "ms");
        }
    }
}
