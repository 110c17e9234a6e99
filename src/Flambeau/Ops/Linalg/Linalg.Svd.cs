using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// A = U·diag(S)·Vᴴ; older form of <see cref="Linalg.Svd"/> that gives V. With <paramref name="some"/> false U and V are square;
    /// without <paramref name="computeUv"/> they are zeros.
    /// </summary>
    [Op("svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)")]
    public (Tensor U, Tensor S, Tensor V) Svd(bool some = true, bool computeUv = true)
    {
        MatrixBatch.RequireMatrix(this, "svd");
        if (!computeUv)
        {
            var batch = MatrixBatch.Sizes(this);
            return (NewZeros([.. batch, Size(-2), Size(-2)]), Linalg.Svdvals(this), NewZeros([.. batch, Size(-1), Size(-1)]));
        }
        var (u, s, vh) = Linalg.Svd(this, !some);
        return (u, s, vh.Adj());
    }
}
