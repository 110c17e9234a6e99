using Flambeau.Nn;

namespace Flambeau.Vision;

/// <summary>
/// MobileNet v2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", arXiv:1801.04381). Input <c>[N, 3, H, W]</c>, output <c>[N, classes]</c>; state-dict keys are torchvision's.
/// </summary>
[Module]
public sealed partial class MobileNetV2 : Layer
{
    /// <summary>Expansion, channels, repetitions, stride of the first: table 2 of the paper.</summary>
    static readonly (long Expansion, long Out, int Repeats, int Stride)[] stages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    readonly Sequential features, classifier;

    /// <summary>3.5 million parameters for 1,000 classes.</summary>
    public MobileNetV2(long classes = 1000, double dropout = 0.2)
    {
        var layers = new List<Layer> { new ConvNormActivation(3, 32, 3, 2, 1, "relu6", 1e-5, 0.1) };
        var channels = 32L;
        foreach (var s in stages)
        {
            for (var i = 0; i < s.Repeats; i++)
            {
                layers.Add(new LinearBottleneck(channels, s.Expansion, s.Out, i == 0 ? s.Stride : 1));
                channels = s.Out;
            }
        }
        layers.Add(new ConvNormActivation(channels, 1280, 1, 1, 1, "relu6", 1e-5, 0.1));
        features = new(layers);
        classifier = new([new Dropout(dropout), new Linear(1280, classes)]);
        Weights.Convolutions(this);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => classifier.Forward(features.Forward(input).Mean([2, 3]));
}

/// <summary>Widens, convolves each channel, and narrows without an activation after it.</summary>
[Module]
public sealed partial class LinearBottleneck : Layer
{
    readonly Sequential conv;
    readonly bool shortcut;

    /// <param name="channels">Of the input.</param>
    /// <param name="expansion">By how much the middle is wider.</param>
    /// <param name="width">Of the output.</param>
    /// <param name="stride">Step.</param>
    public LinearBottleneck(long channels, long expansion, long width, int stride)
    {
        var hidden = channels * expansion;
        var layers = new List<Layer>();
        if (expansion != 1) layers.Add(new ConvNormActivation(channels, hidden, 1, 1, 1, "relu6", 1e-5, 0.1));
        layers.Add(new ConvNormActivation(hidden, hidden, 3, stride, hidden, "relu6", 1e-5, 0.1));
        layers.Add(new Conv2d(hidden, width, 1, bias: false));
        layers.Add(new BatchNorm2d(width));
        conv = new(layers);
        shortcut = stride == 1 && channels == width;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = conv.Forward(input);
        return shortcut ? x + input : x;
    }
}
