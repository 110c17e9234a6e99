using Flambeau.Cli.Training;
using Flambeau.Nn;
using Flambeau.Vision;

namespace Flambeau.Cli.Models;

/// <summary>A network that the command has itself.</summary>
/// <param name="Make">Gives one with random weights.</param>
/// <param name="Sizes">Sizes of its input.</param>
internal sealed record BuiltIn(Func<Layer> Make, long[] Sizes)
{
    public static readonly IReadOnlyDictionary<string, BuiltIn> All = new OrderedDictionary<string, BuiltIn>(StringComparer.Ordinal)
    {
        ["lenet"] = new(static () => Networks.Create("lenet"), [1, 1, 28, 28]),
        ["mlp"] = new(static () => Networks.Create("mlp"), [1, 1, 28, 28]),
        ["resnet18"] = new(static () => ResNet.ResNet18(), [1, 3, 224, 224]),
        ["resnet34"] = new(static () => ResNet.ResNet34(), [1, 3, 224, 224]),
        ["resnet50"] = new(static () => ResNet.ResNet50(), [1, 3, 224, 224]),
        ["mobilenet_v2"] = new(static () => new MobileNetV2(), [1, 3, 224, 224]),
        ["mobilenet_v3_small"] = new(static () => MobileNetV3.Small(), [1, 3, 224, 224]),
        ["mobilenet_v3_large"] = new(static () => MobileNetV3.Large(), [1, 3, 224, 224]),
        ["cyclegan"] = new(static () => new CycleGanGenerator(), [1, 3, 256, 256]),
    };

    public static string Names => string.Join(", ", All.Keys);
}
