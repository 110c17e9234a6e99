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
}
