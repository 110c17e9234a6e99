using Flambeau.Bench.Harness;
using TorchSharp;

namespace Flambeau.Bench.Sections;

/// <summary>Matrix products, float32: squares, GEMV, and the shapes of ResNet-50, BERT-base and an LSTM in four transposes.</summary>
static class Gemm
{
    const string Section = "gemm";

    public static IEnumerable<Case> Cases()
    {
        foreach (var n in (int[])[16, 32, 64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072])
            yield return Product($"{n}³", n, n, n, "NN", n <= 128 ? 1 : 1.3);
        foreach (var (m, k) in ((int, int)[])[(256, 256), (1024, 1024), (4096, 1024), (1024, 4096)])
        {
            yield return Product($"gemv {m}×{k}", m, 1, k, "NN", 1);
            yield return Product($"vecmat {m}×{k}", 1, m, k, "NN", 1);
        }
        (string Name, int M, int N, int K)[] shapes =
        [
            ("resnet50 1×1", 3136, 64, 256), ("resnet50 1×1", 784, 512, 128), ("resnet50 1×1", 196, 1024, 256), ("resnet50 1×1", 49, 2048, 512), ("resnet50 fc", 64, 1000, 2048),
            ("bert qkv", 512, 768, 768), ("bert ffn", 512, 3072, 768), ("bert ffn", 512, 768, 3072), ("bert scores", 512, 512, 64), ("lstm gates", 32, 1024, 256), ("lstm gates", 1600, 1024, 256),
        ];
        foreach (var (name, m, n, k) in shapes)
            foreach (var form in (string[])["NN", "NT", "TN", "TT"])
                yield return Product($"{name} {m}×{n}×{k} {form}", m, n, k, form, 1.3);
        yield return Batch("bert attention 96×128×128×64", 96, 128, 128, 64);
        yield return Batch("bert attention 96×128×64×128", 96, 128, 64, 128);
    }

    static Case Product(string name, int m, int n, int k, string form, double floor) => Op.Forward(Section, name, 2.0 * m * n * k, Unit.Flop, floor,
        [form[0] == 'N' ? () => Values.Normal(m, k) : () => Values.Normal(k, m), form[1] == 'N' ? () => Values.Normal(k, n) : () => Values.Normal(n, k)],
        x => (form[0] == 'N' ? x[0] : x[0].Transpose(0, 1)).Mm(form[1] == 'N' ? x[1] : x[1].Transpose(0, 1)),
        x => torch.mm(form[0] == 'N' ? x[0] : x[0].t(), form[1] == 'N' ? x[1] : x[1].t()));

    static Case Batch(string name, int b, int m, int n, int k) => Op.Forward(Section, name, 2.0 * b * m * n * k, Unit.Flop, 1.3,
        [() => Values.Normal(b, m, k), () => Values.Normal(b, k, n)], static x => x[0].Bmm(x[1]), static x => torch.bmm(x[0], x[1]));
}
