using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// A = P·L·U of matrices <c>[..., m, n]</c> with partial pivoting: L (unit diagonal, not stored) and U in one matrix, 1-based int32 row exchanges <c>[..., min(m, n)]</c>,
/// and an int32 info a matrix: 0, or the 1-based place of the first zero on U's diagonal.
/// </summary>
[Op("linalg.lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)")]
public readonly partial record struct LuFactorEx(bool Pivot = true, bool CheckErrors = false)
{
    internal (Tensor LU, Tensor Pivots, Tensor Info) Forward(Tensor a)
    {
        RequireMatrix(a, "linalg.lu_factor_ex");
        if (!Pivot) throw new NotSupportedException("linalg.lu_factor: LU without pivoting is not stable and not offered on the CPU; leave pivot at true");
        var r = a.DType.IsComplex() ? Run<Complex>(a) : Run<double>(a);
        if (CheckErrors) Linalg.CheckPivots(r.Item3, "linalg.lu_factor_ex");
        return r;
    }

    static (Tensor, Tensor, Tensor) Run<T>(Tensor a) where T : unmanaged, INumberBase<T>
    {
        long m = a.Size(-2), n = a.Size(-1), k = Math.Min(m, n);
        Tensor lu = Wide(a, copy: true), pivots = Tensor.New([.. Sizes(a), k], DType.Int32), info = Tensor.New(Sizes(a), DType.Int32);
        For(info.Numel, Math.Max(m, n), i => info.Part<int>(i, 1)[0] = Cpu.Lapack.Lu.Factor(lu.Part<T>(i, m * n), (int)m, (int)n, pivots.Part<int>(i, k)));
        return (Cast.To(lu, a.DType), pivots, info);
    }

    // With M = L⁻¹·PᵀdA·U⁻¹ on the square part: L⁻¹dL is M's strict lower triangle, dU·U⁻¹ its upper one; the rows or columns beyond follow linearly.
    internal Tensor VjpA(Tensor y0, Tensor y1, Tensor dy0)
    {
        var (p, l, u) = y0.LuUnpack(y1);
        long m = y0.Size(-2), n = y0.Size(-1), k = Math.Min(m, n);
        Tensor gl = dy0.Slice(-1, 0, k).Tril(-1), gu = dy0.Slice(-2, 0, k).Triu();
        Tensor l1 = l.Slice(-2, 0, k), u1 = u.Slice(-1, 0, k), gl1 = gl.Slice(-2, 0, k), gu1 = gu.Slice(-1, 0, k);
        Tensor lower = l1.Adj().MatMul(gl1), upper = gu1.MatMul(u1.Adj());
        if (n > k) lower = lower - gu.Slice(-1, k).MatMul(u.Slice(-1, k).Adj());
        if (m > k) upper = upper - l.Slice(-2, k).Adj().MatMul(gl.Slice(-2, k));
        Tensor ToRight(Tensor x) => Linalg.SolveTriangular(u1.Adj(), x, upper: false, left: false);
        Tensor ToLeft(Tensor x) => Linalg.SolveTriangular(l1.Adj(), x, upper: true, left: true, unitriangular: true);
        var g = ToRight(ToLeft(lower.Tril(-1) + upper.Triu()));
        if (n > k) g = Tensor.Cat([g, ToLeft(gu.Slice(-1, k))], -1);
        if (m > k) g = Tensor.Cat([g, ToRight(gl.Slice(-2, k))], -2);
        return p.MatMul(g);
    }
}

