using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>The diagonal of the matrices that two axes span, as a last axis: elements (i, i + offset). A view.</summary>
[Op("diagonal(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor", View = true)]
public readonly partial record struct Diagonal(long Offset = 0, long Dim1 = 0, long Dim2 = 1)
{
    internal Tensor Forward(Tensor self)
    {
        int a = Dims.Wrap(Dim1, self.Rank), b = Dims.Wrap(Dim2, self.Rank);
        if (self.Rank < 2 || a == b)
            throw new ArgumentException($"diagonal: dim1={Dim1} and dim2={Dim2} of a tensor of shape {self.Shape}; expected two different axes");
        var l = self.Layout;
        var n = Math.Max(0, Offset >= 0 ? Math.Min(l.Sizes[a], l.Sizes[b] - Offset) : Math.Min(l.Sizes[a] + Offset, l.Sizes[b]));
        var start = n == 0 ? 0 : Offset >= 0 ? Offset * l.Strides[b] : -Offset * l.Strides[a];
        var kept = Enumerable.Range(0, self.Rank).Where(d => d != a && d != b).ToArray();
        return self.Alias(new Layout([.. kept.Select(d => l.Sizes[d]), n], [.. kept.Select(d => l.Strides[d]), l.Strides[a] + l.Strides[b]]), self.Offset + start);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.DiagonalBackward(selfShape, Offset, Dim1, Dim2);
}

/// <summary>Zeros of a shape with one diagonal replaced: the gradient of <see cref="Diagonal"/>.</summary>
[Op("diagonal_backward(Tensor grad_output, int[] input_sizes, int offset, int dim1, int dim2) -> Tensor")]
public readonly partial record struct DiagonalBackward(Shape InputSizes, long Offset, long Dim1, long Dim2)
{
    internal Tensor Forward(Tensor gradOutput)
    {
        var y = Tensor.Zeros(InputSizes, gradOutput.DType);
        Cast.Copy(gradOutput, new Diagonal(Offset, Dim1, Dim2).Forward(y));
        return y;
    }

    internal Tensor VjpGradOutput(Tensor dy) => dy.Diagonal(Offset, Dim1, Dim2);
}
