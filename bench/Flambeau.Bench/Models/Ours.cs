using Flambeau.Nn;

namespace Flambeau.Bench.Models;

/// <summary>The benchmark's networks in Flambeau.</summary>
static class Ours
{
    public static Layer Mlp() => new Sequential(new Linear(784, 512), new ReLU(), new Linear(512, 512), new ReLU(), new Linear(512, 10));

    public static Layer ConvNet() => new Sequential(
        new Conv2d(1, 32, 3), new ReLU(), new Conv2d(32, 64, 3), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(9216, 128), new ReLU(), new Linear(128, 10));

    public static Layer LeNet() => new Sequential(
        new Conv2d(1, 6, 5, padding: 2), new ReLU(), new MaxPool2d(2), new Conv2d(6, 16, 5), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Linear(400, 120), new ReLU(), new Linear(120, 84), new ReLU(), new Linear(84, 10));
}

/// <summary>Two 3×3 convolutions and a shortcut (He et al., arXiv 1512.03385).</summary>
[Module]
sealed partial class OurBlock : Layer
{
    readonly Conv2d conv1, conv2;
    readonly BatchNorm2d bn1, bn2;
    readonly Sequential? downsample;

    public OurBlock(int from, int to, int stride)
    {
        conv1 = new Conv2d(from, to, 3, stride, 1, bias: false);
        bn1 = new BatchNorm2d(to);
        conv2 = new Conv2d(to, to, 3, 1, 1, bias: false);
        bn2 = new BatchNorm2d(to);
        if (stride != 1 || from != to) downsample = new Sequential(new Conv2d(from, to, 1, stride, bias: false), new BatchNorm2d(to));
    }

    public override Tensor Forward(Tensor x)
    {
        var y = bn2.Forward(conv2.Forward(bn1.Forward(conv1.Forward(x)).Relu()));
        return (y + (downsample is null ? x : downsample.Forward(x))).Relu();
    }
}

/// <summary>ResNet-18 for 1000 classes.</summary>
[Module]
sealed partial class OurResNet18 : Layer
{
    readonly Conv2d conv1 = new(3, 64, 7, 2, 3, bias: false);
    readonly BatchNorm2d bn1 = new(64);
    readonly OurBlock[] blocks = [new(64, 64, 1), new(64, 64, 1), new(64, 128, 2), new(128, 128, 1), new(128, 256, 2), new(256, 256, 1), new(256, 512, 2), new(512, 512, 1)];
    readonly Linear fc = new(512, 1000);

    public override Tensor Forward(Tensor x)
    {
        x = bn1.Forward(conv1.Forward(x)).Relu().MaxPool2d([3, 3], [2, 2], [1, 1]);
        foreach (var block in blocks) x = block.Forward(x);
        return fc.Forward(x.AdaptiveAvgPool2d(1, 1).Flatten(1));
    }
}

/// <summary>Transformer encoder, 4 layers of width 256 with 8 heads, over [N, T, 256], then 10 classes of the mean.</summary>
[Module]
sealed partial class OurEncoder : Layer
{
    readonly TransformerEncoderLayer[] layers = [Make(), Make(), Make(), Make()];
    readonly Linear head = new(256, 10);

    static TransformerEncoderLayer Make() => new(256, 8, 1024, dropout: 0);

    public override Tensor Forward(Tensor x)
    {
        foreach (var layer in layers) x = layer.Forward(x);
        return head.Forward(x.Mean(0));
    }
}

/// <summary>Two-layer LSTM of width 256 over [T, N, 256], then 10 classes of the last step.</summary>
[Module]
sealed partial class OurLstm : Layer
{
    readonly LSTM lstm = new(256, 256, 2);
    readonly Linear head = new(256, 10);

    public override Tensor Forward(Tensor x) => head.Forward(lstm.Forward(x).Output[-1]);
}

/// <summary>One pre-norm decoder block with causal attention (Radford et al., 2019).</summary>
[Module]
sealed partial class OurGptBlock : Layer
{
    const int Width = 384, Heads = 6;
    readonly LayerNorm ln1 = new(Width), ln2 = new(Width);
    readonly Linear qkv = new(Width, 3 * Width), proj = new(Width, Width), up = new(Width, 4 * Width), down = new(4 * Width, Width);

    public override Tensor Forward(Tensor x)
    {
        long n = x.Shape[0], t = x.Shape[1];
        var parts = qkv.Forward(ln1.Forward(x)).Reshape(n, t, 3, Heads, Width / Heads).Permute(2, 0, 3, 1, 4);
        var y = parts[0].ScaledDotProductAttention(parts[1], parts[2], isCausal: true);
        x = x + proj.Forward(y.Transpose(1, 2).Reshape(n, t, Width));
        return x + down.Forward(up.Forward(ln2.Forward(x)).Gelu());
    }
}

/// <summary>GPT-style decoder, 6 layers of width 384, 4096 tokens, context 128.</summary>
[Module]
sealed partial class OurGpt : Layer
{
    readonly Embedding tokens = new(4096, 384), positions = new(128, 384);
    readonly OurGptBlock[] blocks = [new(), new(), new(), new(), new(), new()];
    readonly LayerNorm norm = new(384);
    readonly Linear head = new(384, 4096, bias: false);

    public override Tensor Forward(Tensor ids)
    {
        var x = tokens.Forward(ids) + positions.Weight;
        foreach (var block in blocks) x = block.Forward(x);
        return head.Forward(norm.Forward(x)).Reshape(-1, 4096);
    }
}

/// <summary>An LSTM cell written in single ops (Hochreiter and Schmidhuber, 1997).</summary>
[Module]
sealed partial class OurCell : Module
{
    [Parameter] readonly Tensor input, hidden, bias;

    public OurCell(long from, long width)
    {
        input = (Tensor.Randn([from, 4 * width]) * 0.1).Detach().WithGrad();
        hidden = (Tensor.Randn([width, 4 * width]) * 0.1).Detach().WithGrad();
        bias = Tensor.Zeros([4 * width]).WithGrad();
    }

    public (Tensor Hidden, Tensor Cell) Step(Tensor x, Tensor h, Tensor c)
    {
        var gates = (x.MatMul(input) + h.MatMul(hidden) + bias).Chunk(4, 1);
        c = gates[1].Sigmoid() * c + gates[0].Sigmoid() * gates[2].Tanh();
        return (gates[3].Sigmoid() * c.Tanh(), c);
    }
}
