using Flambeau.Bench.Harness;
using Flambeau.Nn;
using Flambeau.Optim;
using OurLayer = Flambeau.Nn.Layer;

namespace Flambeau.Bench.Models;

/// <summary>A network, its input and how it is trained; both engines start from the same weights and see the same numbers.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Ours">Our network.</param>
/// <param name="Input">Shape of the input.</param>
/// <param name="Targets">How many labels.</param>
/// <param name="Classes">Below which number labels are.</param>
/// <param name="Rule">sgd, adam or adamw.</param>
/// <param name="Tokens">Input is whole numbers below this; 0 for normal numbers.</param>
sealed record Workload(string Name, Func<OurLayer> Ours, long[] Input, long Targets, long Classes, string Rule, long Tokens = 0)
{
    public static readonly Workload[] All =
    [
        new("MLP 784-512-512-10, b64, SGD", Models.Ours.Mlp, [64, 784], 64, 10, "sgd"),
        new("conv32-conv64-pool-fc128-fc10, b64, SGD", Models.Ours.ConvNet, [64, 1, 28, 28], 64, 10, "sgd"),
        new("ResNet-18, b64 at 32², SGD", static () => new OurResNet18(), [64, 3, 32, 32], 64, 1000, "sgd"),
        new("ResNet-18, b4 at 224², SGD", static () => new OurResNet18(), [4, 3, 224, 224], 4, 1000, "sgd"),
        new("transformer encoder 4×256, T64 b8, Adam", static () => new OurEncoder(), [64, 8, 256], 8, 10, "adam"),
        new("LSTM 2×256, T50 b32, Adam", static () => new OurLstm(), [50, 32, 256], 32, 10, "adam"),
        new("GPT decoder 6×384, T128 b4, AdamW", static () => new OurGpt(), [4, 128], 512, 4096, "adamw", 4096),
    ];

    public static readonly Workload LeNet = new("LeNet, b64, SGD", Models.Ours.LeNet, [64, 1, 28, 28], 64, 10, "sgd");

    /// <summary>Our step: gradients to zero, forward, loss, backward, update. Returns the loss.</summary>
    public Func<Tensor> OurStep(OurLayer? net = null)
    {
        net ??= Ours();
        Optimizer rule = Rule switch { "sgd" => new SGD(net.Parameters(), lr: 0.01, momentum: 0.9), "adam" => new Adam(net.Parameters(), lr: 1e-4), _ => new AdamW(net.Parameters(), lr: 1e-4) };
        Tensor x = OurInput(), y = Tensor.From(Values.Whole(Targets, Classes));
        return () =>
        {
            rule.ZeroGrad();
            var loss = net.Forward(x).CrossEntropy(y);
            loss.Backward();
            rule.Step();
            return loss;
        };
    }

    public Tensor OurInput() => Tokens > 0 ? Tensor.From(Values.Whole(Input.Aggregate(1L, static (a, b) => a * b), Tokens), (Shape)Input) : Values.Normal(Input).Ours();
}
