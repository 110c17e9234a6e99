using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// A = L·D·Lᵀ (L·D·Lᴴ with <c>hermitian</c>) of symmetric matrices <c>[..., n, n]</c>, whose lower triangle is read, with LAPACK's compact storage and int32 pivots <c>[..., n]</c>;
/// a negative pivot marks a 2×2 block of D. The int32 info of a matrix is 0, or the 1-based place of a zero block.
/// </summary>
[Op("linalg.ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)")]
public readonly partial record struct LdlFactorEx(bool Hermitian = false, bool CheckErrors = false)
{
    internal (Tensor LD, Tensor Pivots, Tensor Info) Forward(Tensor self)
    {
        RequireSquare(self, "linalg.ldl_factor_ex");
        var r = self.DType.IsComplex() ? Run<Complex>(self) : Run<double>(self);
        if (CheckErrors) Linalg.CheckSolve(r.Item3, "linalg.ldl_factor_ex");
        return r;
    }

    (Tensor, Tensor, Tensor) Run<T>(Tensor self) where T : unmanaged, INumberBase<T>
    {
        var n = self.Size(-1);
        Tensor ld = Wide(self, copy: true), pivots = Tensor.New([.. Sizes(self), n], DType.Int32), info = Tensor.New(Sizes(self), DType.Int32);
        var hermitian = Hermitian;
        For(info.Numel, n, i => info.Part<int>(i, 1)[0] = Cpu.Lapack.Ldl.Factor(ld.Part<T>(i, n * n), (int)n, pivots.Part<int>(i, n), hermitian));
        return (new Tril().Forward(Cast.To(ld, self.DType)), pivots, info);
    }
}

/// <summary>Solves A·X = B from the result of <see cref="LdlFactorEx"/>; B is <c>[..., n, k]</c>, leading axes broadcast.</summary>
[Op("linalg.ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor")]
public readonly partial record struct LdlSolve(bool Hermitian = false)
{
    internal Tensor Forward(Tensor ld, Tensor pivots, Tensor b)
    {
        RequireSquare(ld, "linalg.ldl_solve");
        RequireMatrix(b, "linalg.ldl_solve");
        RequireSameDType(ld, b, "linalg.ldl_solve");
        var n = ld.Size(-1);
        if (b.Size(-2) != n || !pivots.DType.IsInteger() || pivots.Rank != ld.Rank - 1 || pivots.Size(-1) != n)
            throw new ArgumentException($"linalg.ldl_solve: LD of shape {ld.Shape}, {pivots.DType.Name()} pivots of shape {pivots.Shape} and B of shape {b.Shape} don't fit; expected [..., n, n], integers [..., n] and [..., n, k]");
        (ld, b) = Broadcast(ld, b, "linalg.ldl_solve");
        pivots = Cast.Contiguous(Cast.To(pivots, DType.Int32).Expand([.. Sizes(ld), n]));
        foreach (var p in pivots.Values<int>())
        {
            if (p == 0 || Math.Abs((long)p) > n) throw new ArgumentException($"linalg.ldl_solve: a pivot is {p}; expected ±1 to ±{n}, as ldl_factor gives them");
        }
        return Cast.To(ld.DType.IsComplex() ? Run<Complex>(ld, pivots, b) : Run<double>(ld, pivots, b), ld.DType);
    }

    Tensor Run<T>(Tensor ld, Tensor pivots, Tensor b) where T : unmanaged, INumberBase<T>
    {
        long n = b.Size(-2), k = b.Size(-1);
        ld = Wide(ld);
        var x = Wide(b, copy: true);
        var hermitian = Hermitian;
        For(Count(Sizes(x)), n, i => Cpu.Lapack.Ldl.Solve<T>(ld.Part<T>(i, n * n), (int)n, pivots.Part<int>(i, n), x.Part<T>(i, n * k), (int)k, hermitian));
        return x;
    }
}