/// <summary>The permutation matrices P <c>[..., rows, rows]</c> of a sequence of 1-based row exchanges <c>[..., k]</c>.</summary>
[Op("linalg._permutation(Tensor pivots, int rows, dtype dtype) -> Tensor")]
public readonly partial record struct PermutationMatrix(long Rows, DType Dtype)
{
    internal Tensor Forward(Tensor pivots)
    {
        if (pivots.DType != DType.Int32) throw new ArgumentException($"lu_unpack: pivots are {pivots.DType.Name()}; expected the int32 tensor that lu_factor gives");
        long k = pivots.Size(-1), m = Rows;
        pivots = Cast.Contiguous(pivots);
        var p = Tensor.Zeros([.. Sizes(pivots, 1), m, m], DType.UInt8);
        var order = new int[m];
        for (long b = 0; b < Count(Sizes(pivots, 1)); b++)
        {
            var exchanges = pivots.Part<int>(b, k);
            foreach (var e in exchanges)
            {
                if (e < 1 || e > m) throw new ArgumentException($"lu_unpack: a pivot is {e}; expected 1 to {m}, as lu_factor gives them");
            }
            Cpu.Lapack.Lu.Permutation(exchanges, order);
            var matrix = p.Part<byte>(b, m * m);
            for (var i = 0; i < m; i++) matrix[(int)(order[i] * m + i)] = 1;
        }
        return Cast.To(p, Dtype);
    }
}

/// <summary>
/// Solves A·X = B (X·A = B when not <c>left</c>, Aᴴ in place of A with <c>adjoint</c>) from the result of LU factorization. LU is <c>[..., n, n]</c>,
/// pivots <c>[..., n]</c>, B <c>[..., n, k]</c> or <c>[..., k, n]</c>; leading axes broadcast.
/// </summary>
[Op("linalg.lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor")]
public readonly partial record struct LuSolve(bool Left = true, bool Adjoint = false)
{
    internal Tensor Forward(Tensor lu, Tensor pivots, Tensor b)
    {
        RequireSquare(lu, "linalg.lu_solve");
        RequireMatrix(b, "linalg.lu_solve");
        RequireSameDType(lu, b, "linalg.lu_solve");
        var n = lu.Size(-1);
        if (b.Size(Left ? -2 : -1) != n || pivots.DType != DType.Int32 || pivots.Rank != lu.Rank - 1 || pivots.Size(-1) != n)
            throw new ArgumentException($"linalg.lu_solve: LU of shape {lu.Shape}, {pivots.DType.Name()} pivots of shape {pivots.Shape} and B of shape {b.Shape} don't fit; expected [..., n, n], int32 [..., n] and {(Left ? "[..., n, k]" : "[..., k, n]")}");
        (lu, b) = Broadcast(lu, b, "linalg.lu_solve");
        pivots = pivots.Expand([.. Sizes(lu), n]);
        return Cast.To(lu.DType.IsComplex() ? Run<Complex>(lu, pivots, b) : Run<double>(lu, pivots, b), lu.DType);
    }

    Tensor Run<T>(Tensor lu, Tensor pivots, Tensor b) where T : unmanaged, INumberBase<T>
    {
        // X·A = B is Aᴴ·Xᴴ = Bᴴ.
        var dtype = b.DType;
        var x = Wide(Left ? b : b.Adj(), copy: true);
        long n = x.Size(-2), k = x.Size(-1);
        (lu, pivots) = (Wide(lu), Cast.Contiguous(pivots));
        var op = Adjoint == Left ? Cpu.Lapack.Transposed.Conjugate : Cpu.Lapack.Transposed.No;
        For(Count(Sizes(x)), n, i => Cpu.Lapack.Lu.Solve<T>(lu.Part<T>(i, n * n), pivots.Part<int>(i, n), (int)n, x.Part<T>(i, n * k), (int)k, op));
        return Left ? x : x.Adj();
    }

    internal (Tensor?, Tensor?, Tensor?) Vjp(Tensor lU, Tensor pivots, Tensor y, Tensor dy, Needs needs)
    {
        var b = Linalg.LuSolve(lU, pivots, dy, Left, !Adjoint);
        if (!needs[0]) return (null, null, b);
        var a = Left ? -b.MatMul(y.Adj()) : -y.Adj().MatMul(b);
        if (Adjoint) a = a.Adj();
        // dA = P·(dL·U + L·dU)
        var (p, l, u) = lU.LuUnpack(pivots);
        a = p.Tr().MatMul(a);
        return (a.MatMul(u.Adj()).Tril(-1) + l.Adj().MatMul(a).Triu(), null, b);
    }
}
