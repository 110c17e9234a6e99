using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Net = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Flambeau.Bench.Models;

/// <summary>The same networks in TorchSharp; parameters are declared in the same order.</summary>
static class Peers
{
    public static Net Mlp() => Sequential(Linear(784, 512), ReLU(), Linear(512, 512), ReLU(), Linear(512, 10));

    public static Net ConvNet() => Sequential(
        Conv2d(1, 32, 3), ReLU(), Conv2d(32, 64, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(9216, 128), ReLU(), Linear(128, 10));

    public static Net LeNet() => Sequential(
        Conv2d(1, 6, 5, padding: 2), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5), ReLU(), MaxPool2d(2),
        Flatten(), Linear(400, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10));
}

sealed class PeerBlock : Net
{
    readonly Net conv1, conv2, bn1, bn2;
    readonly Net? downsample;

    public PeerBlock(int from, int to, int stride) : base("block")
    {
        conv1 = Conv2d(from, to, 3, stride, 1, bias: false);
        conv2 = Conv2d(to, to, 3, 1, 1, bias: false);
        bn1 = BatchNorm2d(to);
        bn2 = BatchNorm2d(to);
        if (stride != 1 || from != to) downsample = Sequential(Conv2d(from, to, 1, stride, bias: false), BatchNorm2d(to));
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor x)
    {
        var y = bn2.call(conv2.call(bn1.call(conv1.call(x)).relu_()));
        return y.add_(downsample is null ? x : downsample.call(x)).relu_();
    }
}

sealed class PeerResNet18 : Net
{
    readonly Net conv1 = Conv2d(3, 64, 7, 2, 3, bias: false), bn1 = BatchNorm2d(64);
    readonly ModuleList<Net> blocks = new(new PeerBlock(64, 64, 1), new PeerBlock(64, 64, 1), new PeerBlock(64, 128, 2), new PeerBlock(128, 128, 1),
        new PeerBlock(128, 256, 2), new PeerBlock(256, 256, 1), new PeerBlock(256, 512, 2), new PeerBlock(512, 512, 1));
    readonly Net fc = Linear(512, 1000);

    public PeerResNet18() : base("resnet18") => RegisterComponents();

    public override torch.Tensor forward(torch.Tensor x)
    {
        x = functional.max_pool2d(bn1.call(conv1.call(x)).relu_(), 3, 2, 1);
        foreach (var block in blocks) x = block.call(x);
        return fc.call(functional.adaptive_avg_pool2d(x, 1).flatten(1));
    }
}

sealed class PeerEncoder : Net
{
    readonly TransformerEncoderLayer[] all = new TransformerEncoderLayer[4];
    readonly TransformerEncoderLayer a = Make(), b = Make(), c = Make(), d = Make();
    readonly Net head = Linear(256, 10);

    public PeerEncoder() : base("encoder")
    {
        all = [a, b, c, d];
        RegisterComponents();
    }

    static TransformerEncoderLayer Make() => TransformerEncoderLayer(256, 8, 1024, dropout: 0);

    public override torch.Tensor forward(torch.Tensor x)
    {
        foreach (var layer in all) x = layer.call(x, null!, null!);
        return head.call(x.mean([0L]));
    }
}

sealed class PeerLstm : Net
{
    readonly LSTM lstm = LSTM(256, 256, 2);
    readonly Net head = Linear(256, 10);

    public PeerLstm() : base("lstm") => RegisterComponents();

    public override torch.Tensor forward(torch.Tensor x) => head.call(lstm.call(x).Item1[-1]);
}

sealed class PeerGptBlock : Net
{
    const int Width = 384, Heads = 6;
    readonly Net ln1 = LayerNorm(Width), ln2 = LayerNorm(Width), qkv = Linear(Width, 3 * Width), proj = Linear(Width, Width), up = Linear(Width, 4 * Width), down = Linear(4 * Width, Width);

    public PeerGptBlock() : base("block") => RegisterComponents();

    public override torch.Tensor forward(torch.Tensor x)
    {
        long n = x.shape[0], t = x.shape[1];
        var parts = qkv.call(ln1.call(x)).reshape(n, t, 3, Heads, Width / Heads).permute(2, 0, 3, 1, 4);
        var y = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true);
        x = x + proj.call(y.transpose(1, 2).reshape(n, t, Width));
        return x + down.call(functional.gelu(up.call(ln2.call(x))));
    }
}

sealed class PeerGpt : Net
{
    readonly Net tokens = Embedding(4096, 384);
    readonly Embedding positions = Embedding(128, 384);
    readonly ModuleList<Net> blocks = new(new PeerGptBlock(), new PeerGptBlock(), new PeerGptBlock(), new PeerGptBlock(), new PeerGptBlock(), new PeerGptBlock());
    readonly Net norm = LayerNorm(384), head = Linear(384, 4096, hasBias: false);

    public PeerGpt() : base("gpt") => RegisterComponents();

    public override torch.Tensor forward(torch.Tensor ids)
    {
        var x = tokens.call(ids) + positions.weight!;
        foreach (var block in blocks) x = block.call(x);
        return head.call(norm.call(x)).reshape(-1, 4096);
    }
}
