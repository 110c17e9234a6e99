using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// The first n columns of the product of reflectors I − tau·v·vᴴ, whose v are the columns of <c>[..., m, n]</c> (ones on the diagonal, zeros above, neither is read);
/// tau is <c>[..., k]</c>, k ≤ n ≤ m. The Q of <see cref="Geqrf"/>.
/// </summary>
[Op("linalg.householder_product(Tensor input_, Tensor tau) -> Tensor")]
[Op("orgqr(Tensor self, Tensor input2) -> Tensor")]
public readonly partial record struct HouseholderProduct
{
    internal Tensor Forward(Tensor input, Tensor tau)
    {
        RequireMatrix(input, "linalg.householder_product");
        RequireSameDType(input, tau, "linalg.householder_product");
        long m = input.Size(-2), n = input.Size(-1);
        if (m < n || tau.Rank != input.Rank - 1 || tau.Size(-1) > n || !Sizes(tau, 1).AsSpan().SequenceEqual(Sizes(input)))
            throw new ArgumentException($"linalg.householder_product: reflectors of shape {input.Shape} and tau of shape {tau.Shape} don't fit; expected [..., m, n] with m >= n and [..., k] with k <= n");
        return Cast.To(input.DType.IsComplex() ? Run<Complex>(input, tau) : Run<double>(input, tau), input.DType);
    }

    static Tensor Run<T>(Tensor input, Tensor tau) where T : unmanaged, INumberBase<T>
    {
        long m = input.Size(-2), n = input.Size(-1), k = tau.Size(-1);
        (input, tau) = (Wide(input), Wide(tau));
        var q = Tensor.New(input.Layout.Sizes, input.DType);
        For(Count(Sizes(input)), m, i => Cpu.Lapack.Qr.FormQ<T>(input.Part<T>(i, m * n), (int)m, (int)n, tau.Part<T>(i, k), q.Part<T>(i, m * n), (int)n));
        return q;
    }

    internal (Tensor?, Tensor?) Vjp(Tensor input, Tensor tau, Tensor dy)
    {
        if (input.Numel == 0 || tau.Numel == 0) return (null, null);
        var (a, t, _) = Reflectors.Gradients(input, tau, Tensor.Eye(input.Size(-2), input.Size(-1), input.DType), dy, adjoint: false);
        return (a, t);
    }
}

/// <summary>
/// Q·C, Qᴴ·C (<c>transpose</c>), C·Q or C·Qᴴ (not <c>left</c>) for the square Q of the reflectors in <c>[..., m, k]</c> and tau <c>[..., k]</c>;
/// C is <c>[..., m, n]</c>, or <c>[..., n, m]</c> on the right.
/// </summary>
[Op("ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor")]
public readonly partial record struct Ormqr(bool Left = true, bool Transpose = false)
{
    internal Tensor Forward(Tensor self, Tensor input2, Tensor input3)
    {
        RequireMatrix(self, "ormqr");
        RequireMatrix(input3, "ormqr");
        RequireSameDType(self, input2, "ormqr");
        RequireSameDType(self, input3, "ormqr");
        if (input3.Size(Left ? -2 : -1) != self.Size(-2) || input2.Size(-1) > self.Size(-1) || self.Size(-1) > self.Size(-2)
            || !Sizes(self).AsSpan().SequenceEqual(Sizes(input3)) || !Sizes(self).AsSpan().SequenceEqual(Sizes(input2, 1)))
            throw new ArgumentException($"ormqr: reflectors of shape {self.Shape}, tau of shape {input2.Shape} and a matrix of shape {input3.Shape} don't fit; expected [..., m, k], [..., k] and {(Left ? "[..., m, n]" : "[..., n, m]")} with k <= m and equal leading axes");
        return Cast.To(self.DType.IsComplex() ? Run<Complex>(self, input2, input3) : Run<double>(self, input2, input3), self.DType);
    }

    Tensor Run<T>(Tensor a, Tensor tau, Tensor c) where T : unmanaged, INumberBase<T>
    {
        long m = a.Size(-2), n = a.Size(-1), k = tau.Size(-1), rows = c.Size(-2), columns = c.Size(-1);
        (a, tau) = (Wide(a), Wide(tau));
        var y = Wide(c, copy: true);
        var op = this;
        For(Count(Sizes(a)), m, i => Cpu.Lapack.Qr.Multiply<T>(a.Part<T>(i, m * n), (int)n, tau.Part<T>(i, k), y.Part<T>(i, rows * columns), (int)rows, (int)columns, op.Left, op.Transpose));
        return y;
    }

    internal (Tensor?, Tensor?, Tensor?) Vjp(Tensor self, Tensor input2, Tensor input3, Tensor dy, Needs needs)
    {
        var c = self.Ormqr(input2, dy, Left, !Transpose);
        if (!needs[0] && !needs[1]) return (null, null, c);
        // C·Q is (Qᴴ·Cᴴ)ᴴ.
        var (a, tau, _) = Left ? Reflectors.Gradients(self, input2, input3, dy, Transpose) : Reflectors.Gradients(self, input2, input3.Adj(), dy.Adj(), !Transpose);
        return (a, tau, c);
    }
}

internal static class Reflectors
{
    /// <summary>
    /// Gradients of Y = H₁⋯Hₖ·C (of Hₖᴴ⋯H₁ᴴ·C when adjoint) with respect to the reflectors' storage, tau and C. With Y = L·Hᵢ·R, K = Lᴴ·dY and
    /// M = K·Rᴴ, the gradients of Hᵢ = I − τ·v·vᴴ are −vᴴMv for τ and −(conj(τ)·M + τ·Mᴴ)·v for v.
    /// </summary>
    internal static (Tensor A, Tensor Tau, Tensor C) Gradients(Tensor a, Tensor tau, Tensor c, Tensor dy, bool adjoint)
    {
        long m = a.Size(-2), n = a.Size(-1), k = tau.Size(-1);
        var v = a.Slice(-1, 0, k).Tril(-1) + Tensor.Eye(m, k, a.DType);
        var t = adjoint ? tau.Conj() : tau;
        int At(int step) => adjoint ? (int)k - 1 - step : step;
        Tensor V(int step) => v.Slice(-1, At(step), At(step) + 1);
        Tensor T(int step) => t.Select(-1, At(step)).Unsqueeze(-1).Unsqueeze(-1);
        var rights = new Tensor[k + 1];
        rights[k] = c.Expand([.. Sizes(a), c.Size(-2), c.Size(-1)]);
        for (var i = (int)k - 1; i >= 0; i--) rights[i] = rights[i + 1] - T(i) * V(i).MatMul(V(i).Adj().MatMul(rights[i + 1]));
        Tensor[] gv = new Tensor[k], gt = new Tensor[k];
        var left = dy;
        for (var i = 0; i < k; i++)
        {
            Tensor x = V(i), right = rights[i + 1], row = x.Adj().MatMul(left), scale = T(i);
            var mv = left.MatMul(right.Adj().MatMul(x));
            var tauGradient = -(x.Adj().MatMul(mv));
            gt[At(i)] = (adjoint ? tauGradient.Conj() : tauGradient).Select(-1, 0);
            gv[At(i)] = -(scale.Conj() * mv + scale * right.MatMul(row.Adj()));
            left = left - scale.Conj() * x.MatMul(row);
        }
        var ga = Tensor.Cat(gv, -1).Tril(-1);
        if (n > k) ga = Tensor.Cat([ga, a.NewZeros([.. Sizes(a), m, n - k])], -1);
        return (ga, Tensor.Cat(gt, -1), left);
    }
}
