using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary><c>input · weightᵀ + bias</c> over the last axis: <c>[…, in]</c> by <c>[out, in]</c>. The weight is read transposed where it lies.</summary>
[Op("nn.functional.linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor")]
[Op("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor")]
public readonly partial record struct Linear
{
    internal Tensor Forward(Tensor input, Tensor weight, Tensor? bias)
    {
        var flat = weight.Rank == 1;
        if (input.Rank == 0 || weight.Rank is not (1 or 2) || input.Size(-1) != weight.Size(-1))
            throw new ArgumentException($"linear: input has shape {input.Shape}, weight {weight.Shape}; expected [..., in] and [out, in]");
        if (bias is not null && (bias.Numel != (flat ? 1 : weight.Size(0)) || bias.DType != input.DType))
            throw new ArgumentException($"linear: bias is {bias.DType.Name()} of shape {bias.Shape}; expected {input.DType.Name()} of [{(flat ? 1 : weight.Size(0))}]");
        var k = input.Size(-1);
        if (flat) weight = new Unsqueeze(0).Forward(weight);
        long m = weight.Size(0), rows = 1;
        foreach (var s in input.Layout.Sizes.AsSpan()[..^1]) rows *= s;
        var x = new Reshape(new Shape([1, rows, k])).Forward(input);
        var w = weight.Alias(new Layout([1, k, m], [0, weight.Layout.Strides[1], weight.Layout.Strides[0]]), weight.Offset);
        var y = MatrixProduct.Run(x, w, "linear", bias is null ? null : new Expand(new Shape([1, rows, m])).Forward(bias));
        long[] sizes = flat ? input.Layout.Sizes[..^1] : [.. input.Layout.Sizes[..^1], m];
        return y.Alias(new Layout(sizes.AsSpan()), 0);
    }

    internal Tensor VjpInput(Shape inputShape, Tensor weight, Tensor dy) =>
        weight.Rank == 1 ? dy.Unsqueeze(-1) * weight.Conj() : dy.Reshape([Rows(inputShape), weight.Size(0)]).Mm(weight.Conj()).Reshape(inputShape);

    internal Tensor VjpWeight(Tensor input, Shape weightShape, Tensor dy) =>
        dy.Reshape([Rows(input.Shape), weightShape.Rank == 1 ? 1 : weightShape[0]]).Permute([1, 0]).Mm(input.Conj().Reshape([Rows(input.Shape), input.Size(-1)])).Reshape(weightShape);

    internal Tensor VjpBias(Shape biasShape, Tensor dy) => dy.Reshape([-1, biasShape.Numel]).Sum([0]).Reshape(biasShape);

    static long Rows(Shape input)
    {
        long n = 1;
        for (var i = 0; i < input.Rank - 1; i++) n *= input[i];
        return n;
    }
}
