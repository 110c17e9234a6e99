using System.Numerics;
using Flambeau.Tests.Autograd;

namespace Flambeau.Tests.Ops;

public class LinalgOpTests
{
    static void Close(Tensor expected, Tensor actual, double tolerance = 1e-10)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        var (e, a) = (expected.ToArray<Complex>(), actual.ToArray<Complex>());
        for (var i = 0; i < e.Length; i++) Assert.True(Complex.Abs(e[i] - a[i]) <= tolerance, $"element {i}: {e[i]} and {a[i]}");
    }

    static Tensor T(Tensor x) => x.Permute([.. Enumerable.Range(0, x.Rank - 2).Select(static d => (long)d), x.Rank - 1, x.Rank - 2]);

    [Fact]
    public void Solving_broadcasts_and_takes_vectors()
    {
        Tensor a = Draw.Real([2, 1, 3, 3], -1, 1), b = Draw.Real([4, 3, 2]), v = Draw.Real([2, 1, 3]), row = Draw.Real([5, 3]);
        Close(b.Expand([2, 4, 3, 2]), a.MatMul(Linalg.Solve(a, b)));
        Close(v, a.MatMul(Linalg.Solve(a, v).Unsqueeze(-1)).Select(-1, 0));
        Close(v[0, 0], a[0, 0].MatMul(Linalg.Solve(a[0, 0], v[0, 0])));
        Close(row.Expand([2, 1, 5, 3]), Linalg.Solve(a, row, left: false).MatMul(a));
        Close(Tensor.Eye(3, dtype: DType.Float64).Expand(a.Shape), a.MatMul(Linalg.Inv(a)));
        Assert.Equal([0, 3, 3], Linalg.Inv(Tensor.Zeros([0, 3, 3])).Shape);
        Assert.Equal([2, 0, 3], Linalg.Solve(Tensor.Zeros([2, 0, 0]), Tensor.Zeros([2, 0, 3])).Shape);
    }

    [Fact]
    public void Failures_name_the_matrix_and_the_cause()
    {
        var a = Tensor.Stack([Tensor.Eye(2), Tensor.Ones([2, 2])]);
        Assert.Contains("batch element 1", Assert.Throws<LinAlgException>(() => Linalg.Inv(a)).Message, StringComparison.Ordinal);
        Assert.Contains("order 2", Assert.Throws<LinAlgException>(() => Linalg.Cholesky(a)).Message, StringComparison.Ordinal);
        Assert.Throws<LinAlgException>(() => Linalg.Solve(a, Tensor.Ones([2, 2, 1])));
        Assert.Throws<LinAlgException>(() => Linalg.LuFactor(a));
        Assert.Throws<LinAlgException>(() => Linalg.Svdvals(Tensor.Full([2, 2], double.NaN)));
        Assert.Throws<LinAlgException>(() => Linalg.Eigh(Tensor.Full([2, 2], double.PositiveInfinity)));
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => Linalg.Det(Tensor.Ones([2, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("int64", Assert.Throws<ArgumentException>(() => Linalg.Inv(Tensor.Ones([2, 2], DType.Int64))).Message, StringComparison.Ordinal);
        Assert.Equal([0, 2], Linalg.InvEx(a).Info.ToArray<int>());
    }

    [Fact]
    public void Determinants_of_singular_matrices_have_gradients()
    {
        var a = Tensor.From<double>([1, 2, 3, 2, 4, 6, 1, 1, 1], [3, 3]).WithGrad();
        var det = Linalg.Det(a);
        Assert.Equal(0, det.Item<double>(), 12);
        det.Backward();
        // Cofactors
        Close(Tensor.From<double>([-2, 4, -2, 1, -2, 1, 0, 0, 0], [3, 3]), a.Grad!);
        var (sign, log) = Linalg.SlogDet(Tensor.Zeros([2, 2]));
        Assert.Equal((0f, float.NegativeInfinity), (sign.Item<float>(), log.Item<float>()));
    }

    [Fact]
    public void Pseudo_inverse_cuts_by_tolerance()
    {
        var a = Tensor.From<double>([4, 0, 0, 1e-3], [2, 2]);
        Close(Tensor.From([0.25, 0, 0, 0], [2, 2]), Linalg.Pinv(a, null, 1e-2));
        Close(Tensor.From([0.25, 0, 0, 1000], [2, 2]), Linalg.Pinv(a));
        Close(Tensor.From([0.25, 0, 0, 0], [2, 2]), Linalg.Pinv(a, 1e-2, null, hermitian: true));
        Assert.Equal([1, 2], Linalg.MatrixRank(Tensor.Stack([a, a]), Tensor.From<double>([1e-2, 1e-4]), null).ToArray<long>());
        var batch = Draw.Real([2, 5, 3], -1, 1);
        Close(batch, batch.MatMul(Linalg.Pinv(batch)).MatMul(batch));
    }

    [Theory, InlineData(DType.Float32), InlineData(DType.Complex64), InlineData(DType.Complex128)]
    public void Factors_multiply_back_in_every_dtype(DType dtype)
    {
        var a = Draw.Complex([2, 5, 4]).Real().To(dtype);
        if (dtype.IsComplex()) a = Draw.Complex([2, 5, 4]).To(dtype);
        var tolerance = dtype == DType.Complex128 ? 1e-12 : 1e-5;
        var (u, s, vh) = Linalg.Svd(a, fullMatrices: false);
        Close(a, (u * s.Unsqueeze(-2)).MatMul(vh), tolerance);
        Assert.Equal(dtype.ToReal(), s.DType);
        var (q, r) = Linalg.Qr(a);
        Close(a, q.MatMul(r), tolerance);
        var (p, l, upper) = Linalg.Lu(a);
        Close(a, p.MatMul(l).MatMul(upper), tolerance);
        var (full, _, fullVh) = Linalg.Svd(T(a));
        Assert.Equal([2, 4, 4], full.Shape);
        Assert.Equal([2, 5, 5], fullVh.Shape);
    }

    [Fact]
    public void Least_squares_drivers_agree()
    {
        Tensor a = Draw.Real([6, 3], -1, 1), b = Draw.Real([6, 2]);
        var expected = Linalg.Lstsq(a, b, driver: "gels");
        foreach (var driver in new[] { "gelsy", "gelsd", "gelss" }) Close(expected.Solution, Linalg.Lstsq(a, b, driver: driver).Solution);
        Close((a.MatMul(expected.Solution) - b).Mul(a.MatMul(expected.Solution) - b).Sum([0]), expected.Residuals);
        Assert.Equal(3, Linalg.Lstsq(a, b).Rank.Item<long>());
        Close(expected.Solution.Select(1, 0), Linalg.Lstsq(a, b.Select(1, 0)).Solution);
    }

    [Fact]
    public void Chains_powers_and_tensor_equations()
    {
        Tensor a = Draw.Real([2, 3], -1, 1), b = Draw.Real([3, 4], seed: 2), c = Draw.Real([4, 5], seed: 3), v = Draw.Real([2]);
        Close(a.Mm(b).Mm(c), Linalg.MultiDot([a, b, c]));
        Close(v.MatMul(a).MatMul(b), Linalg.MultiDot([v, a, b]));
        var m = Draw.Real([3, 3], -1, 1);
        Close(m.Mm(m).Mm(m).Mm(m).Mm(m), Linalg.MatrixPower(m, 5));
        Close(Linalg.Inv(m).Mm(Linalg.Inv(m)), Linalg.MatrixPower(m, -2), 1e-8);
        var t = Draw.Real([2, 3, 6], -1, 1);
        var x = Linalg.TensorSolve(t, Draw.Real([2, 3]));
        Close(Draw.Real([2, 3]), t.Reshape([6, 6]).MatMul(x).Reshape([2, 3]));
        Close(Tensor.Eye(6, dtype: DType.Float64), Linalg.TensorInv(t, 2).Reshape([6, 6]).Mm(t.Reshape([6, 6])));
    }

    [Fact]
    public void Matrix_norms_follow_their_definitions()
    {
        var a = Tensor.From<double>([1, -2, 3, 4, 5, -6], [2, 3]);
        double Norm(double ord) => Linalg.MatrixNorm(a, ord).Item<double>();
        Assert.Equal((9.0, 5.0, 15.0, 6.0), (Norm(1), Norm(-1), Norm(double.PositiveInfinity), Norm(double.NegativeInfinity)));
        var s = Linalg.Svdvals(a).ToArray<double>();
        Assert.Equal((s[0], s[1], s[0] + s[1]), (Norm(2), Norm(-2), Linalg.MatrixNorm(a, "nuc").Item<double>()));
        Assert.Equal(Math.Sqrt(91), Linalg.Norm(a).Item<double>(), 12);
        Assert.Equal(Math.Sqrt(91), Linalg.Norm(a, "fro").Item<double>(), 12);
        Assert.Equal(9, Linalg.Norm(a, 1, [0, 1]).Item<double>());
        Assert.Equal(15, Linalg.Norm(a, 1, [1, 0]).Item<double>());
        Close(Tensor.From<double>([6, 15]), Linalg.Norm(a, 1, [1]));
        var batch = Draw.Real([2, 3, 4]);
        foreach (var ord in new[] { 1, 2, -1, -2, double.PositiveInfinity })
        {
            Assert.Equal([1, 3, 1], Linalg.MatrixNorm(batch, ord, [0, 2], keepdim: true).Shape);
            Close(Linalg.MatrixNorm(batch[TensorIndex.All, 1], ord), Linalg.MatrixNorm(batch, ord, [0, 2])[1]);
        }
        Assert.Throws<ArgumentException>(() => Linalg.MatrixNorm(a, 3));
        Assert.Throws<ArgumentException>(() => Linalg.Norm(batch, 2.0));
    }

    [Fact]
    public void Condition_numbers_and_log_determinants()
    {
        var a = Draw.Real([3, 3], -1, 1);
        foreach (var p in new[] { 1, -1, double.PositiveInfinity })
            Close(Linalg.MatrixNorm(a, p) * Linalg.MatrixNorm(Linalg.Inv(a), p), Linalg.Cond(a, p));
        var s = Linalg.Svdvals(a).ToArray<double>();
        Assert.Equal(s[0] / s[2], Linalg.Cond(a).Item<double>(), 9);
        foreach (var singular in new[] { Linalg.Cond(Tensor.Ones([2, 2]), 1), Linalg.Cond(Tensor.Zeros([2, 2]), "nuc"), Linalg.Cond(Tensor.Zeros([2, 2]), "fro") })
            Assert.Equal(double.PositiveInfinity, singular.Item<double>());
        var definite = a.Mm(T(a));
        Assert.Equal(Math.Log(Linalg.Det(definite).Item<double>()), definite.Logdet().Item<double>(), 9);
        Assert.True(double.IsNaN(Tensor.From<double>([0, 1, 1, 0], [2, 2]).Logdet().Item<double>()));
    }

    [Fact]
    public void Low_rank_decompositions_are_exact_at_their_rank()
    {
        Tensor x = Draw.Real([2, 9, 3], -1, 1), y = Draw.Real([2, 5, 3], -1, 1, 7), a = x.MatMul(T(y));
        var (u, s, v) = x.SvdLowRank(y, 3);
        Close(a, (u * s.Unsqueeze(-2)).MatMul(T(v)));
        Close(Linalg.Svdvals(a)[TensorIndex.Ellipsis, ..3], s);
        (u, s, v) = T(a).PcaLowRank(3);
        var mean = T(a).Mean([-2], true);
        Close(T(a) - mean, (u * s.Unsqueeze(-2)).MatMul(T(v)));
        Assert.Throws<ArgumentException>(() => a.SvdLowRank(6));
    }

    [Fact]
    public void Symmetric_indefinite_factors_solve()
    {
        var a = Draw.Real([2, 6, 6], -1, 1);
        a = a + T(a);
        var (ld, pivots) = Linalg.LdlFactor(a);
        Close(ld.Tril(), ld);
        var b = Draw.Real([6, 2]);
        Close(b.Expand([2, 6, 2]), a.MatMul(Linalg.LdlSolve(ld, pivots, b)));
        Assert.Throws<ArgumentException>(() => Linalg.LdlSolve(ld, pivots * 9, b));
    }
}
