using System.Numerics;
using Flambeau.Cpu;
using Flambeau.Cpu.Lapack;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// A = U·diag(S)·Vᴴ of matrices <c>[..., m, n]</c>, k = min(m, n): S <c>[..., k]</c> falling; U <c>[..., m, k]</c> and Vᴴ <c>[..., k, n]</c>,
/// or square with <c>full_matrices</c>. The driver is accepted for PyTorch's sake; there is one algorithm.
/// </summary>
[Op("linalg.svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)")]
public readonly partial record struct Svd(bool FullMatrices = true, string? Driver = null)
{
    internal (Tensor U, Tensor S, Tensor Vh) Forward(Tensor a)
    {
        var (u, s, vh) = SingularValues.Run(a, FullMatrices ? SvdVectors.Full : SvdVectors.Reduced, "linalg.svd");
        return (u!, s, vh!);
    }

    // Townsend, "Differentiating the singular value decomposition", 2016; the complex case needs the phases of U and V to cancel.
    internal Tensor? VjpA(Tensor y0, Tensor y1, Tensor y2, Tensor? dy0, Tensor? dy1, Tensor? dy2)
    {
        long m = y0.Size(-2), n = y2.Size(-1), k = y1.Size(-1);
        Tensor u = y0.Slice(-1, 0, k), vh = y2.Slice(-2, 0, k), s = y1;
        Tensor? gu = dy0?.Slice(-1, 0, k), gvh = dy2?.Slice(-2, 0, k);
        if (gu is null && gvh is null) return dy1 is null ? null : u.ScaleColumns(dy1).MatMul(vh);
        var squares = s * s;
        var gaps = squares.Unsqueeze(-2) - squares.Unsqueeze(-1) + Tensor.Eye(k, null, s.DType);
        Tensor? left = gu is null ? null : u.Adj().MatMul(gu).Skew(), right = gvh is null ? null : vh.MatMul(gvh.Adj()).Skew();
        Tensor? inner = left is null ? null : left / gaps * s.Unsqueeze(-2);
        if (right is not null)
        {
            var r = s.Unsqueeze(-1) * (right / gaps);
            inner = inner is null ? r : inner + r;
        }
        if (dy1 is not null) inner = inner! + dy1.DiagEmbed();
        if (u.DType.IsComplex() && left is not null && right is not null) inner = inner! + (left.Diagonals() / (2 * s)).DiagEmbed();
        var g = u.MatMul(inner!).MatMul(vh);
        if (m > k && gu is not null)
        {
            var outside = gu / s.Unsqueeze(-2);
            g = g + (outside - u.MatMul(u.Adj().MatMul(outside))).MatMul(vh);
        }
        if (n > k && gvh is not null)
        {
            var outside = gvh / s.Unsqueeze(-1);
            g = g + u.MatMul(outside - outside.MatMul(vh.Adj()).MatMul(vh));
        }
        return g;
    }
}

/// <summary>Singular values of matrices <c>[..., m, n]</c>, falling; see <see cref="Svd"/>.</summary>
[Op("linalg.svdvals(Tensor A, *, str? driver=None) -> Tensor")]
public readonly partial record struct Svdvals(string? Driver = null)
{
    internal Tensor Forward(Tensor a) => SingularValues.Run(a, SvdVectors.None, "linalg.svdvals").S;

    internal Tensor VjpA(Tensor a, Tensor dy)
    {
        var (u, _, vh) = Linalg.Svd(a, fullMatrices: false);
        return u.ScaleColumns(dy).MatMul(vh);
    }
}

internal static class SingularValues
{
    internal static (Tensor? U, Tensor S, Tensor? Vh) Run(Tensor a, SvdVectors vectors, string op)
    {
        RequireMatrix(a, op);
        var (u, s, vh) = a.DType.IsComplex() ? Run<Complex>(a, vectors, op) : Run<double>(a, vectors, op);
        return (u is null ? null : Cast.To(u, a.DType), Cast.To(s, a.DType.ToReal()), vh is null ? null : Cast.To(vh, a.DType));
    }

    static (Tensor?, Tensor, Tensor?) Run<T>(Tensor x, SvdVectors vectors, string op) where T : unmanaged, INumberBase<T>
    {
        long m = x.Size(-2), n = x.Size(-1), k = Math.Min(m, n);
        long cols = vectors == SvdVectors.Full ? m : k, rows = vectors == SvdVectors.Full ? n : k;
        var a = Wide(x);
        Tensor s = Tensor.New([.. Sizes(a), k], DType.Float64), info = Tensor.New(Sizes(a), DType.Int32);
        Tensor? u = null, vh = null;
        if (vectors != SvdVectors.None) (u, vh) = (New<T>(Sizes(a), m, cols), New<T>(Sizes(a), rows, n));
        For(info.Numel, Math.Max(m, n), i => info.Part<int>(i, 1)[0] = Cpu.Lapack.Svd.Decompose<T>(
            a.Part<T>(i, m * n), (int)m, (int)n, s.Part<double>(i, k), u is null ? [] : u.Part<T>(i, m * cols), vh is null ? [] : vh.Part<T>(i, rows * n), vectors));
        Check(info, op, static _ => "the iteration did not converge; does the matrix hold NaN or infinity?");
        return (u, s, vh);
    }
}
