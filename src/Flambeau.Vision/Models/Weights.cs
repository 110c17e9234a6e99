using Flambeau.Nn;

namespace Flambeau.Vision;

/// <summary>First weights and shared parts of the networks.</summary>
internal static class Weights
{
    /// <summary>Convolutions as He et al. (arXiv:1502.01852) for what leaves them; offsets zero.</summary>
    internal static void Convolutions(Module network)
    {
        foreach (var m in network.Modules())
        {
            if (m is not ConvBase c) continue;
            Init.KaimingNormal(c.Weight, fanOut: true, nonlinearity: "relu");
            if (c.Bias is { } b) Init.Zeros(b);
        }
    }

    /// <summary>Fits the input of a residual block to its output; null where it fits.</summary>
    internal static Sequential? Shortcut(long channels, long width, int stride) => stride == 1 && channels == width ? null
        : new Sequential([new Conv2d(channels, width, 1, stride: stride, bias: false), new BatchNorm2d(width)]);
}
