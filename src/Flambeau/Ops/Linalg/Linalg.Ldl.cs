using Flambeau.Ops;

namespace Flambeau;

public static partial class Linalg
{
    /// <summary>L·D·Lᵀ factors of symmetric (Hermitian) matrices; see <see cref="LdlFactorEx"/>.</summary>
    /// <exception cref="LinAlgException">D has a zero block.</exception>
    [Op("linalg.ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)")]
    public static (Tensor LD, Tensor Pivots) LdlFactor(Tensor self, bool hermitian = false)
    {
        var (ld, pivots, info) = LdlFactorEx(self, hermitian);
        CheckSolve(info, "linalg.ldl_factor");
        return (ld, pivots);
    }
}
