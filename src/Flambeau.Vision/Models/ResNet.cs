using Flambeau.Nn;

namespace Flambeau.Vision;

/// <summary>
/// Residual networks (He et al., "Deep Residual Learning for Image Recognition", arXiv:1512.03385), the stride of a bottleneck in its 3×3 convolution.
/// Input <c>[N, 3, H, W]</c>, output <c>[N, classes]</c>; state-dict keys are torchvision's.
/// </summary>
[Module]
public sealed partial class ResNet : Layer
{
    readonly Conv2d conv1 = new(3, 64, 7, stride: 2, padding: 3, bias: false);
    readonly BatchNorm2d bn1 = new(64);
    readonly MaxPool2d maxpool = new(3, stride: 2, padding: 1);
    readonly Sequential layer1, layer2, layer3, layer4;
    readonly Linear fc;

    ResNet(bool bottleneck, int[] depths, long classes)
    {
        var channels = 64L;
        Sequential Stage(long width, int depth, int stride)
        {
            var blocks = new List<Layer>();
            for (var i = 0; i < depth; i++)
            {
                blocks.Add(bottleneck ? new Bottleneck(channels, width, i == 0 ? stride : 1) : new BasicBlock(channels, width, i == 0 ? stride : 1));
                channels = bottleneck ? 4 * width : width;
            }
            return new(blocks);
        }

        layer1 = Stage(64, depths[0], 1);
        layer2 = Stage(128, depths[1], 2);
        layer3 = Stage(256, depths[2], 2);
        layer4 = Stage(512, depths[3], 2);
        fc = new(channels, classes);
        Weights.Convolutions(this);
    }

    /// <summary>18 layers, 11.7 million parameters for 1,000 classes.</summary>
    public static ResNet ResNet18(long classes = 1000) => new(false, [2, 2, 2, 2], classes);

    /// <summary>34 layers, 21.8 million parameters for 1,000 classes.</summary>
    public static ResNet ResNet34(long classes = 1000) => new(false, [3, 4, 6, 3], classes);

    /// <summary>50 layers, 25.6 million parameters for 1,000 classes.</summary>
    public static ResNet ResNet50(long classes = 1000) => new(true, [3, 4, 6, 3], classes);

    /// <summary>101 layers, 44.5 million parameters for 1,000 classes.</summary>
    public static ResNet ResNet101(long classes = 1000) => new(true, [3, 4, 23, 3], classes);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = maxpool.Forward(bn1.Forward(conv1.Forward(input)).Relu());
        x = layer4.Forward(layer3.Forward(layer2.Forward(layer1.Forward(x))));
        return fc.Forward(x.Mean([2, 3]));
    }
}

/// <summary>Two 3×3 convolutions beside a shortcut.</summary>
[Module]
public sealed partial class BasicBlock : Layer
{
    readonly Conv2d conv1, conv2;
    readonly BatchNorm2d bn1, bn2;
    readonly Sequential? downsample;

    /// <param name="channels">Of the input.</param>
    /// <param name="width">Of the output.</param>
    /// <param name="stride">Of the first convolution.</param>
    public BasicBlock(long channels, long width, int stride)
    {
        conv1 = new(channels, width, 3, stride: stride, padding: 1, bias: false);
        bn1 = new(width);
        conv2 = new(width, width, 3, padding: 1, bias: false);
        bn2 = new(width);
        downsample = Weights.Shortcut(channels, width, stride);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = bn1.Forward(conv1.Forward(input)).Relu();
        x = bn2.Forward(conv2.Forward(x));
        return (x + (downsample is null ? input : downsample.Forward(input))).Relu();
    }
}

/// <summary>A 3×3 convolution between two of one pixel, the last with four times the channels, beside a shortcut.</summary>
[Module]
public sealed partial class Bottleneck : Layer
{
    readonly Conv2d conv1, conv2, conv3;
    readonly BatchNorm2d bn1, bn2, bn3;
    readonly Sequential? downsample;

    /// <param name="channels">Of the input.</param>
    /// <param name="width">Of the middle; the output has four times as many.</param>
    /// <param name="stride">Of the 3×3 convolution.</param>
    public Bottleneck(long channels, long width, int stride)
    {
        conv1 = new(channels, width, 1, bias: false);
        bn1 = new(width);
        conv2 = new(width, width, 3, stride: stride, padding: 1, bias: false);
        bn2 = new(width);
        conv3 = new(width, 4 * width, 1, bias: false);
        bn3 = new(4 * width);
        downsample = Weights.Shortcut(channels, 4 * width, stride);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = bn1.Forward(conv1.Forward(input)).Relu();
        x = bn2.Forward(conv2.Forward(x)).Relu();
        x = bn3.Forward(conv3.Forward(x));
        return (x + (downsample is null ? input : downsample.Forward(input))).Relu();
    }
}
