using Flambeau.Ops;

namespace Flambeau;

public static partial class Linalg
{
    internal static void CheckPivots(Tensor info, string op) => MatrixBatch.Check(info, op,
        k => $"U[{k}, {k}] (counted from 1) is zero, so a system with this matrix has no unique solution. lu_factor_ex gives the factors without this check");

    /// <summary>LU factorization: the factors in one matrix, and 1-based row exchanges.</summary>
    /// <exception cref="LinAlgException">U has a zero on its diagonal.</exception>
    [Op("linalg.lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)")]
    public static (Tensor LU, Tensor Pivots) LuFactor(Tensor a, bool pivot = true)
    {
        var (lu, pivots, info) = LuFactorEx(a, pivot);
        CheckPivots(info, "linalg.lu_factor");
        return (lu, pivots);
    }

    /// <summary>A = P·L·U as three matrices: <c>[..., m, m]</c>, <c>[..., m, k]</c>, <c>[..., k, n]</c>, k = min(m, n).</summary>
    [Op("linalg.lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)")]
    public static (Tensor P, Tensor L, Tensor U) Lu(Tensor a, bool pivot = true)
    {
        var (lu, pivots, _) = LuFactorEx(a, pivot);
        return lu.LuUnpack(pivots);
    }
}

public sealed partial class Tensor
{
    /// <summary>P, L and U of the compact form that <see cref="Linalg.LuFactor"/> gives; empty tensors for what isn't wanted.</summary>
    /// <param name="pivots">1-based int32 row exchanges, <c>[..., min(m, n)]</c>.</param>
    /// <param name="unpackData">Make L and U.</param>
    /// <param name="unpackPivots">Make P.</param>
    [Op("lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)")]
    public (Tensor P, Tensor L, Tensor U) LuUnpack(Tensor pivots, bool unpackData = true, bool unpackPivots = true)
    {
        MatrixBatch.RequireMatrix(this, "lu_unpack");
        using var here = Beside(this);
        long m = Size(-2), n = Size(-1), k = Math.Min(m, n);
        var none = Empty([0], DType);
        var p = unpackPivots ? Linalg.PermutationMatrix(pivots, m, DType) : none;
        return unpackData ? (p, Slice(-1, 0, k).Tril(-1) + Eye(m, k, DType), Slice(-2, 0, k).Triu()) : (p, none, none);
    }

    /// <summary>LU factorization: factors and pivots, and an info tensor when <paramref name="getInfos"/>. Older form of <see cref="Linalg.LuFactorEx"/>.</summary>
    [Op("lu(Tensor A, bool pivot=True, bool get_infos=False) -> Tensor[]")]
    public Tensor[] Lu(bool pivot = true, bool getInfos = false)
    {
        var (lu, pivots, info) = Linalg.LuFactorEx(this, pivot);
        if (getInfos) return [lu, pivots, info];
        Linalg.CheckPivots(info, "lu");
        return [lu, pivots];
    }

    /// <summary>Solves A·X = this from the LU factorization of A. Older form of <see cref="Linalg.LuSolve"/>.</summary>
    [Op("lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor")]
    public Tensor LuSolve(Tensor luData, Tensor luPivots) => Linalg.LuSolve(luData, luPivots, this);
}
