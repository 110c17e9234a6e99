using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Sliding blocks of images as columns: [N, C, H, W] to [N, C·kernel, blocks].</summary>
    [Op("nn.functional.unfold(Tensor input, int[2] kernel_size, int[2] dilation=1, int[2] padding=0, int[2] stride=1) -> Tensor")]
    public static Tensor Unfold(this Tensor input, long[] kernelSize, long[]? dilation = null, long[]? padding = null, long[]? stride = null) =>
        input.Im2Col(kernelSize, dilation ?? [1], padding ?? [0], stride ?? [1]);

    /// <summary>Columns added up into images: [N, C·kernel, blocks] to [N, C, H, W].</summary>
    [Op("nn.functional.fold(Tensor input, int[2] output_size, int[2] kernel_size, int[2] dilation=1, int[2] padding=0, int[2] stride=1) -> Tensor")]
    public static Tensor Fold(this Tensor input, long[] outputSize, long[] kernelSize, long[]? dilation = null, long[]? padding = null, long[]? stride = null) =>
        input.Col2Im(outputSize.Length == 1 ? [outputSize[0], outputSize[0]] : outputSize, kernelSize, dilation ?? [1], padding ?? [0], stride ?? [1]);
}
