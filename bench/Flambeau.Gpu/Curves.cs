using System.Globalization;
using Flambeau;
using Flambeau.Autograd;
using Flambeau.Cuda;
using Flambeau.Data;
using Flambeau.Formats;
using Flambeau.Nn;
using Flambeau.Optim;
using Flambeau.Vision;

/// <summary>What training comes to: losses beside PyTorch's from the same weights and data (bench/peers/cuda_curves.py writes them), LeNet on MNIST beside the CPU, and memory over many steps.</summary>
static class Curves
{
    static void Print(string name, double value, string unit = "") => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}|{value:0.########}|{unit}"));

    /// <summary>20 steps of ResNet-50, float32 throughout.</summary>
    internal static void ResNet50(string file)
    {
        var device = Device.Cuda();
        Cuda.AllowTf32 = Cuda.AllowTf32Convolutions = false;
        var saved = Safetensors.Load(file);
        var net = ResNet.ResNet50();
        net.LoadStateDict(saved.Where(static p => p.Key is not ("images" or "classes")));
        net.To(device);
        Tensor images = saved["images"].To(device), classes = saved["classes"].To(device);
        var sgd = new SGD(net.Parameters(), lr: 0.01, momentum: 0.9);
        for (var i = 0; i < 20; i++)
        {
            var at = (int)(i % images.Size(0));
            sgd.ZeroGrad();
            var loss = net.Forward(images[at]).CrossEntropy(classes[at]);
            loss.Backward();
            sgd.Step();
            Print($"resnet50 fp32, loss {i}", loss.Item<double>());
        }
    }

    /// <summary>LeNet on the files of MNIST, 3 epochs, on the GPU and on the CPU from the same weights in the same order.</summary>
    internal static void LeNet(string folder)
    {
        Cuda.AllowTf32 = Cuda.AllowTf32Convolutions = false;
        var (train, test) = MnistFiles.Load(folder);
        var curves = new[] { Device.Cuda(), Device.Cpu }.Select(device => Train(new(train), new(test), device)).ToArray();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var apart = curves[0].Losses.Zip(curves[1].Losses).Skip(epoch * 938).Take(938).ToArray();
            Print($"lenet, epoch {epoch + 1}, mean loss on the GPU", apart.Average(static p => p.First));
            Print($"lenet, epoch {epoch + 1}, mean loss on the CPU", apart.Average(static p => p.Second));
            Print($"lenet, epoch {epoch + 1}, right on the GPU", 100 * curves[0].Right[epoch], "%");
            Print($"lenet, epoch {epoch + 1}, right on the CPU", 100 * curves[1].Right[epoch], "%");
        }
        Print("lenet, greatest difference of the first 100 losses", curves[0].Losses.Zip(curves[1].Losses).Take(100).Max(static p => Math.Abs(p.First - p.Second)));
    }

    static (double[] Losses, double[] Right) Train(Mnist train, Mnist test, Device device)
    {
        using var seed = new Generator(1).Use();
        Layer net = new Sequential(new Conv2d(1, 20, 5), new MaxPool2d(2), new ReLU(), new Conv2d(20, 50, 5), new MaxPool2d(2), new ReLU(), new Flatten(), new Linear(800, 500), new ReLU(), new Linear(500, 10));
        net.To(device);
        var sgd = new SGD(net.Parameters(), lr: 0.02, momentum: 0.9);
        long[] all = [.. Enumerable.Range(0, (int)train.Count).Select(static i => (long)i)];
        var (x, t) = train.Batch(all);
        var (unseen, answers) = test.Batch([.. all.Take((int)test.Count)]);
        (x, t, unseen, answers) = (x.To(device), t.To(device), unseen.To(device), answers.To(device));
        var losses = new List<Tensor>();
        var right = new List<double>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var order = Tensor.RandPerm(train.Count, new Generator(10 + epoch)).To(device);
            for (long at = 0; at < train.Count; at += 64)
            {
                var which = order.Slice(0, at, at + 64);
                sgd.ZeroGrad();
                var loss = net.Forward(x.IndexSelect(0, which)).CrossEntropy(t.IndexSelect(0, which));
                loss.Backward();
                sgd.Step();
                losses.Add(loss.Detach());
            }
            using var off = Grad.No();
            right.Add(net.Forward(unseen).Argmax(1).Eq(answers).To(DType.Float32).Mean().Item<double>());
        }
        return (Tensor.Stack([.. losses]).ToArray<double>(), [.. right]);
    }

    /// <summary>What the pool holds after 100 and after 1,000 steps of a small network, without any Dispose.</summary>
    internal static void Memory()
    {
        var device = Device.Cuda();
        Layer net = new Sequential(new Conv2d(3, 32, 3, padding: 1), new BatchNorm2d(32), new ReLU(), new Conv2d(32, 32, 3, padding: 1), new GELU(), new Flatten(), new Linear(32 * 32 * 32, 256), new LayerNorm([256]), new Linear(256, 10));
        net.To(device);
        var adam = new Adam(net.Parameters(), lr: 1e-3);
        Tensor x = Tensor.Randn([64, 3, 32, 32]).To(device), t = Tensor.RandInt(0, 10, [64]).To(device);
        for (var i = 1; i <= 1000; i++)
        {
            adam.ZeroGrad();
            net.Forward(x).CrossEntropy(t).Backward();
            adam.Step();
            if (i is not (50 or 100 or 550 or 1000)) continue;
            if (i is 100 or 1000)
            {
                var m = Cuda.Memory();
                Print($"a small network, peak up to step {i} from half of it", m.Peak / (double)(1 << 20), "MiB");
                Print($"a small network, reserved at step {i}", m.Reserved / (double)(1 << 20), "MiB");
                Print($"a small network, blocks at step {i}", m.Blocks);
                Print($"a small network, collections up to step {i}", m.Collections);
                Print($"a small network, host's memory at step {i}", GC.GetTotalMemory(false) / (double)(1 << 20), "MiB");
            }
            Cuda.ResetPeak();
        }
    }
}
