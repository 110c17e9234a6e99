using Flambeau.Nn;

namespace Flambeau.Cli.Training;

/// <summary>Two convolutions with pooling and two dense layers: 431,080 weights (after LeCun, Bottou, Bengio and Haffner, 1998; widths and ReLU as in Caffe's version).</summary>
[Module]
internal sealed partial class LeNet : Layer
{
    readonly Conv2d conv1 = new(1, 20, 5), conv2 = new(20, 50, 5);
    readonly Linear fc1 = new(800, 500), fc2 = new(500, 10);

    /// <summary>Scores of the ten digits, [N, 10], for images [N, 1, 28, 28].</summary>
    public override Tensor Forward(Tensor x)
    {
        x = conv1.Forward(x).MaxPool2d([2, 2]).Relu();
        x = conv2.Forward(x).MaxPool2d([2, 2]).Relu();
        return fc2.Forward(fc1.Forward(x.Flatten(1)).Relu());
    }
}

/// <summary>Two hidden layers of 256.</summary>
[Module]
internal sealed partial class Mlp : Layer
{
    readonly Linear fc1 = new(784, 256), fc2 = new(256, 256), fc3 = new(256, 10);

    /// <summary>Scores of the ten digits, [N, 10], for images [N, 1, 28, 28].</summary>
    public override Tensor Forward(Tensor x) => fc3.Forward(fc2.Forward(fc1.Forward(x.Flatten(1)).Relu()).Relu());
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
}
