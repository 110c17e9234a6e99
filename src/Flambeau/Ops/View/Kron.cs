using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Kronecker product: every element of this tensor times the whole other one, as blocks; missing leading axes count as size 1.</summary>
    [Op("kron(Tensor self, Tensor other) -> Tensor")]
    public Tensor Kron(Tensor other)
    {
        var rank = Math.Max(Rank, other.Rank);
        long[] a = new long[2 * rank], b = new long[2 * rank], sizes = new long[rank];
        for (var d = 0; d < rank; d++)
        {
            var i = d - (rank - Rank);
            var j = d - (rank - other.Rank);
            (a[2 * d], a[2 * d + 1]) = (i < 0 ? 1 : Layout.Sizes[i], 1);
            (b[2 * d], b[2 * d + 1]) = (1, j < 0 ? 1 : other.Layout.Sizes[j]);
            sizes[d] = a[2 * d] * b[2 * d + 1];
        }
        return (Reshape(a) * other.Reshape(b)).Reshape(sizes);
    }
}
