using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// Cholesky factors of Hermitian positive definite matrices <c>[..., n, n]</c>: lower L with A = L·Lᴴ (or upper U with A = Uᴴ·U), and an int32 info a matrix:
/// 0, or the order of the leading minor that is not positive definite. One triangle of the input is read.
/// </summary>
[Op("linalg.cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)")]
public readonly partial record struct CholeskyEx(bool Upper = false, bool CheckErrors = false)
{
    internal (Tensor L, Tensor Info) Forward(Tensor self)
    {
        RequireSquare(self, "linalg.cholesky_ex");
        var r = self.DType.IsComplex() ? Run<Complex>(self) : Run<double>(self);
        if (CheckErrors) Linalg.CheckCholesky(r.Item2, "linalg.cholesky_ex");
        return r;
    }

    (Tensor, Tensor) Run<T>(Tensor self) where T : unmanaged, INumberBase<T>
    {
        var n = self.Size(-1);
        Tensor l = Wide(self, copy: true), info = Tensor.New(Sizes(self), DType.Int32);
        var upper = Upper;
        For(info.Numel, n, i => info.Part<int>(i, 1)[0] = Cpu.Lapack.Cholesky.Factor(l.Part<T>(i, n * n), (int)n, upper));
        return (Cast.To(l, self.DType), info);
    }

    // With A = L·Lᴴ: dL = L·Φ(L⁻¹·dA·L⁻ᴴ), Φ the lower triangle with half the diagonal (Murray, "Differentiation of the Cholesky decomposition", 2016).
    internal Tensor VjpSelf(Tensor y0, Tensor dy0)
    {
        Tensor l = Upper ? y0.Adj() : y0, g = Upper ? dy0.Adj() : dy0;
        var p = l.Adj().MatMul(g).Tril();
        p = (p + p.Tril(-1).Adj()) * 0.5;
        return Linalg.SolveTriangular(l, Linalg.SolveTriangular(l.Adj(), p, upper: true), upper: false, left: false);
    }
}

/// <summary>Inverse of A from its Cholesky factor <c>[..., n, n]</c>.</summary>
[Op("cholesky_inverse(Tensor self, bool upper=False) -> Tensor")]
public readonly partial record struct CholeskyInverse(bool Upper = false)
{
    internal Tensor Forward(Tensor self)
    {
        RequireSquare(self, "cholesky_inverse");
        return Cast.To(self.DType.IsComplex() ? Run<Complex>(self) : Run<double>(self), self.DType);
    }

    Tensor Run<T>(Tensor self) where T : unmanaged, INumberBase<T>
    {
        var n = self.Size(-1);
        Tensor factor = Wide(self), y = Tensor.New(self.Layout.Sizes, factor.DType);
        var upper = Upper;
        For(Count(Sizes(self)), n, i => Cpu.Lapack.Cholesky.Inverse<T>(factor.Part<T>(i, n * n), (int)n, y.Part<T>(i, n * n), upper));
        return y;
    }

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy)
    {
        var common = y.MatMul(dy + dy.Adj()).MatMul(y);
        return -(Upper ? self.MatMul(common) : common.MatMul(self));
    }
}

/// <summary>Solves A·X = B given the Cholesky factor of A. B is <c>[..., n, k]</c>, the factor <c>[..., n, n]</c>; leading axes broadcast.</summary>
[Op("cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor")]
public readonly partial record struct CholeskySolve(bool Upper = false)
{
    internal Tensor Forward(Tensor self, Tensor input2)
    {
        RequireMatrix(self, "cholesky_solve");
        RequireSquare(input2, "cholesky_solve");
        RequireSameDType(self, input2, "cholesky_solve");
        if (self.Size(-2) != input2.Size(-1)) throw new ArgumentException($"cholesky_solve: B of shape {self.Shape} doesn't fit a factor of shape {input2.Shape}; expected [..., n, k] and [..., n, n]");
        var (factor, b) = Broadcast(input2, self, "cholesky_solve");
        return Cast.To(self.DType.IsComplex() ? Run<Complex>(factor, b) : Run<double>(factor, b), self.DType);
    }

    Tensor Run<T>(Tensor factor, Tensor b) where T : unmanaged, INumberBase<T>
    {
        long n = b.Size(-2), k = b.Size(-1);
        factor = Wide(factor);
        var y = Wide(b, copy: true);
        var upper = Upper;
        For(Count(Sizes(y)), n, i => Cpu.Lapack.Cholesky.Solve<T>(factor.Part<T>(i, n * n), (int)n, y.Part<T>(i, n * k), (int)k, upper));
        return y;
    }

    internal (Tensor, Tensor) Vjp(Tensor input2, Tensor y, Tensor dy)
    {
        var b = dy.CholeskySolve(input2, Upper);
        var common = b.MatMul(y.Adj());
        common = common + common.Adj();
        return (b, -(Upper ? input2.MatMul(common) : common.MatMul(input2)));
    }
}
