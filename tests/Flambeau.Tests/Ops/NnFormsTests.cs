using Flambeau.Autograd;
using Flambeau.Ops;
using Flambeau.Tests.Autograd;

namespace Flambeau.Tests.Ops;

/// <summary>Composites against other ways to say the same.</summary>
public sealed class NnFormsTests
{
    static void Same(Tensor actual, Tensor expected, double tolerance = 1e-10)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var (a, e) = (actual.ToArray<double>(), expected.ToArray<double>());
        for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - e[i]) <= tolerance, $"element {i}: {a[i]}, expected {e[i]}");
    }

    static readonly Tensor a = Draw.Real([2, 3, 4], -1, 1, 1), b = Draw.Real([2, 4, 5], -1, 1, 2), m = Draw.Real([3, 3], -1, 1, 3);

    [Fact]
    public void Einsum_agrees_with_what_it_abbreviates()
    {
        Same(Tensor.Einsum("bij,bjk->bik", a, b), a.Bmm(b));
        Same(Tensor.Einsum("...ij,...jk", a, b), a.Bmm(b));
        Same(Tensor.Einsum("ii", m), m.Diagonal().Sum());
        Same(Tensor.Einsum("ii->i", m), m.Diagonal());
        Same(Tensor.Einsum("ij->ji", m), m.Permute([1, 0]));
        Same(Tensor.Einsum("bij,kj,k->bi", a, Draw.Real([5, 4], seed: 4), Draw.Real([5], seed: 5)), a.MatMul(Draw.Real([5, 4], seed: 4).Permute([1, 0])).MatMul(Draw.Real([5], seed: 5)));
        Same(Tensor.Einsum("i,j->ij", m.Select(0, 0), m.Select(0, 1)), m.Select(0, 0).Outer(m.Select(0, 1)));
        Assert.Throws<ArgumentException>(() => Tensor.Einsum("bij,bik->jk", a, b));
    }

    [Fact]
    public void Tensordot_by_number_and_by_axes()
    {
        Same(a.TensorDot(b.Permute([1, 0, 2]), [2, 0], [0, 1]), Tensor.Einsum("bij,bjk->ik", a, b));
        Same((Tensor)Registry.Call("tensordot", a, a, 3L), (a * a).Sum());
    }

    [Fact]
    public void Sums_with_products_take_beta_and_alpha()
    {
        Same(m.AddMm(m, m, 0.5, 2), m * 0.5 + m.Mm(m) * 2);
        Same((m * double.NaN).AddMm(m, m, 0, 1), m.Mm(m));
        Same(m.AddR(m.Select(0, 0), m.Select(1, 0), 2, 3), m * 2 + m.Select(0, 0).Outer(m.Select(1, 0)) * 3);
        Same(m.Select(0, 0).AddMv(m, m.Select(0, 1)), m.Select(0, 0) + m.Mv(m.Select(0, 1)));
    }

    [Fact]
    public void Unpooling_puts_maxima_back()
    {
        var x = Draw.Real([1, 2, 4, 6]);
        var (y, at) = x.MaxPool2dWithIndices([2, 2]);
        var back = y.MaxUnpool2d(at, [2, 2]);
        Assert.Equal(x.Shape, back.Shape);
        Same(back.MaxPool2d([2, 2]), y);
        Same(back.Sum(), y.Sum());
    }

    [Fact]
    public void Power_pool_of_the_first_power_is_a_sum()
    {
        var x = Draw.Real([1, 2, 4, 6]);
        Same(x.LpPool2d(1, [2, 3]), x.AvgPool2d([2, 3]) * 6);
    }

    [Fact]
    public void Attention_of_one_head_is_scaled_dot_product_attention()
    {
        Tensor q = Draw.Real([3, 2, 4], -1, 1, 1), k = Draw.Real([5, 2, 4], -1, 1, 2), v = Draw.Real([5, 2, 4], -1, 1, 3);
        var one = Tensor.Eye(4, dtype: DType.Float64);
        var (y, w) = q.MultiHeadAttentionForward(k, v, 4, 1, Tensor.Cat([one, one, one]), null, null, null, false, 0, one, null);
        Same(y.Permute([1, 0, 2]), q.Permute([1, 0, 2]).ScaledDotProductAttention(k.Permute([1, 0, 2]), v.Permute([1, 0, 2])));
        Same(w!.Sum([-1]), Tensor.Ones([2, 3], DType.Float64));
    }

    [Fact]
    public void Masks_and_causality_agree()
    {
        Tensor q = Draw.Real([2, 3, 4], -1, 1, 1), k = Draw.Real([2, 3, 4], -1, 1, 2);
        var mask = Tensor.Ones([3, 3], DType.Bool).Tril();
        Same(q.ScaledDotProductAttention(k, k, isCausal: true), q.ScaledDotProductAttention(k, k, mask));
        Same(q.ScaledDotProductAttention(k, k, Tensor.Zeros([3, 3], DType.Bool)), Tensor.Zeros([2, 3, 4], DType.Float64));
    }

    [Fact]
    public void A_recurrent_layer_is_its_cell_step_by_step()
    {
        Tensor x = Draw.Real([3, 2, 4], -1, 1, 1), h = Draw.Real([1, 2, 5], -1, 1, 2), c = Draw.Real([1, 2, 5], -1, 1, 3);
        Tensor[] w = [Draw.Real([20, 4], -1, 1, 4), Draw.Real([20, 5], -1, 1, 5), Draw.Real([20], -1, 1, 6), Draw.Real([20], -1, 1, 7)];
        var (y, hn, cn) = x.Lstm([h, c], w, true, 1, 0, false, false, false);
        var state = (h.Select(0, 0), c.Select(0, 0));
        for (var t = 0; t < 3; t++)
        {
            state = x.Select(0, t).LstmCell([state.Item1, state.Item2], w[0], w[1], w[2], w[3]);
            Same(y.Select(0, t), state.Item1);
        }
        Same(hn.Select(0, 0), state.Item1);
        Same(cn.Select(0, 0), state.Item2);
    }

    [Fact]
    public void A_uniform_mixture_of_classes_equals_label_smoothing()
    {
        var x = Draw.Real([4, 3], -2, 2);
        var t = Tensor.From<long>([0, 2, 1, 1]);
        var p = Tensor.From<double>([1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0], [4, 3]);
        Same(x.CrossEntropy(t, labelSmoothing: 0.3), x.CrossEntropy(p, labelSmoothing: 0.3));
        Same(x.CrossEntropy(t), x.CrossEntropy(p));
    }

    /// <summary>The kernel that keeps no log-probabilities, beside the two ops that do.</summary>
    [Theory]
    [InlineData(DType.Float32, 1, 1e-6), InlineData(DType.Float32, 37, 1e-6), InlineData(DType.Float64, 100, 1e-14), InlineData(DType.BFloat16, 19, 1e-2)]
    public void Cross_entropy_of_rows_equals_that_of_log_probabilities(DType dtype, long classes, double tolerance)
    {
        foreach (var reduction in new[] { "mean", "sum", "none" })
        {
            Tensor a = Draw.Real([6, classes], -30, 30).To(dtype).Detach().WithGrad(), b = a.Detach().WithGrad();
            var t = (Draw.Int([6], 1000) % classes).Add(0);
            t[2] = -100;
            Tensor ours = a.CrossEntropy(t, reduction: reduction), other = b.LogSoftmax(1).NllLoss(t, reduction: reduction);
            Assert.True(ours.Allclose(other, rtol: tolerance, atol: tolerance), $"{reduction}: {ours} {other}");
            ours.Sum().Backward();
            other.Sum().Backward();
            Assert.True(a.Grad!.Allclose(b.Grad!, rtol: 30 * tolerance, atol: tolerance), $"{reduction}: {a.Grad} {b.Grad}");
        }
    }

    [Fact]
    public void Cross_entropy_of_rows_at_the_edges()
    {
        Assert.True(float.IsNaN(Tensor.Zeros([0, 3]).CrossEntropy(Tensor.Zeros([0], DType.Int64)).Item<float>()));
        Assert.Equal([0f, 0, float.NaN], Tensor.From([0f, float.NaN, float.NegativeInfinity, 0, float.NegativeInfinity, float.NegativeInfinity], [3, 2])
            .CrossEntropy(Tensor.From([-100L, 1, 0]), reduction: "none").ToArray<float>());
        var error = Assert.Throws<ArgumentOutOfRangeException>(static () => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From([0L, 3])));
        Assert.Contains("target 3 is no class of 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Running_statistics_follow_the_batch()
    {
        var x = Draw.Real([8, 2, 3], -1, 3);
        Tensor mean = Tensor.Zeros([2], DType.Float64), variance = Tensor.Ones([2], DType.Float64);
        x.BatchNorm(mean, variance, training: true, momentum: 1);
        Same(mean, x.Mean([0, 2]));
        Same(variance, x.Var([0, 2]));
        Same(x.BatchNorm(mean, variance).Mean([0, 2]), Tensor.Zeros([2], DType.Float64));
    }

    [Fact]
    public void Fused_norm_gradients_agree_with_elementary_ones()
    {
        var x = Draw.Real([5, 6], -1, 1).WithGrad();
        var fused = Grad.Of((x.LayerNorm([6]) * x).Sum(), x);
        var again = Grad.Of((x.LayerNorm([6]) * x).Sum(), x, createGraph: true);
        Same(again.Detach(), fused, 1e-9);
    }
}
