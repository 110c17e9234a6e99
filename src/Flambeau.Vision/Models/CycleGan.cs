using Flambeau.Nn;

namespace Flambeau.Vision;

/// <summary>
/// The generator of CycleGAN (Zhu et al., arXiv:1703.10593; Johnson et al., arXiv:1603.08155): down by four, residual blocks, up by four.
/// Input and output <c>[N, 3, H, W]</c> in [-1, 1], H and W divisible by 4.
/// </summary>
[Module]
public sealed partial class CycleGanGenerator : Layer
{
    readonly Sequential model;

    /// <param name="width">Channels of the first layer.</param>
    /// <param name="blocks">Residual blocks; 9 for images of 256² and more.</param>
    /// <param name="channels">Of the images.</param>
    public CycleGanGenerator(long width = 64, int blocks = 9, long channels = 3)
    {
        List<Layer> layers =
        [
            new ReflectionPad2d(3), new Conv2d(channels, width, 7), new InstanceNorm2d(width), new ReLU(),
            new Conv2d(width, 2 * width, 3, stride: 2, padding: 1), new InstanceNorm2d(2 * width), new ReLU(),
            new Conv2d(2 * width, 4 * width, 3, stride: 2, padding: 1), new InstanceNorm2d(4 * width), new ReLU(),
        ];
        for (var i = 0; i < blocks; i++) layers.Add(new CycleGanBlock(4 * width));
        layers.AddRange(
        [
            new ConvTranspose2d(4 * width, 2 * width, 3, stride: 2, padding: 1, outputPadding: 1), new InstanceNorm2d(2 * width), new ReLU(),
            new ConvTranspose2d(2 * width, width, 3, stride: 2, padding: 1, outputPadding: 1), new InstanceNorm2d(width), new ReLU(),
            new ReflectionPad2d(3), new Conv2d(width, channels, 7), new Tanh(),
        ]);
        model = new(layers);
        CycleGanDiscriminator.Initialize(this);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => model.Forward(input);
}

/// <summary>Two reflected 3×3 convolutions with instance norm beside a shortcut.</summary>
[Module]
public sealed partial class CycleGanBlock(long width) : Layer
{
    [Child("conv_block")]
    readonly Sequential block = new([
        new ReflectionPad2d(1), new Conv2d(width, width, 3), new InstanceNorm2d(width), new ReLU(),
        new ReflectionPad2d(1), new Conv2d(width, width, 3), new InstanceNorm2d(width),
    ]);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input + block.Forward(input);
}

/// <summary>
/// The discriminator of CycleGAN (Isola et al., arXiv:1611.07004): judges overlapping patches of 70². Input <c>[N, 3, H, W]</c>, output <c>[N, 1, H / 8 - 2, W / 8 - 2]</c>, not squashed.
/// </summary>
[Module]
public sealed partial class CycleGanDiscriminator : Layer
{
    readonly Sequential model;

    /// <param name="width">Channels of the first layer.</param>
    /// <param name="channels">Of the images.</param>
    public CycleGanDiscriminator(long width = 64, long channels = 3)
    {
        model = new([
            new Conv2d(channels, width, 4, stride: 2, padding: 1), new LeakyReLU(0.2),
            new Conv2d(width, 2 * width, 4, stride: 2, padding: 1), new InstanceNorm2d(2 * width), new LeakyReLU(0.2),
            new Conv2d(2 * width, 4 * width, 4, stride: 2, padding: 1), new InstanceNorm2d(4 * width), new LeakyReLU(0.2),
            new Conv2d(4 * width, 8 * width, 4, padding: 1), new InstanceNorm2d(8 * width), new LeakyReLU(0.2),
            new Conv2d(8 * width, 1, 4, padding: 1),
        ]);
        Initialize(this);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => model.Forward(input);

    /// <summary>Normal weights of deviation 0.02, offsets zero, as the paper has it.</summary>
    internal static void Initialize(Module network)
    {
        foreach (var m in network.Modules())
        {
            if (m is not ConvBase c) continue;
            Init.Normal(c.Weight, 0, 0.02);
            if (c.Bias is { } b) Init.Zeros(b);
        }
    }
}
