using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;
using Solver = Flambeau.Cpu.Lapack.LeastSquares;

namespace Flambeau.Ops;

/// <summary>
/// Minimisers X of ‖A·X − B‖ for A <c>[..., m, n]</c> and B <c>[..., m, k]</c> (or vectors <c>[..., m]</c>), of least norm where there are many.
/// Drivers: "gelsy" (pivoted QR, the default), "gels" (QR, full rank only), "gelsd" and "gelss" (singular values). Also gives the squared residuals <c>[..., k]</c>
/// (empty unless m &gt; n and all ranks are n; never for gelsy), the ranks (empty for gels), and the singular values (empty for gels and gelsy).
/// rcond, relative, defaults to max(m, n)·ε.
/// </summary>
[Op("linalg.lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)")]
public readonly partial record struct Lstsq(double? Rcond = null, string? Driver = null)
{
    internal (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) Forward(Tensor self, Tensor b)
    {
        RequireMatrix(self, "linalg.lstsq");
        RequireFloat(b, "linalg.lstsq");
        RequireSameDType(self, b, "linalg.lstsq");
        var driver = Driver ?? "gelsy";
        if (driver is not ("gels" or "gelsy" or "gelsd" or "gelss")) throw new ArgumentException($"linalg.lstsq: driver is '{driver}'; expected 'gels', 'gelsy', 'gelsd' or 'gelss'");
        var vector = IsVector(self, b);
        var side = vector ? b.Unsqueeze(-1) : b;
        if (side.Rank < 2 || side.Size(-2) != self.Size(-2))
            throw new ArgumentException($"linalg.lstsq: B of shape {b.Shape} doesn't fit A of shape {self.Shape}; expected [..., m, k] or [..., m] with m = {self.Size(-2)}");
        var (a, right) = Broadcast(self, side, "linalg.lstsq");
        var (x, residuals, rank, s) = self.DType.IsComplex() ? Run<Complex>(a, right, driver) : Run<double>(a, right, driver);
        var real = self.DType.ToReal();
        return (Cast.To(vector ? x.Select(-1, 0) : x, self.DType), Cast.To(residuals, real), rank, Cast.To(s, real));
    }

    (Tensor, Tensor, Tensor, Tensor) Run<T>(Tensor left, Tensor right, string driver) where T : unmanaged, INumberBase<T>
    {
        long m = left.Size(-2), n = left.Size(-1), k = right.Size(-1), least = Math.Min(m, n);
        Tensor a = Wide(left), b = Wide(right), x = New<T>(Sizes(a), n, k);
        Tensor rank = Tensor.New(Sizes(a), DType.Int64), s = Tensor.New([.. Sizes(a), least], DType.Float64), info = Tensor.New(Sizes(a), DType.Int32);
        double rcond = Rcond ?? Math.Max(m, n) * Tolerance.Epsilon(left.DType);
        For(info.Numel, Math.Max(m, n), i =>
        {
            ReadOnlySpan<T> pa = a.Part<T>(i, m * n), pb = b.Part<T>(i, m * k);
            var px = x.Part<T>(i, n * k);
            int found = (int)least, code = 0;
            if (driver == "gels") code = Solver.FullRank(pa, (int)m, (int)n, pb, (int)k, px);
            else if (driver == "gelsy") found = Solver.Orthogonal(pa, (int)m, (int)n, pb, (int)k, rcond, px);
            else code = Solver.Singular(pa, (int)m, (int)n, pb, (int)k, rcond, px, s.Part<double>(i, least), out found);
            rank.Part<long>(i, 1)[0] = found;
            info.Part<int>(i, 1)[0] = code;
        });
        Check(info, "linalg.lstsq", code => driver == "gels" ? $"A has not full rank: diagonal entry {code} of its triangular factor is zero. The drivers gelsy and gelsd handle this"
            : "the singular value decomposition did not converge; does A hold NaN or infinity?");
        var none = Tensor.New([0], DType.Float64);
        var complete = m > n && driver != "gelsy" && !rank.Values<long>().ContainsAnyExcept(n);
        return (x, complete ? Residuals<T>(a, x, b) : none, driver == "gels" ? Tensor.New([0], DType.Int64) : rank, driver is "gelsd" or "gelss" ? s : none);
    }

    static Tensor Residuals<T>(Tensor a, Tensor x, Tensor b) where T : unmanaged, INumberBase<T>
    {
        var difference = Cast.Contiguous(a.MatMul(x) - b);
        long m = b.Size(-2), k = b.Size(-1);
        var y = Tensor.Zeros([.. Sizes(b), k], DType.Float64);
        for (long i = 0; i < Count(Sizes(b)); i++)
        {
            var d = difference.Part<T>(i, m * k);
            var sums = y.Part<double>(i, k);
            for (var r = 0; r < d.Length; r++)
            {
                var size = Cpu.Lapack.Field.Abs(d[r]);
                sums[(int)(r % k)] += size * size;
            }
        }
        return y;
    }

    internal (Tensor?, Tensor?) Vjp(Tensor self, Tensor b, Tensor y0, Tensor? dy0, Tensor? dy1)
    {
        var vector = IsVector(self, b);
        Tensor Matrix(Tensor t) => vector ? t.Unsqueeze(-1) : t;
        Tensor right = Matrix(b), x = Matrix(y0);
        Tensor? ga = null, gb = null;
        if (dy0 is not null)
        {
            // X = A⁺·B
            var inverse = Linalg.Pinv(self, null, null, hermitian: false);
            var g = Matrix(dy0);
            ga = new Pinv().VjpSelf(self, inverse, g.MatMul(right.Adj()));
            gb = inverse.Adj().MatMul(g);
        }
        if (dy1 is { Numel: > 0 })
        {
            // At the minimum the residual doesn't change with X.
            var g = (self.MatMul(x) - right) * (2 * dy1.Unsqueeze(-2));
            var d = g.MatMul(x.Adj());
            ga = ga is null ? d : ga + d;
            gb = gb is null ? -g : gb - g;
        }
        return (ga, vector ? gb?.Select(-1, 0) : gb);
    }
}
