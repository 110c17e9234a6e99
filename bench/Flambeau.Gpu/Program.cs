using System.Diagnostics;
using System.Globalization;
using Flambeau;
using Flambeau.Autograd;
using Flambeau.Cuda;
using Flambeau.Nn;
using Flambeau.Optim;

// Prints one line a measurement: name, number, unit. bench/peers/cuda_ops.py prints the same of PyTorch; with the argument "compiled", cuda_compiled.py does, with "breadth", cuda_breadth.py, with "resnet", cuda_resnet.py, with "gpt2 FILE", cuda_gpt2.py.
if (args is ["resnet", .. var which])
{
    ResNetBench.Run(which);
    return;
}
if (args is ["gpt2", var file, .. var kinds])
{
    Gpt2Bench.Run(file, kinds);
    return;
}
switch (args)
{
    case ["resnet-losses", var weights]: Curves.ResNet50(weights); return;
    case ["lenet", var folder]: Curves.LeNet(folder); return;
    case ["memory"]: Curves.Memory(); return;
}
var device = Device.Cuda();
Console.WriteLine($"# {Cuda.Name()}, Flambeau on .NET {Environment.Version}");

Tensor Draw(params long[] sizes) => Tensor.Randn(sizes).To(device);

/// Host time of one call, the device kept busy only as far as the calls do.
void Host(string name, Action run, int count = 2000)
{
    for (var i = 0; i < 3 * count; i++) run();
    Cuda.Synchronize();
    var times = new List<double>();
    for (var r = 0; r < 11; r++)
    {
        var t = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) run();
        times.Add(Stopwatch.GetElapsedTime(t).TotalMicroseconds / count);
        Cuda.Synchronize();
    }
    times.Sort();
    Print(name, times[times.Count / 2], "us");
}

/// Time of one call until the device is done, of many in a row.
double Device_(Action run, int count)
{
    for (var i = 0; i < 3; i++) run();
    Cuda.Synchronize();
    var times = new List<double>();
    for (var r = 0; r < 7; r++)
    {
        var t = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) run();
        Cuda.Synchronize();
        times.Add(Stopwatch.GetElapsedTime(t).TotalSeconds / count);
    }
    times.Sort();
    return times[times.Count / 2];
}

void Print(string name, double value, string unit) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}|{value:0.###}|{unit}"));

if (args is ["breadth"])
{
    Breadth.Run(device, Print, Device_);
    return;
}
if (args is ["compiled"])
{
    Compiled.Run(device, Print, Device_);
    return;
}

using (Grad.No())
{
    var small = Draw(16);
    var other = Draw(16);
    Host("x + y, 16 floats", () => _ = small + other);
    Host("x * 2, 16 floats", () => _ = small * 2);
    Host("relu, 16 floats", () => _ = small.Relu());
    Host("x.sum(), 16 floats", () => _ = small.Sum());
    var m16 = Draw(16, 16);
    Host("mm, 16 x 16", () => _ = m16.Mm(m16));
    Host("softmax, 16 x 16", () => _ = m16.Softmax(1));
    Host("view, 16 x 16", () => _ = m16.Permute(1, 0));

    var big = Draw(1L << 28);
    var gib = (1L << 30) / 1e12;
    var into = Tensor.Empty([1L << 28], DType.Float32, device);
    Print("copy, 1 GiB", 2 * gib / Device_(() => into.Copy_(big), 5), "TB/s");
    Print("x + x, 1 GiB", 2 * gib / Device_(() => _ = big + big, 5), "TB/s");
    Print("exp, 1 GiB", 2 * gib / Device_(() => _ = big.Exp(), 5), "TB/s");
    Print("sum, 1 GiB", gib / Device_(() => _ = big.Sum(), 5), "TB/s");
    var rows = big.Reshape([1L << 16, 1L << 12]);
    Print("sum rows, 65536 x 4096", gib / Device_(() => _ = rows.Sum([1]), 5), "TB/s");
    Print("sum columns, 65536 x 4096", gib / Device_(() => _ = rows.Sum([0]), 5), "TB/s");
    Print("softmax, 65536 x 4096", 2 * gib / Device_(() => _ = rows.Softmax(1), 5), "TB/s");
    Print("layer_norm, 65536 x 4096", 2 * gib / Device_(() => _ = rows.LayerNorm([4096]), 5), "TB/s");
    Print("transpose copy, 65536 x 4096", 2 * gib / Device_(() => _ = rows.Permute(1, 0).Contiguous(), 5), "TB/s");

    var a = Draw(8192, 8192);
    var b = Draw(8192, 8192);
    double flops = 2.0 * 8192 * 8192 * 8192 / 1e12;
    Print("mm 8192 fp32", flops / Device_(() => _ = a.Mm(b), 3), "TFLOP/s");
    Cuda.AllowTf32 = true;
    Print("mm 8192 tf32", flops / Device_(() => _ = a.Mm(b), 5), "TFLOP/s");
    Cuda.AllowTf32 = false;
    var (ab, bb) = (a.To(DType.BFloat16), b.To(DType.BFloat16));
    Print("mm 8192 bf16", flops / Device_(() => _ = ab.Mm(bb), 5), "TFLOP/s");
}
