using Flambeau.Nn;

namespace Flambeau.Vision;

/// <summary>
/// MobileNet v3 (Howard et al., "Searching for MobileNetV3", arXiv:1905.02244). Input <c>[N, 3, H, W]</c>, output <c>[N, classes]</c>; state-dict keys are torchvision's.
/// </summary>
[Module]
public sealed partial class MobileNetV3 : Layer
{
    readonly record struct Stage(long Kernel, long Expanded, long Out, bool Squeeze, bool Hard, int Stride);

    static readonly Stage[] small =
    [
        new(3, 16, 16, true, false, 2), new(3, 72, 24, false, false, 2), new(3, 88, 24, false, false, 1),
        new(5, 96, 40, true, true, 2), new(5, 240, 40, true, true, 1), new(5, 240, 40, true, true, 1), new(5, 120, 48, true, true, 1), new(5, 144, 48, true, true, 1),
        new(5, 288, 96, true, true, 2), new(5, 576, 96, true, true, 1), new(5, 576, 96, true, true, 1),
    ];

    static readonly Stage[] large =
    [
        new(3, 16, 16, false, false, 1), new(3, 64, 24, false, false, 2), new(3, 72, 24, false, false, 1),
        new(5, 72, 40, true, false, 2), new(5, 120, 40, true, false, 1), new(5, 120, 40, true, false, 1),
        new(3, 240, 80, false, true, 2), new(3, 200, 80, false, true, 1), new(3, 184, 80, false, true, 1), new(3, 184, 80, false, true, 1),
        new(3, 480, 112, true, true, 1), new(3, 672, 112, true, true, 1),
        new(5, 672, 160, true, true, 2), new(5, 960, 160, true, true, 1), new(5, 960, 160, true, true, 1),
    ];

    readonly Sequential features, classifier;

    MobileNetV3(Stage[] stages, long last, long classes, double dropout)
    {
        var layers = new List<Layer> { new ConvNormActivation(3, 16, 3, 2, 1, "hardswish") };
        var channels = 16L;
        foreach (var s in stages)
        {
            layers.Add(new InvertedResidual(channels, s.Kernel, s.Expanded, s.Out, s.Squeeze, s.Hard ? "hardswish" : "relu", s.Stride));
            channels = s.Out;
        }
        layers.Add(new ConvNormActivation(channels, 6 * channels, 1, 1, 1, "hardswish"));
        features = new(layers);
        classifier = new([new Linear(6 * channels, last), new Hardswish(), new Dropout(dropout), new Linear(last, classes)]);
        Weights.Convolutions(this);
    }

    /// <summary>2.5 million parameters for 1,000 classes.</summary>
    public static MobileNetV3 Small(long classes = 1000, double dropout = 0.2) => new(small, 1024, classes, dropout);

    /// <summary>5.5 million parameters for 1,000 classes.</summary>
    public static MobileNetV3 Large(long classes = 1000, double dropout = 0.2) => new(large, 1280, classes, dropout);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => classifier.Forward(features.Forward(input).Mean([2, 3]));
}

/// <summary>A convolution that keeps the size (divided by the stride), batch norm, and an activation.</summary>
[Module]
public sealed partial class ConvNormActivation : Layer
{
    [Child("0")] readonly Conv2d conv;
    [Child("1")] readonly BatchNorm2d norm;
    readonly string activation;

    /// <param name="channels">Of the input.</param>
    /// <param name="width">Of the output.</param>
    /// <param name="kernel">Odd size of the kernel.</param>
    /// <param name="stride">Step.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="activation"><c>relu</c>, <c>relu6</c>, <c>hardswish</c> or <c>none</c>.</param>
    /// <param name="eps">Of the norm.</param>
    /// <param name="momentum">Of the norm.</param>
    public ConvNormActivation(long channels, long width, long kernel, int stride, long groups, string activation, double eps = 0.001, double momentum = 0.01)
    {
        conv = new(channels, width, kernel, stride: stride, padding: (kernel - 1) / 2, groups: groups, bias: false);
        norm = new(width, eps: eps, momentum: momentum);
        this.activation = activation;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = norm.Forward(conv.Forward(input));
        if (activation == "relu") return x.Relu();
        if (activation == "relu6") return x.Relu6();
        if (activation == "hardswish") return x.Hardswish();
        return x;
    }
}

/// <summary>Widens, convolves each channel, weighs channels by what all of the image says (Hu et al., arXiv:1709.01507), and narrows.</summary>
[Module]
public sealed partial class InvertedResidual : Layer
{
    readonly Sequential block;
    readonly bool shortcut;

    /// <param name="channels">Of the input.</param>
    /// <param name="kernel">Odd size of the depthwise kernel.</param>
    /// <param name="expanded">Channels in the middle.</param>
    /// <param name="width">Of the output.</param>
    /// <param name="squeeze">Whether channels are weighed.</param>
    /// <param name="activation">As of <see cref="ConvNormActivation"/>.</param>
    /// <param name="stride">Step.</param>
    public InvertedResidual(long channels, long kernel, long expanded, long width, bool squeeze, string activation, int stride)
    {
        var layers = new List<Layer>();
        if (expanded != channels) layers.Add(new ConvNormActivation(channels, expanded, 1, 1, 1, activation));
        layers.Add(new ConvNormActivation(expanded, expanded, kernel, stride, expanded, activation));
        if (squeeze) layers.Add(new SqueezeExcitation(expanded, Divisible(expanded / 4)));
        layers.Add(new ConvNormActivation(expanded, width, 1, 1, 1, "none"));
        block = new(layers);
        shortcut = stride == 1 && channels == width;
    }

    /// <summary>The nearest multiple of 8 that isn't more than a tenth below.</summary>
    static long Divisible(long n)
    {
        var rounded = Math.Max(8, (n + 4) / 8 * 8);
        return rounded < 0.9 * n ? rounded + 8 : rounded;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = block.Forward(input);
        return shortcut ? x + input : x;
    }
}

/// <summary>Weighs each channel by a number in [0, 1] that follows from the means of all channels (Hu et al., arXiv:1709.01507).</summary>
[Module]
public sealed partial class SqueezeExcitation(long channels, long squeezed) : Layer
{
    readonly Conv2d fc1 = new(channels, squeezed, 1);
    readonly Conv2d fc2 = new(squeezed, channels, 1);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input * fc2.Forward(fc1.Forward(input.Mean([2, 3], keepdim: true)).Relu()).Hardsigmoid();
}
