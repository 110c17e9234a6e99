using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// An approximate singular value decomposition A ≈ U·diag(S)·Vᴴ of rank q by random projection and subspace iteration
    /// (Halko, Martinsson and Tropp, "Finding structure with randomness", 2009); exact up to rounding where the rank is at most q.
    /// </summary>
    /// <param name="q">Rank kept, at most min(m, n).</param>
    /// <param name="niter">Rounds of subspace iteration.</param>
    /// <param name="m">Subtracted from this first, broadcasting; a mean, say.</param>
    [Op("svd_lowrank(Tensor A, int q=6, int niter=2, Tensor? M=None) -> (Tensor U, Tensor S, Tensor V)")]
    public (Tensor U, Tensor S, Tensor V) SvdLowRank(long q = 6, long niter = 2, Tensor? m = null)
    {
        MatrixBatch.RequireMatrix(this, "svd_lowrank");
        if (q < 0 || q > Math.Min(Size(-1), Size(-2))) throw new ArgumentException($"svd_lowrank: q is {q}; expected 0 to {Math.Min(Size(-1), Size(-2))} for a matrix of shape {Shape}");
        using var here = Beside(this);
        var a = m is null ? this : this - m;
        var wide = a.Size(-2) < a.Size(-1);
        if (wide) a = a.Adj();
        var basis = Linalg.Qr(a.MatMul(Randn([a.Size(-1), q], dtype: DType.ToReal() is DType.Float64 ? DType.Float64 : DType.Float32).To(DType))).Q;
        for (var i = 0; i < niter; i++) basis = Linalg.Qr(a.MatMul(Linalg.Qr(a.Adj().MatMul(basis)).Q)).Q;
        var (u, s, vh) = Linalg.Svd(basis.Adj().MatMul(a), fullMatrices: false);
        var (left, right) = (basis.MatMul(u), vh.Adj());
        return wide ? (right, s, left) : (left, s, right);
    }

    /// <summary><see cref="SvdLowRank(long, long, Tensor?)"/> of the matrix A·Bᵀ that is given by its factors.</summary>
    [Op("svd_lowrank(Tensor A, Tensor B, int q=6, int niter=2, Tensor? M=None) -> (Tensor U, Tensor S, Tensor V)")]
    public (Tensor U, Tensor S, Tensor V) SvdLowRank(Tensor b, long q = 6, long niter = 2, Tensor? m = null) => MatMul(b.Tr()).SvdLowRank(q, niter, m);

    /// <summary>Principal components: <see cref="SvdLowRank(long, long, Tensor?)"/> of this matrix, whose rows are observations, less their mean if <paramref name="center"/>.</summary>
    /// <param name="q">Components; min(6, m, n) by default.</param>
    /// <param name="center">Subtract the mean row.</param>
    /// <param name="niter">Rounds of subspace iteration.</param>
    [Op("pca_lowrank(Tensor A, int? q=None, bool center=True, int niter=2) -> (Tensor U, Tensor S, Tensor V)")]
    public (Tensor U, Tensor S, Tensor V) PcaLowRank(long? q = null, bool center = true, long niter = 2)
    {
        MatrixBatch.RequireMatrix(this, "pca_lowrank");
        return SvdLowRank(q ?? Math.Min(6, Math.Min(Size(-1), Size(-2))), niter, center ? Mean([-2], true) : null);
    }

    /// <summary><see cref="PcaLowRank(long?, bool, long)"/> of the matrix A·Bᵀ that is given by its factors.</summary>
    [Op("pca_lowrank(Tensor A, Tensor B, int? q=None, bool center=True, int niter=2) -> (Tensor U, Tensor S, Tensor V)")]
    public (Tensor U, Tensor S, Tensor V) PcaLowRank(Tensor b, long? q = null, bool center = true, long niter = 2) => MatMul(b.Tr()).PcaLowRank(q, center, niter);
}
