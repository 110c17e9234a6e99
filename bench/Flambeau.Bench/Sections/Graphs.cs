using Flambeau.Autograd;
using Flambeau.Bench.Harness;
using Flambeau.Bench.Models;
using Flambeau.Compiler;
using Flambeau.Nn;
using Flambeau.Optim;

namespace Flambeau.Bench.Sections;

/// <summary>Compiled programs (our side) beside our own eager execution of them (the peer).</summary>
static class Graphs
{
    public static IEnumerable<Case> Cases()
    {
        yield return Chain();
        foreach (var n in (long[])[1, 8, 32]) yield return Cell(n);
        yield return Inference("ResNet-18, b1 at 224²", static () => new OurResNet18(), [1, 3, 224, 224], 1.3);
        yield return Inference("transformer encoder 4×256, T64 b1", static () => new OurEncoder(), [64, 1, 256], 0);
        foreach (var w in Workload.All) yield return Step(w);
    }

    static float[] Numbers(Tensor t) => t.Detach().Reshape(-1).ToArray<float>();

    static Case Chain()
    {
        Tensor x = Values.Normal(1_000_000).Ours(), z = Tensor.Randn([1_000_000]);
        Func<Tensor, Tensor, Tensor> chain = static (x, z) =>
        {
            var y = (x * z + x).Relu() * x - z;
            y = (y.Abs() + 1) * 0.5;
            return (y.Sqrt().Maximum(z) * z + x).Clamp(-3, 3);
        };
        var compiled = chain.Compile(options: new() { Strict = true });
        return new("pointwise", "chain of 12 ops on 1e6 float32", 0, Unit.None, 4,
            () => new(() => compiled.Run(x, z), () => Numbers(compiled.Run(x, z)[0])),
            () => new(() => chain(x, z), () => Numbers(chain(x, z)))) { Compiled = () => (compiled, [x, z]) };
    }

    static Case Cell(long n)
    {
        const long width = 64, steps = 100;
        Generator.Current.ManualSeed(1);
        var cell = new OurCell(width, width);
        var rule = new SGD(cell.Parameters(), lr: 0);
        Tensor x = Values.Normal(steps, n, width).Ours(), y = Values.Normal(n, width).Ours();
        Tensor[] parameters = [.. cell.Parameters()];
        Tensor Loss(Tensor x, Tensor y)
        {
            Tensor h = Tensor.Zeros([n, width]), c = h;
            for (var t = 0; t < steps; t++) (h, c) = cell.Step(x[t], h, c);
            return ((h - y) * (h - y)).Mean();
        }
        var compiled = rule.Compile(Loss, cell, new() { Strict = true }).Function;
        Tensor[] Eager()
        {
            var loss = Loss(x, y);
            return [loss, .. Grad.Of([loss], parameters)!];
        }
        return new("recurrence", $"LSTM cell of ops, T 100, b{n}, width {width}, forward and backward", 0, Unit.None, n < 32 ? 2 : 0,
            () => new(() => compiled.Run(x, y), () => [.. compiled.Run(x, y).SelectMany(Numbers)]),
            () => new(() => Eager(), () => [.. Eager().SelectMany(Numbers)])) { Compiled = () => (compiled, [x, y]) };
    }

    static Case Inference(string name, Func<Layer> make, long[] shape, double floor)
    {
        var model = make();
        model.Eval();
        var x = Values.Normal(shape).Ours();
        var compiled = model.Compile(new CompileOptions { Strict = true });
        Tensor Eager()
        {
            using var off = Grad.No();
            return model.Forward(x);
        }
        return new("inference", name, 0, Unit.None, floor,
            () => new(() => compiled.Forward(x), () => Numbers(compiled.Forward(x))),
            () => new(() => Eager(), () => Numbers(Eager()))) { Compiled = () => (compiled, [x]) };
    }

    static Case Step(Workload w)
    {
        (CompiledStep Step, Tensor[] Batch) Compiled()
        {
            Generator.Current.ManualSeed(1);
            var net = w.Ours();
            Optimizer rule = w.Rule switch { "sgd" => new SGD(net.Parameters(), lr: 0.01, momentum: 0.9), "adam" => new Adam(net.Parameters(), lr: 1e-4), _ => new AdamW(net.Parameters(), lr: 1e-4) };
            return (rule.Compile((a, b) => net.Forward(a).CrossEntropy(b), net, new() { Strict = true }), [w.OurInput(), Tensor.From(Values.Whole(w.Targets, w.Classes))]);
        }
        static Side Of(Func<Tensor> step) => new(() => step(), () => [.. Enumerable.Range(0, 3).Select(_ => step().Item<float>())]);
        return new("training step", w.Name, 0, Unit.None, 0, () =>
        {
            var (step, batch) = Compiled();
            return Of(() => step.Run(batch));
        }, () =>
        {
            Generator.Current.ManualSeed(1);
            return Of(w.OurStep());
        }, 2e-3)
        {
            Compiled = () =>
            {
                var (step, batch) = Compiled();
                return (step.Function, batch);
            },
        };
    }
}
