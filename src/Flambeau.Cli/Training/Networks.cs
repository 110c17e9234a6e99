using Flambeau.Nn;

namespace Flambeau.Cli.Training;

/// <summary>Two convolutions with pooling and two dense layers: 431,080 weights (after LeCun, Bottou, Bengio and Haffner, 1998; widths and ReLU as in Caffe's version).</summary>
[Module]
internal sealed partial class LeNet : Layer
{
    readonly Window conv1 = new(1, 20, size: 5), conv2 = new(20, 50, size: 5);
    readonly Dense fc1 = new(800, 500), fc2 = new(500, 10);

    /// <summary>Scores of the ten digits, [N, 10], for images [N, 1, 28, 28].</summary>
    public override Tensor Forward(Tensor x)
    {
        x = conv1.Forward(x).MaxPool2d([2, 2]).Relu();
        x = conv2.Forward(x).MaxPool2d([2, 2]).Relu();
        return fc2.Forward(fc1.Forward(x.Reshape([x.Size(0), -1])).Relu());
    }
}

/// <summary>Two hidden layers of 256.</summary>
[Module]
internal sealed partial class Mlp : Layer
{
    readonly Dense fc1 = new(784, 256), fc2 = new(256, 256), fc3 = new(256, 10);

    /// <summary>Scores of the ten digits, [N, 10], for images [N, 1, 28, 28].</summary>
    public override Tensor Forward(Tensor x) => fc3.Forward(fc2.Forward(fc1.Forward(x.Reshape([x.Size(0), -1])).Relu()).Relu());
}

/// <summary>A convolution with a square window, [N, in, H, W] to [N, out, H − size + 1, W − size + 1].</summary>
[Module]
internal sealed partial class Window(int inputs, int outputs, int size) : Layer
{
    [Parameter] readonly Tensor weight = Networks.Weights([outputs, inputs, size, size], inputs * size * size);
    [Parameter] readonly Tensor bias = Networks.Weights([outputs], inputs * size * size);

    public override Tensor Forward(Tensor x) => x.Conv2d(weight, bias);
}

/// <summary>An affine map of the last axis.</summary>
[Module]
internal sealed partial class Dense(int inputs, int outputs) : Layer
{
    [Parameter] readonly Tensor weight = Networks.Weights([outputs, inputs], inputs);
    [Parameter] readonly Tensor bias = Networks.Weights([outputs], inputs);

    public override Tensor Forward(Tensor x) => x.Linear(weight, bias);
}

/// <summary>The networks that the command trains.</summary>
internal static class Networks
{
    public static readonly string[] Names = ["lenet", "mlp"];

    public static Layer Create(string name) => name == "mlp" ? new Mlp() : new LeNet();

    /// <summary>Which network a state dict belongs to, by its keys.</summary>
    public static string? Recognise(IEnumerable<string> keys)
    {
        var given = keys.ToHashSet(StringComparer.Ordinal);
        return Array.Find(Names, name => given.SetEquals(Create(name).StateDict().Keys));
    }

    /// <summary>PyTorch's first weights: uniform within 1/√(inputs of a unit).</summary>
    public static Tensor Weights(Shape shape, int fanIn) => Init.Uniform(Tensor.Empty(shape), -1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn)).WithGrad();

    /// <summary>Cross-entropy of scores [N, 10] and labels [N], averaged.</summary>
    public static Tensor Loss(Tensor scores, Tensor labels) =>
        -scores.LogSoftmax(1).IndexTensors([Tensor.From([.. Enumerable.Range(0, (int)labels.Numel).Select(static i => (long)i)]), labels]).Mean();
}
