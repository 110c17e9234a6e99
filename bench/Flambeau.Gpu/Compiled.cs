using Flambeau;
using Flambeau.Autograd;
using Flambeau.Compiler;
using Flambeau.Cuda;
using Flambeau.Nn;
using Flambeau.Optim;
using Flambeau.Vision;

/// <summary>Compiled programs beside the same ones op by op; bench/peers/cuda_compiled.py does the same work with PyTorch.</summary>
static class Compiled
{
    internal static void Run(Device device, Action<string, double, string> print, Func<Action, int, double> time)
    {
        void Ms(string name, Action run, int count = 10) => print(name, 1e3 * time(run, count), "ms");
        CompileOptions Options(string name, bool gradients = false) => new() { Name = name, Gradients = gradients, Log = static line => Console.WriteLine("# " + line) };
        Tensor Draw(params long[] sizes) => Tensor.Randn(sizes).To(device);

        // A recurrent cell written by hand.
        const long Hidden = 512, Batch = 64, Steps = 100;
        Tensor[] p = [(Draw(Hidden, 4 * Hidden) * 0.05).Detach().WithGrad(), (Draw(Hidden, 4 * Hidden) * 0.05).Detach().WithGrad(), Draw(4 * Hidden).Detach().WithGrad()];
        var x = Draw(Steps, Batch, Hidden);
        Func<Tensor, Tensor> cell = input =>
        {
            Tensor h = input.NewZeros([Batch, Hidden]), c = input.NewZeros([Batch, Hidden]);
            for (var t = 0; t < Steps; t++)
            {
                var g = input[t].MatMul(p[0]) + h.MatMul(p[1]) + p[2];
                Tensor Gate(int k) => g.Narrow(1, k * Hidden, Hidden);
                c = Gate(1).Sigmoid() * c + Gate(0).Sigmoid() * Gate(2).Tanh();
                h = Gate(3).Sigmoid() * c.Tanh();
            }
            return h;
        };
        void Train(Func<Tensor, Tensor> f)
        {
            foreach (var w in p) w.Grad = null;
            f(x).Sum().Backward();
        }
        for (var i = 0; i < 30; i++) Train(cell);
        Ms("LSTM cell loop, forward+backward, eager", () => Train(cell), 3);
        var code = cell.Compile(options: Options("cell", gradients: true));
        Ms("LSTM cell loop, forward+backward, compiled", () => Train(y => code.Run(y)[0]), 3);
        var unrecorded = cell.Compile(options: Options("cell, not recorded", gradients: true) with { Record = false });
        Ms("LSTM cell loop, forward+backward, compiled, not recorded", () => Train(y => unrecorded.Run(y)[0]), 3);
        var sgd = new SGD(p, lr: 0);
        var step = sgd.Compile((a, _) => cell(a).Sum(), options: Options("cell, one graph"));
        Ms("LSTM cell loop, training step, compiled", () => step.Run(x, x), 3);
        using var off = Grad.No();
        Ms("LSTM cell loop, forward, eager", () => cell(x), 3);
        var forward = cell.Compile(options: Options("cell forward"));
        Ms("LSTM cell loop, forward, compiled", () => forward.Run(x), 3);

        // Inference where launches are what takes time.
        var mlp = new Sequential([.. Enumerable.Range(0, 12).SelectMany(static _ => new Layer[] { new Linear(512, 512), new GELU(), new LayerNorm([512]) })]);
        mlp.Eval();
        mlp.To(device);
        Inference("MLP of 12 layers of 512, batch 16", mlp, Draw(16, 512), 50);
        foreach (var (name, make) in new (string, Func<ResNet>)[] { ("ResNet-18", () => ResNet.ResNet18()), ("ResNet-50", () => ResNet.ResNet50()) })
        {
            var net = make();
            net.Eval();
            net.To(device);
            Inference(name + " inference, batch 1", net, Draw(1, 3, 224, 224), 10);
        }
        void Inference(string name, Layer layer, Tensor input, int count)
        {
            Ms(name + ", eager", () => layer.Forward(input), count);
            var compiled = layer.Compile(Options(name));
            Ms(name + ", compiled", () => compiled.Run(input), count);
        }

        // Bandwidth of regions, of bytes read and written.
        var big = Draw(1L << 27);
        var gib = (1L << 29) / 1e12;
        var into = Tensor.Empty([1L << 27], DType.Float32, device);
        print("copy, 512 MiB", 2 * gib / time(() => into.Copy_(big), 10), "TB/s");
        Func<Tensor, Tensor> chain = static v => (v * 2 + 1).Sigmoid() * v - v.Abs().Sqrt();
        Bandwidth("pointwise chain, 512 MiB", chain, big);
        Func<Tensor, Tensor> norm = static v =>
        {
            var d = v - v.Mean([1], keepdim: true);
            return d / (d.Square().Mean([1], keepdim: true) + 1e-5).Sqrt();
        };
        Bandwidth("norm of rows by hand, 65536 x 2048", norm, big.Reshape([1L << 16, 1L << 11]));
        Bandwidth("norm of rows by hand, 1048576 x 128", norm, big.Reshape([1L << 20, 1L << 7]));
        Func<Tensor, Tensor> soft = static v =>
        {
            var e = (v - v.Amax([1], keepdim: true)).Exp();
            return e / e.Sum([1], keepdim: true);
        };
        Bandwidth("softmax of rows by hand, 65536 x 2048", soft, big.Reshape([1L << 16, 1L << 11]));
        void Bandwidth(string name, Func<Tensor, Tensor> f, Tensor input)
        {
            print(name + ", eager", 2 * gib / time(() => f(input), 5), "TB/s");
            var compiled = f.Compile(options: Options(name) with { Record = false });
            print(name + ", compiled", 2 * gib / time(() => compiled.Run(input), 10), "TB/s");
        }
    }
}
