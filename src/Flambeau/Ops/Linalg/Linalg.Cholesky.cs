using Flambeau.Ops;

namespace Flambeau;

/// <summary>Linear algebra on batches of matrices: <c>torch.linalg</c>. Computed in double precision whatever the dtype, then rounded.</summary>
public static partial class Linalg
{
    internal static void CheckCholesky(Tensor info, string op) => MatrixBatch.Check(info, op, k => k < 0
        ? "the matrix holds NaN or infinity"
        : $"the input is not positive definite: its leading minor of order {k} is not positive. Is it Hermitian? Adding a small multiple of the identity may help");

    /// <summary>Cholesky factors of Hermitian positive definite matrices: lower L with A = L·Lᴴ, or upper U with A = Uᴴ·U.</summary>
    /// <exception cref="LinAlgException">A matrix is not positive definite.</exception>
    [Op("linalg.cholesky(Tensor self, *, bool upper=False) -> Tensor")]
    public static Tensor Cholesky(Tensor self, bool upper = false)
    {
        var (l, info) = CholeskyEx(self, upper);
        CheckCholesky(info, "linalg.cholesky");
        return l;
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="Linalg.Cholesky"/>
    [Op("cholesky(Tensor self, bool upper=False) -> Tensor")]
    public Tensor Cholesky(bool upper = false) => Linalg.Cholesky(this, upper);
}
