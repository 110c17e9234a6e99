using Flambeau.Nn;
using Flambeau.Vision;

namespace Flambeau.Tests.Vision;

/// <summary>The networks have the parameters, keys and shapes of their published forms.</summary>
public sealed class ModelTests
{
    public static TheoryData<string, long, string, long[], long[]> Networks => new()
    {
        // Counts as torchvision and the CycleGAN authors publish them.
        { "resnet18", 11_689_512, "layer2.0.downsample.0.weight", [2, 3, 32, 32], [2, 1000] },
        { "resnet34", 21_797_672, "layer3.5.bn2.running_var", [1, 3, 32, 32], [1, 1000] },
        { "resnet50", 25_557_032, "layer1.0.conv3.weight", [1, 3, 33, 47], [1, 1000] },
        { "resnet101", 44_549_160, "layer3.22.bn3.num_batches_tracked", [1, 3, 32, 32], [1, 1000] },
        { "mobilenet_v3_small", 2_542_856, "features.1.block.1.fc1.weight", [2, 3, 64, 64], [2, 1000] },
        { "mobilenet_v3_large", 5_483_032, "features.15.block.3.0.weight", [1, 3, 64, 64], [1, 1000] },
        { "mobilenet_v2", 3_504_872, "features.2.conv.1.0.weight", [2, 3, 64, 64], [2, 1000] },
        { "cyclegan_generator", 11_378_179, "model.10.conv_block.1.weight", [1, 3, 32, 36], [1, 3, 32, 36] },
        { "cyclegan_discriminator", 2_764_737, "model.11.bias", [1, 3, 64, 64], [1, 1, 6, 6] },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Networks_have_their_published_size(string name, long parameters, string key, long[] input, long[] output)
    {
        Layer net = name switch
        {
            "resnet18" => ResNet.ResNet18(),
            "resnet34" => ResNet.ResNet34(),
            "resnet50" => ResNet.ResNet50(),
            "resnet101" => ResNet.ResNet101(),
            "mobilenet_v3_small" => MobileNetV3.Small(),
            "mobilenet_v3_large" => MobileNetV3.Large(),
            "mobilenet_v2" => new MobileNetV2(),
            "cyclegan_generator" => new CycleGanGenerator(),
            _ => new CycleGanDiscriminator(),
        };
        Assert.Equal(parameters, net.Parameters().Sum(static p => p.Numel));
        Assert.Contains(key, net.StateDict().Keys);
        net.Eval();
        using var off = Flambeau.Autograd.Grad.No();
        var y = net.Forward(Tensor.Rand(input));
        Assert.Equal(new Shape(output), y.Shape);
        Assert.True(y.IsFinite().All().Item<bool>());
    }
}
