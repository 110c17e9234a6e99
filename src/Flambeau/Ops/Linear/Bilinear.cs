using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary><c>y[…, o] = Σ input1[…, i] · weight[o, i, j] · input2[…, j] + bias[o]</c>.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("nn.functional.bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor")]
    [Op("bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor")]
    public static Tensor Bilinear(this Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null)
    {
        Tensor? third = weight;
        using var cast = Amp.Autocast.Whole("bilinear", ref input1, ref input2, ref third);
        weight = third!;
        if (weight.Rank != 3 || input1.Rank == 0 || input1.Rank != input2.Rank || input1.Size(-1) != weight.Size(1) || input2.Size(-1) != weight.Size(2))
            throw new ArgumentException($"bilinear: inputs have shapes {input1.Shape} and {input2.Shape}, the weight {weight.Shape}; expected […, i], […, j] and [o, i, j]");
        long o = weight.Size(0), i = weight.Size(1), j = weight.Size(2), rows = 1;
        for (var d = 0; d < input1.Rank - 1; d++) rows *= input1.Size(d);
        var half = input1.Reshape([rows, i]).Mm(weight.Permute([1, 0, 2]).Reshape([i, o * j])).Reshape([rows, o, j]);
        var y = half.Bmm(input2.Reshape([rows, j, 1])).Reshape([.. input1.Shape.AsSpan()[..^1], o]);
        return bias is null ? y : y + bias;
    }
}
