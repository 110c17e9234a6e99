using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// A = Q·R of matrices <c>[..., m, n]</c> by Householder reflectors, with k = min(m, n): mode "reduced" gives Q <c>[..., m, k]</c> and R <c>[..., k, n]</c>,
/// "complete" Q <c>[..., m, m]</c> and R <c>[..., m, n]</c>, "r" the R of "reduced" and an empty Q. Signs are LAPACK's: R's diagonal may be negative.
/// </summary>
[Op("linalg.qr(Tensor A, str mode='reduced') -> (Tensor Q, Tensor R)")]
public readonly partial record struct Qr(string Mode = "reduced")
{
    internal (Tensor Q, Tensor R) Forward(Tensor a)
    {
        RequireMatrix(a, "linalg.qr");
        if (Mode is not ("reduced" or "complete" or "r")) throw new ArgumentException($"linalg.qr: mode is '{Mode}'; expected 'reduced', 'complete' or 'r'");
        var (q, r) = a.DType.IsComplex() ? Run<Complex>(a) : Run<double>(a);
        return (Cast.To(q, a.DType), Cast.To(r, a.DType));
    }

    (Tensor, Tensor) Run<T>(Tensor a) where T : unmanaged, INumberBase<T>
    {
        long m = a.Size(-2), n = a.Size(-1), k = Math.Min(m, n), cols = Mode == "complete" ? m : k;
        var wantQ = Mode != "r";
        Tensor qr = Wide(a, copy: true), q = wantQ ? New<T>(Sizes(a), m, cols) : New<T>([], 0), r = New<T>(Sizes(a), cols, n);
        For(Count(Sizes(a)), Math.Max(m, n), i =>
        {
            var tau = new T[k];
            var matrix = qr.Part<T>(i, m * n);
            Cpu.Lapack.Qr.Factor(matrix, (int)m, (int)n, tau);
            if (wantQ) Cpu.Lapack.Qr.FormQ<T>(matrix, (int)m, (int)n, tau, q.Part<T>(i, m * cols), (int)cols);
            Cpu.Lapack.Qr.CopyR<T>(matrix, (int)n, r.Part<T>(i, cols * n), (int)cols);
        });
        return (q, r);
    }

    // On the square part: gA = (gQ + Q·sym(triu(gR·Rᴴ − Qᴴ·gQ)))·R⁻ᴴ (Walter and Lehmann, "Algorithmic differentiation of linear algebra functions", 2010);
    // columns of a wide A beyond it enter as R₂ = Qᴴ·A₂.
    internal Tensor? VjpA(Tensor a, Tensor y0, Tensor y1, Tensor? dy0, Tensor? dy1)
    {
        long m = a.Size(-2), n = a.Size(-1);
        if (Mode == "r") throw new InvalidOperationException("linalg.qr with mode='r' keeps no Q, which its gradient needs; use mode='reduced'");
        if (Mode == "complete" && m > n)
            throw new InvalidOperationException($"linalg.qr with mode='complete' of a tall matrix {a.Shape} has no unique gradient, as the last columns of Q are free; use mode='reduced'");
        if (dy0 is null && dy1 is null) return null;
        Tensor gq = dy0 ?? y0.ZerosLike(), gr = dy1 ?? y1.ZerosLike();
        Tensor r = y1, right = gr;
        if (m < n)
        {
            gq = gq + a.Slice(-1, m).MatMul(gr.Slice(-1, m).Adj());
            (r, right) = (y1.Slice(-1, 0, m), gr.Slice(-1, 0, m));
        }
        var t = (right.MatMul(r.Adj()) - y0.Adj().MatMul(gq)).Triu();
        var g = gq + y0.MatMul(HalfDiagonal(t + t.Adj()));
        g = Linalg.SolveTriangular(r.Adj(), g, upper: false, left: false);
        return m < n ? Tensor.Cat([g, y0.MatMul(gr.Slice(-1, m))], -1) : g;
    }

    // The diagonal of a matrix plus its adjoint is real: half of it is the real part of the original.
    static Tensor HalfDiagonal(Tensor x) => x - x.Diagonals().DiagEmbed() * 0.5;
}

/// <summary>QR in LAPACK's compact form: R on and above the diagonal, reflectors below, and their factors tau <c>[..., min(m, n)]</c>. Not differentiable.</summary>
[Op("geqrf(Tensor self) -> (Tensor a, Tensor tau)")]
public readonly partial record struct Geqrf
{
    internal (Tensor A, Tensor Tau) Forward(Tensor self)
    {
        RequireMatrix(self, "geqrf");
        var (a, tau) = self.DType.IsComplex() ? Run<Complex>(self) : Run<double>(self);
        return (Cast.To(a, self.DType), Cast.To(tau, self.DType));
    }

    static (Tensor, Tensor) Run<T>(Tensor self) where T : unmanaged, INumberBase<T>
    {
        long m = self.Size(-2), n = self.Size(-1), k = Math.Min(m, n);
        Tensor a = Wide(self, copy: true), tau = New<T>(Sizes(self), k);
        For(Count(Sizes(self)), Math.Max(m, n), i => Cpu.Lapack.Qr.Factor(a.Part<T>(i, m * n), (int)m, (int)n, tau.Part<T>(i, k)));
        return (a, tau);
    }
}
