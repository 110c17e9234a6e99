using Flambeau.Bench.Harness;
using TorchSharp;

namespace Flambeau.Bench.Sections;

/// <summary>The different convolution layers of ResNet-18, ResNet-50 and MobileNet-v2 at 224² and 32²: forward, and the gradient of each operand.</summary>
static class Convolution
{
    const string Section = "conv";

    readonly record struct Layer(string Name, int Batch, int In, int Out, int Size, int Kernel, int Stride = 1, int Groups = 1)
    {
        public int Padding => Kernel / 2;
        public int OutSize => (Size + 2 * Padding - Kernel) / Stride + 1;
        public double Flops => 2.0 * Batch * Out * OutSize * OutSize * (In / Groups) * Kernel * Kernel;
    }

    static readonly Layer[] Layers =
    [
        new("resnet stem", 1, 3, 64, 224, 7, 2), new("resnet stem", 4, 3, 64, 224, 7, 2),
        new("resnet18", 4, 64, 64, 56, 3), new("resnet18", 4, 64, 128, 56, 3, 2), new("resnet18", 4, 64, 128, 56, 1, 2), new("resnet18", 4, 128, 128, 28, 3),
        new("resnet18", 4, 128, 256, 28, 3, 2), new("resnet18", 4, 256, 256, 14, 3), new("resnet18", 4, 256, 512, 14, 3, 2), new("resnet18", 4, 512, 512, 7, 3),
        new("resnet18 32²", 64, 3, 64, 32, 7, 2), new("resnet18 32²", 64, 64, 64, 8, 3), new("resnet18 32²", 64, 128, 128, 4, 3), new("resnet18 32²", 64, 256, 256, 2, 3), new("resnet18 32²", 64, 512, 512, 1, 3),
        new("resnet50", 4, 64, 256, 56, 1), new("resnet50", 4, 256, 64, 56, 1), new("resnet50", 4, 256, 128, 56, 1), new("resnet50", 4, 128, 128, 56, 3, 2), new("resnet50", 4, 512, 128, 28, 1),
        new("resnet50", 4, 512, 1024, 28, 1, 2), new("resnet50", 4, 1024, 256, 14, 1), new("resnet50", 4, 1024, 2048, 14, 1, 2), new("resnet50", 4, 512, 2048, 7, 1),
        new("mobilenet stem", 4, 3, 32, 224, 3, 2), new("mobilenet dw", 4, 32, 32, 112, 3, 1, 32), new("mobilenet", 4, 32, 16, 112, 1), new("mobilenet", 4, 16, 96, 112, 1), new("mobilenet dw", 4, 96, 96, 112, 3, 2, 96),
        new("mobilenet", 4, 24, 144, 56, 1), new("mobilenet dw", 4, 144, 144, 56, 3, 1, 144), new("mobilenet dw", 4, 192, 192, 28, 3, 2, 192), new("mobilenet dw", 4, 384, 384, 14, 3, 1, 384),
        new("mobilenet", 4, 384, 64, 14, 1), new("mobilenet dw", 4, 960, 960, 7, 3, 1, 960), new("mobilenet", 4, 160, 960, 7, 1), new("mobilenet", 4, 320, 1280, 7, 1),
        new("mobilenet 32² dw", 64, 32, 32, 16, 3, 1, 32), new("mobilenet 32² dw", 64, 144, 144, 8, 3, 2, 144), new("mobilenet 32²", 64, 144, 24, 8, 1),
    ];

    public static IEnumerable<Case> Cases()
    {
        foreach (var l in Layers)
        {
            var shape = $"{l.Name} {l.Batch}×{l.In}×{l.Size}² → {l.Out}, {l.Kernel}×{l.Kernel}" + (l.Stride > 1 ? $" / {l.Stride}" : "") + (l.Groups > 1 ? $" in {l.Groups}" : "");
            Func<Values>[] inputs = [() => Values.Normal(l.Batch, l.In, l.Size, l.Size), () => Values.Normal(l.Out, l.In / l.Groups, l.Kernel, l.Kernel)];
            long[] stride = [l.Stride, l.Stride], padding = [l.Padding, l.Padding];
            Tensor Ours(Tensor[] x) => x[0].Conv2d(x[1], null, stride, padding, groups: l.Groups);
            torch.Tensor Peer(torch.Tensor[] x) => torch.nn.functional.conv2d(x[0], x[1], null, stride, padding, groups: l.Groups);
            yield return Op.Forward(Section, shape + ", forward", l.Flops, Unit.Flop, 0.75, inputs, Ours, Peer, 1e-3);
            yield return Op.Backward(Section, shape + ", input gradient", l.Flops, Unit.Flop, 0.75, inputs, [0], Ours, Peer, 1e-3);
            yield return Op.Backward(Section, shape + ", weight gradient", l.Flops, Unit.Flop, 0.75, inputs, [1], Ours, Peer, 1e-3);
        }
    }
}
