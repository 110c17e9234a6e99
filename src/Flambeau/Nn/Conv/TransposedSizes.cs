namespace Flambeau.Nn;

internal static partial class TransposedSizes
{
    internal static string OnlyZeros(string mode) => mode == "zeros" ? mode
        : throw new ArgumentException($"transposed convolutions know padding mode 'zeros' only, not '{mode}'");

    /// <summary>The output padding that makes the spatial axes as large as asked for.</summary>
    [Script]
    internal static long[] Extra(Tensor input, long[] outputSize, long[] kernel, long[] stride, long[] padding, long[] dilation)
    {
        var n = kernel.Length;
        if (outputSize.Length == n + 2 || outputSize.Length == input.Rank) outputSize = outputSize[^n..];
        if (outputSize.Length != n) throw new ArgumentException($"the output size has {outputSize.Length} values; expected {n}");
        var extra = new long[n];
        for (var i = 0; i < n; i++)
        {
            var least = (input.Size(input.Rank - n + i) - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel[i] - 1) + 1;
            extra[i] = outputSize[i] - least;
            if (extra[i] < 0 || extra[i] >= stride[i])
                throw new ArgumentException($"axis {i} of the output can have sizes {least} to {least + stride[i] - 1} for an input of shape {input.Shape}; {outputSize[i]} was asked for");
        }
        return extra;
    }
}
