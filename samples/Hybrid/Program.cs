using Flambeau;
using Flambeau.Autograd;
using Flambeau.Capture;
using Flambeau.Compiler;
using Flambeau.Formats;
using Flambeau.Nn;
using Flambeau.Optim;

// One program: first an eager experiment, then a graph, compiled code, an archive and an ONNX model. Nothing is written twice.
var folder = args.Length > 0 ? args[0] : ".";
Generator.Current.ManualSeed(7);
var (points, labels) = Spirals.Draw(200);

// 1. The experiment: plain C# that can be stepped through, with a loop whose length depends on the data.
var settling = new Settling(32);
var adam = new Adam(settling.Parameters(), lr: 1e-2);
for (var step = 0; step <= 150; step++)
{
    adam.ZeroGrad();
    var loss = Functional.CrossEntropy(settling.Forward(points), labels);
    loss.Backward();
    adam.Step();
    if (step % 50 == 0) Console.WriteLine($"eager step {step,3}: loss {loss.Item<float>():F4}, accuracy {Spirals.Accuracy(settling.Forward(points), labels):P1}");
}
using var off = Grad.No();
var expected = settling.Forward(points);

// 2. Script: the same method as a graph. The loop stays a loop, and the parameters are those of the module.
settling.Eval();
var script = Script.Of(settling);
Console.WriteLine($"\n{script.Graph}");
Same("script", script.Forward(points), expected);

// 3. Trace: where nothing depends on values, one run is enough. N may be any number.
var mlp = new Mlp(32);
var trace = Trace.Of(mlp, points, new TraceOptions { Dynamic = [new DynamicDim(0, 0, "N")] });
Same("trace, on other points", (Tensor)trace.Graph.Run(points[..100])[0]!, mlp.Forward(points[..100]));

// 4. Compile: a training step, loss and gradients in one graph with fused kernels and planned memory; then the network for use.
var sgd = new SGD(mlp.Parameters(), lr: 0.5, momentum: 0.9);
var train = sgd.Compile((x, y) => Functional.CrossEntropy(mlp.Forward(x), y), mlp);
for (var step = 0; step <= 300; step++)
{
    var loss = train.Run(points, labels);
    if (step % 100 == 0) Console.WriteLine($"compiled step {step,3}: loss {loss.Item<float>():F4}, accuracy {Spirals.Accuracy(mlp.Forward(points), labels):P1}");
}
var fast = mlp.Compile();
fast.Forward(points); // the first call captures, so the next one is the first of compiled code
Same("compiled", fast.Forward(points), mlp.Forward(points));
Console.WriteLine($"compiled once, ran {train.Function.Statistics.Runs} times, arena {train.Function.Statistics.ArenaBytes:N0} bytes");

// 5. Archive: graph, weights and notes in one file, for processes that don't have these classes (samples/RunArchive).
var archive = Path.Combine(folder, "spirals.flambeau");
script.Save(archive, metadata: [KeyValuePair.Create("task", "two spirals")]);
Same("archive", ScriptModule.Load(archive).Forward(points), expected);
Console.WriteLine($"the archive says: {Archive.Load(archive).Metadata["task"]}");

// 6. ONNX: the loop becomes a Loop, which other runtimes understand; here it is read back.
var onnx = Path.Combine(folder, "spirals.onnx");
Onnx.Export(script, [points], onnx);
Same("ONNX", (Tensor)Onnx.Load(onnx).Run(points)[0]!, expected);

static void Same(string what, Tensor actual, Tensor expected)
{
    var difference = (actual - expected).Abs().Max().Item<float>();
    Console.WriteLine($"{what}: differs from eager by {difference:E1}");
    if (!(difference <= 1e-4)) throw new InvalidOperationException($"{what} differs from eager code");
}

/// <summary>Applies one layer until its result settles (Bai, Kolter and Koltun, "Deep Equilibrium Models", arXiv:1909.01377).</summary>
[Module] internal sealed partial class Settling(long width) : Layer
{
    readonly Linear input = new(2, width), state = new(width, width), output = new(width, 2);

    [Script] public override Tensor Forward(Tensor x)
    {
        var drive = x.Linear(input.Weight, input.Bias) * 3;
        var z = drive.Tanh();
        var change = 1.0;
        for (var step = 0; step < 30 && change > 1e-3; step++)
        {
            var next = (z.Linear(state.Weight, state.Bias) + drive).Tanh();
            change = (next - z).Abs().Max().Item<double>();
            z = next;
        }
        return z.Linear(output.Weight, output.Bias);
    }
}

[Module] internal sealed partial class Mlp(long width) : Layer
{
    readonly Linear first = new(2, width), second = new(width, width), third = new(width, 2);

    public override Tensor Forward(Tensor x) => third.Forward(second.Forward(first.Forward(x).Tanh()).Tanh());
}

internal static class Spirals
{
    /// <summary>Points of two spirals, [2 n, 2], and which each belongs to.</summary>
    internal static (Tensor Points, Tensor Labels) Draw(long n)
    {
        var t = Tensor.Linspace(0.5, 4, n);
        var arm = Tensor.Stack([(t * 1.5).Cos() * t, (t * 1.5).Sin() * t], 1) / 2;
        return (Tensor.Cat([arm, -arm], 0), Tensor.Cat([Tensor.Zeros([n], DType.Int64), Tensor.Ones([n], DType.Int64)], 0));
    }

    internal static double Accuracy(Tensor scores, Tensor labels) => scores.Argmax(1).Eq(labels).Float().Mean().Item<float>();
}
