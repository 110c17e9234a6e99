using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// Solves A·X = B (X·A = B when not <c>left</c>) for square A <c>[..., n, n]</c> by LU with partial pivoting. B is <c>[..., n, k]</c>, or vectors <c>[..., n]</c>;
/// leading axes broadcast. The int32 info of a matrix is 0, or the 1-based place of a zero pivot.
/// </summary>
[Op("linalg.solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)")]
public readonly partial record struct SolveEx(bool Left = true, bool CheckErrors = false)
{
    internal (Tensor Result, Tensor Info) Forward(Tensor a, Tensor b)
    {
        RequireSquare(a, "linalg.solve");
        RequireFloat(b, "linalg.solve");
        RequireSameDType(a, b, "linalg.solve");
        if (b.Rank == 0) throw new ArgumentException($"linalg.solve: B is a single number; expected vectors [..., n] or matrices [..., n, k] to go with A of shape {a.Shape}");
        var vector = IsVector(a, b);
        var side = vector ? b.Unsqueeze(-1) : b;
        if (side.Size(Left || vector ? -2 : -1) != a.Size(-1))
            throw new ArgumentException($"linalg.solve: B of shape {b.Shape} doesn't fit A of shape {a.Shape}; expected {(Left ? "[..., n, k] or [..., n]" : "[..., k, n]")} with n = {a.Size(-1)}");
        if (vector && !Left) throw new ArgumentException($"linalg.solve: left=False needs a matrix B; {b.Shape} is a vector. Unsqueeze(-2) makes it a row");
        var info = Tensor.New(Sizes(a), DType.Int32);
        var (lu, x) = Broadcast(a, side, "linalg.solve");
        var y = a.DType.IsComplex() ? Run<Complex>(a, lu, x, info) : Run<double>(a, lu, x, info);
        if (CheckErrors) Linalg.CheckSolve(info, "linalg.solve_ex");
        return (vector ? y.Select(-1, 0) : y, info);
    }

    Tensor Run<T>(Tensor a, Tensor full, Tensor b, Tensor info) where T : unmanaged, INumberBase<T>
    {
        var n = a.Size(-1);
        Tensor lu = Wide(a, copy: true), pivots = Tensor.New([.. Sizes(a), n], DType.Int32);
        For(info.Numel, n, i => info.Part<int>(i, 1)[0] = Cpu.Lapack.Lu.Factor(lu.Part<T>(i, n * n), (int)n, (int)n, pivots.Part<int>(i, n)));
        if (info.Numel != Count(Sizes(full))) (lu, pivots) = (lu.Expand(full.Shape), pivots.Expand([.. Sizes(full), n]));
        return Cast.To(new LuSolve(Left).Forward(lu, pivots, Cast.To(b, lu.DType)), a.DType);
    }

    internal (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y0, Tensor dy0, Needs needs)
    {
        var gb = Linalg.Solve(a.Adj(), dy0, Left);
        if (!needs[0]) return (null, gb);
        if (IsVector(a, b)) return (-(gb.Unsqueeze(-1).MatMul(y0.Unsqueeze(-1).Adj())), gb);
        return (Left ? -gb.MatMul(y0.Adj()) : -y0.Adj().MatMul(gb), gb);
    }
}

/// <summary>Inverses of square matrices <c>[..., n, n]</c>, and an int32 info a matrix: 0, or the 1-based place of a zero pivot.</summary>
[Op("linalg.inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)")]
public readonly partial record struct InvEx(bool CheckErrors = false)
{
    internal (Tensor Inverse, Tensor Info) Forward(Tensor a)
    {
        RequireSquare(a, "linalg.inv");
        var r = a.DType.IsComplex() ? Run<Complex>(a) : Run<double>(a);
        if (CheckErrors) Linalg.CheckSolve(r.Info, "linalg.inv_ex");
        return (Cast.To(r.Inverse, a.DType), r.Info);
    }

    static (Tensor Inverse, Tensor Info) Run<T>(Tensor a) where T : unmanaged, INumberBase<T>
    {
        var n = a.Size(-1);
        a = Wide(a);
        Tensor y = Tensor.New(a.Layout.Sizes, a.DType), info = Tensor.New(Sizes(a), DType.Int32);
        For(info.Numel, n, i => info.Part<int>(i, 1)[0] = Cpu.Lapack.Lu.Inverse<T>(a.Part<T>(i, n * n), (int)n, y.Part<T>(i, n * n)));
        return (y, info);
    }

    internal Tensor VjpA(Tensor y0, Tensor dy0)
    {
        var h = y0.Adj();
        return -h.MatMul(dy0).MatMul(h);
    }
}
