using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// Eigenvalues (real, rising, <c>[..., n]</c>) and orthonormal eigenvectors (columns, <c>[..., n, n]</c>) of symmetric or Hermitian matrices,
/// of which the triangle named by UPLO ("L" or "U") is read.
/// </summary>
[Op("linalg.eigh(Tensor self, str UPLO='L') -> (Tensor eigenvalues, Tensor eigenvectors)")]
public readonly partial record struct Eigh(string Uplo = "L")
{
    internal (Tensor Eigenvalues, Tensor Eigenvectors) Forward(Tensor self)
    {
        var (w, v) = SymmetricEigenvalues.Run(self, Uplo, vectors: true, "linalg.eigh");
        return (w, v!);
    }

    internal Tensor? VjpSelf(Tensor y0, Tensor y1, Tensor? dy0, Tensor? dy1)
    {
        if (dy1 is null) return dy0 is null ? null : y1.ScaleColumns(dy0).MatMul(y1.Adj());
        var eye = y1.EyeLike();
        var gaps = y0.Unsqueeze(-2) - y0.Unsqueeze(-1) + eye;
        var inner = y1.Adj().MatMul(dy1) / gaps * (1 - eye);
        if (dy0 is not null) inner = inner + dy0.DiagEmbed();
        return y1.MatMul(inner).MatMul(y1.Adj());
    }
}

/// <summary>Eigenvalues of symmetric or Hermitian matrices, without the vectors; see <see cref="Eigh"/>.</summary>
[Op("linalg.eigvalsh(Tensor self, str UPLO='L') -> Tensor")]
public readonly partial record struct Eigvalsh(string Uplo = "L")
{
    internal Tensor Forward(Tensor self) => SymmetricEigenvalues.Run(self, Uplo, vectors: false, "linalg.eigvalsh").Values;

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        var (_, v) = Linalg.Eigh(self, Uplo);
        return v.ScaleColumns(dy).MatMul(v.Adj());
    }
}

internal static class SymmetricEigenvalues
{
    internal static (Tensor Values, Tensor? Vectors) Run(Tensor self, string uplo, bool vectors, string op)
    {
        RequireSquare(self, op);
        var upper = uplo is "U" or "u";
        if (!upper && uplo is not ("L" or "l")) throw new ArgumentException($"{op}: UPLO is '{uplo}'; expected 'L' or 'U', the triangle to read");
        var (w, v) = self.DType.IsComplex() ? Run<Complex>(self, upper, vectors, op) : Run<double>(self, upper, vectors, op);
        return (Cast.To(w, self.DType.ToReal()), v is null ? null : Cast.To(v, self.DType));
    }

    static (Tensor, Tensor?) Run<T>(Tensor self, bool upper, bool vectors, string op) where T : unmanaged, INumberBase<T>
    {
        var n = self.Size(-1);
        var a = Wide(self);
        Tensor w = Tensor.New([.. Sizes(a), n], DType.Float64), info = Tensor.New(Sizes(a), DType.Int32);
        var v = vectors ? Tensor.New(a.Layout.Sizes, a.DType) : null;
        For(info.Numel, n, i => info.Part<int>(i, 1)[0] = Cpu.Lapack.SymmetricEigen.Decompose<T>(a.Part<T>(i, n * n), (int)n, upper, w.Part<double>(i, n), v is null ? [] : v.Part<T>(i, n * n)));
        Check(info, op, static _ => "the iteration did not converge; does the matrix hold NaN or infinity?");
        return (w, v);
    }
}
