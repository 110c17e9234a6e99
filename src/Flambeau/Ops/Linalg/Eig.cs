using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// Eigenvalues <c>[..., n]</c> and eigenvectors (columns of norm one, <c>[..., n, n]</c>) of square matrices; both are complex, in no particular order.
/// Gradients of the vectors are meaningful only for results that don't depend on their phase.
/// </summary>
[Op("linalg.eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)")]
public readonly partial record struct Eig
{
    internal (Tensor Eigenvalues, Tensor Eigenvectors) Forward(Tensor self)
    {
        var (w, v) = GeneralEigenvalues.Run(self, vectors: true, "linalg.eig");
        return (w, v!);
    }

    internal Tensor? VjpSelf(DType selfDType, Tensor y0, Tensor y1, Tensor? dy0, Tensor? dy1)
    {
        if (dy0 is null && dy1 is null) return null;
        var vh = y1.Adj();
        Tensor inner;
        if (dy1 is null) inner = dy0!.DiagEmbed();
        else
        {
            var eye = y1.EyeLike();
            var t = vh.MatMul(dy1);
            // The part along each vector belongs to its norm, which is fixed.
            var along = vh.MatMul(y1) * t.Diagonals().Real().To(t.DType).Unsqueeze(-2);
            inner = (t - along) / (y0.Unsqueeze(-2) - y0.Unsqueeze(-1) + eye).Conj() * (1 - eye);
            if (dy0 is not null) inner = inner + dy0.DiagEmbed();
        }
        return Linalg.Solve(vh, inner.MatMul(vh)).RealIf(!selfDType.IsComplex());
    }
}

/// <summary>Eigenvalues of square matrices, without the vectors; see <see cref="Eig"/>.</summary>
[Op("linalg.eigvals(Tensor self) -> Tensor")]
public readonly partial record struct Eigvals
{
    internal Tensor Forward(Tensor self) => GeneralEigenvalues.Run(self, vectors: false, "linalg.eigvals").Values;

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        var vh = Linalg.Eig(self).Eigenvectors.Adj();
        return Linalg.Solve(vh, dy.DiagEmbed().MatMul(vh)).RealIf(!self.DType.IsComplex());
    }
}

internal static class GeneralEigenvalues
{
    internal static (Tensor Values, Tensor? Vectors) Run(Tensor self, bool vectors, string op)
    {
        RequireSquare(self, op);
        var (w, v) = self.DType.IsComplex() ? Run<Complex>(self, vectors, op) : Run<double>(self, vectors, op);
        var dtype = self.DType.ToComplex();
        return (Cast.To(w, dtype), v is null ? null : Cast.To(v, dtype));
    }

    static (Tensor, Tensor?) Run<T>(Tensor self, bool vectors, string op) where T : unmanaged, INumberBase<T>
    {
        var n = self.Size(-1);
        var a = Wide(self);
        Tensor w = Tensor.New([.. Sizes(a), n], DType.Complex128), info = Tensor.New(Sizes(a), DType.Int32);
        var v = vectors ? Tensor.New(a.Layout.Sizes, DType.Complex128) : null;
        For(info.Numel, n, i => info.Part<int>(i, 1)[0] = Cpu.Lapack.Eigen.Decompose<T>(a.Part<T>(i, n * n), (int)n, w.Part<Complex>(i, n), v is null ? [] : v.Part<Complex>(i, n * n)));
        Check(info, op, static _ => "the iteration did not converge; does the matrix hold NaN or infinity?");
        return (w, v);
    }
}
