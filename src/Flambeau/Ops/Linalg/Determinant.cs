using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>Determinants of square matrices <c>[..., n, n]</c>, from LU; 1 for n = 0.</summary>
[Op("linalg.det(Tensor A) -> Tensor")]
[Op("det(Tensor self) -> Tensor")]
public readonly partial record struct Det
{
    internal Tensor Forward(Tensor a)
    {
        RequireSquare(a, "linalg.det");
        return Cast.To(a.DType.IsComplex() ? Run<Complex>(a) : Run<double>(a), a.DType);
    }

    static Tensor Run<T>(Tensor a) where T : unmanaged, INumberBase<T>
    {
        var n = a.Size(-1);
        Tensor lu = Wide(a, copy: true), y = Tensor.New(Sizes(a), lu.DType);
        For(y.Numel, n, i =>
        {
            var pivots = new int[n];
            var matrix = lu.Part<T>(i, n * n);
            Cpu.Lapack.Lu.Factor(matrix, (int)n, (int)n, pivots);
            y.Part<T>(i, 1)[0] = Cpu.Lapack.Lu.Determinant<T>(matrix, pivots, (int)n);
        });
        return y;
    }

    internal Tensor? VjpA(Tensor a, Tensor y, Tensor dy)
    {
        if (a.Numel == 0) return null;
        var (inverse, info) = Linalg.InvEx(a);
        if (!info.Detach().ToArray<int>().Any(static k => k != 0)) return inverse.Adj() * (dy * y.Conj()).Unsqueeze(-1).Unsqueeze(-1);
        // A singular matrix has no inverse but has cofactors: det(U·Vᴴ) times the products of all singular values but one.
        var (u, s, vh) = Linalg.Svd(a, fullMatrices: false);
        var n = a.Size(-1);
        var others = new Tensor[n];
        for (var i = 0; i < n; i++)
        {
            var product = Tensor.Ones(s.Shape.ToArray()[..^1], s.DType);
            for (var j = 0; j < n; j++) product = j == i ? product : product * s.Select(-1, j);
            others[i] = product;
        }
        var phase = Linalg.Det(u.MatMul(vh)).Conj();
        return u.ScaleColumns(Tensor.Stack(others, -1)).MatMul(vh) * (phase * dy).Unsqueeze(-1).Unsqueeze(-1);
    }
}

/// <summary>Sign (a number of modulus 1, or 0) and log of the modulus of the determinants of <c>[..., n, n]</c>; −∞ for a singular matrix.</summary>
[Op("linalg.slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)")]
[Op("slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)")]
public readonly partial record struct SlogDet
{
    internal (Tensor Sign, Tensor LogAbsDet) Forward(Tensor a)
    {
        RequireSquare(a, "linalg.slogdet");
        var (sign, log) = a.DType.IsComplex() ? Run<Complex>(a) : Run<double>(a);
        return (Cast.To(sign, a.DType), Cast.To(log, a.DType.ToReal()));
    }

    static (Tensor, Tensor) Run<T>(Tensor a) where T : unmanaged, INumberBase<T>
    {
        var n = a.Size(-1);
        Tensor lu = Wide(a, copy: true), sign = Tensor.New(Sizes(a), lu.DType), log = Tensor.New(Sizes(a), DType.Float64);
        For(sign.Numel, n, i =>
        {
            var pivots = new int[n];
            var matrix = lu.Part<T>(i, n * n);
            Cpu.Lapack.Lu.Factor(matrix, (int)n, (int)n, pivots);
            (sign.Part<T>(i, 1)[0], log.Part<double>(i, 1)[0]) = Cpu.Lapack.Lu.LogDeterminant<T>(matrix, pivots, (int)n);
        });
        return (sign, log);
    }

    // d log|det| = Re tr(A⁻¹dA), and a sign of modulus one turns with the imaginary part.
    internal Tensor? VjpA(Tensor a, Tensor y0, Tensor? dy0, Tensor? dy1)
    {
        if (!a.DType.IsComplex()) return dy1 is null ? null : Linalg.Inv(a).Adj() * dy1.Unsqueeze(-1).Unsqueeze(-1);
        Tensor? g = dy1?.To(a.DType);
        if (dy0 is not null)
        {
            var turn = y0.Conj() * dy0;
            var imaginary = (turn - turn.Conj()) * 0.5;
            g = g is null ? imaginary : g + imaginary;
        }
        return g is null ? null : Linalg.Inv(a).Adj() * g.Unsqueeze(-1).Unsqueeze(-1);
    }
}
