using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Square matrices of zeros with the last axis of this tensor on a diagonal; the matrix axes become axes dim1 and dim2 of the result.</summary>
    /// <exception cref="ArgumentException">dim1 and dim2 are the same axis.</exception>
    [Op("diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor")]
    public Tensor DiagEmbed(int offset = 0, int dim1 = -2, int dim2 = -1)
    {
        if (Rank == 0) throw new ArgumentException("diag_embed: a 0-d tensor has no axis to put on a diagonal; Reshape([1]) gives it one");
        int a = Dims.Wrap(dim1, Rank + 1), b = Dims.Wrap(dim2, Rank + 1);
        if (a == b) throw new ArgumentException($"diag_embed: dim1={dim1} and dim2={dim2} are the same axis of the result, which has {Rank + 1}");
        var n = Layout.Sizes[^1] + Math.Abs((long)offset);
        var sizes = new long[Rank + 1];
        for (int d = 0, k = 0; d < sizes.Length; d++) sizes[d] = d == a || d == b ? n : Layout.Sizes[k++];
        return DiagonalBackward(new Shape(sizes), offset, a, b);
    }
}
