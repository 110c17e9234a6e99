using Flambeau.Autograd;
using Flambeau.Nn;
using Flambeau.Ops;
using Flambeau.Tests.Autograd;

namespace Flambeau.Tests.Ops;

/// <summary>Attention by blocks against all scores at once.</summary>
public sealed class AttentionTests
{
    static Tensor R(DType dtype, int seed, params long[] shape) => Draw.Real(shape, -1.5, 1.6, seed).To(dtype);

    static void Same(Tensor actual, Tensor expected, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var (a, e) = (actual.To(DType.Float64).ToArray<double>(), expected.To(DType.Float64).ToArray<double>());
        for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - e[i]) <= tolerance * (1 + Math.Abs(e[i])), $"element {i}: {a[i]}, expected {e[i]}");
    }

    static Tensor Plain(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal)
    {
        var scores = (q / Math.Sqrt(q.Size(-1))).MatMul(k.Transpose(-2, -1));
        if (causal) mask = Tensor.Ones([q.Size(-2), k.Size(-2)], DType.Bool).Tril();
        if (mask is not null) scores = mask.DType == DType.Bool ? scores.MaskedFill(mask.LogicalNot(), double.NegativeInfinity) : scores + mask;
        return scores.SafeSoftmax(-1).MatMul(v);
    }

    static void Check(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal)
    {
        Tensor[] a = [.. new[] { q, k, v }.Select(static t => t.Detach().WithGrad())], b = [.. new[] { q, k, v }.Select(static t => t.Detach().To(DType.Float64).WithGrad())];
        var fast = a[0].ScaledDotProductAttention(a[1], a[2], mask, 0, causal);
        var slow = Plain(b[0], b[1], b[2], mask is { DType: DType.Float32 } ? mask.To(DType.Float64) : mask, causal);
        var tolerance = q.DType == DType.Float32 ? 2e-5 : 1e-12;
        Same(fast, slow, tolerance);
        Same(q.ScaledDotProductAttention(k, v, mask, 0, causal), slow, tolerance);
        var dy = R(DType.Float64, 9, [.. slow.Shape.AsSpan()]);
        Tensor?[] da = Grad.Of([fast], a, [dy.To(q.DType)]), db = Grad.Of([slow], b, [dy]);
        for (var i = 0; i < 3; i++) Same(da[i]!, db[i]!, 10 * tolerance);
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1, false)]
    [InlineData(2, 3, 5, 7, 4, false)]
    [InlineData(2, 3, 17, 17, 16, true)]
    [InlineData(1, 2, 64, 64, 32, false)]
    [InlineData(1, 2, 130, 130, 20, true)]
    [InlineData(1, 1, 300, 600, 33, false)]
    [InlineData(1, 1, 600, 300, 64, true)]
    [InlineData(1, 1, 300, 530, 8, true)]
    [InlineData(1, 1, 3, 5, 256, false)]
    [InlineData(2, 2, 2, 600, 20, false)]
    [InlineData(1, 2, 4, 600, 64, true)]
    public void Blocks_agree_with_all_at_once(long n, long heads, long rows, long keys, long width, bool causal)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Check(R(dtype, 1, n, heads, rows, width), R(dtype, 2, n, heads, keys, width), R(dtype, 3, n, heads, keys, width + 3), null, causal);
            Check(R(dtype, 1, n, rows, heads, width).Transpose(1, 2), R(dtype, 2, keys, n, heads, width).Permute(1, 2, 0, 3), R(dtype, 3, n, heads, width, keys).Transpose(2, 3), null, causal);
        }
    }

    [Fact]
    public void Masks_of_any_shape()
    {
        Tensor q = R(DType.Float32, 1, 2, 3, 30, 8), k = R(DType.Float32, 2, 2, 3, 290, 8), v = R(DType.Float32, 3, 2, 3, 290, 8);
        foreach (var shape in new Shape[] { [30, 290], [2, 1, 1, 290], [2, 3, 30, 290], [3, 30, 1], [1], [2, 1, 30, 290] })
        {
            var bias = Draw.Real(shape, -2, 2, 5).To(DType.Float32);
            Check(q, k, v, bias, false);
            Check(q, k, v, bias > 0.5, false);
        }
        Check(q, k, v, R(DType.Float32, 6, 290, 30).Transpose(0, 1), false);
        // The first block of keys is hidden, or all are.
        Check(q, k, v, Tensor.Arange(290) > 270, false);
        var none = q.ScaledDotProductAttention(k, v, Tensor.Zeros([30, 290], DType.Bool));
        Assert.All(none.ToArray<float>(), static x => Assert.Equal(0f, x));
        Check(q, k, v, Tensor.Arange(30).Unsqueeze(1) > 3 & Tensor.Ones([30, 290], DType.Bool), false);
    }

    [Fact]
    public void Ranks_broadcasts_and_empty_axes()
    {
        Check(R(DType.Float64, 1, 4, 8), R(DType.Float64, 2, 6, 8), R(DType.Float64, 3, 6, 8), null, false);
        Check(R(DType.Float64, 1, 2, 4, 8), R(DType.Float64, 2, 2, 6, 8), R(DType.Float64, 3, 2, 6, 8), null, false);
        Check(R(DType.Float64, 1, 2, 3, 2, 4, 8), R(DType.Float64, 2, 2, 3, 2, 6, 8), R(DType.Float64, 3, 2, 3, 2, 6, 8), R(DType.Float64, 4, 3, 1, 4, 6), false);
        Check(R(DType.Float64, 1, 2, 3, 4, 8), R(DType.Float64, 2, 1, 3, 6, 8), R(DType.Float64, 3, 6, 8), null, false);
        Assert.Equal(new Shape([2, 0, 5]), R(DType.Float32, 1, 2, 0, 8).ScaledDotProductAttention(R(DType.Float32, 2, 2, 6, 8), R(DType.Float32, 3, 2, 6, 5)).Shape);
        var y = R(DType.Float32, 1, 2, 3, 8).ScaledDotProductAttention(Tensor.Zeros([2, 0, 8]), Tensor.Zeros([2, 0, 5]));
        Assert.All(y.ToArray<float>(), static x => Assert.Equal(0f, x));
        Assert.Equal(DType.BFloat16, R(DType.BFloat16, 1, 2, 3, 8).ScaledDotProductAttention(R(DType.BFloat16, 2, 2, 4, 8), R(DType.BFloat16, 3, 2, 4, 8)).DType);
    }

    [Fact]
    public void A_mask_that_learns_gets_its_gradient()
    {
        Tensor q = R(DType.Float64, 1, 2, 3, 4), bias = R(DType.Float64, 4, 3, 3).WithGrad();
        Assert.Null(GradCheck.Check(xs => [q.ScaledDotProductAttention(q, q, xs[0])], [bias]));
    }

    [Fact]
    public void Results_join_their_heads_without_a_copy()
    {
        var q = R(DType.Float32, 1, 5, 2, 3, 4).Permute(1, 2, 0, 3);
        var y = q.ScaledDotProductAttention(q, q).Permute(2, 0, 1, 3);
        Assert.True(y.IsContiguous);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        Tensor q = R(DType.Float32, 1, 1, 1, 700, 32), k = R(DType.Float32, 2, 1, 1, 700, 32), v = R(DType.Float32, 3, 1, 1, 700, 32);
        var before = Flambeau.Cpu.CpuThreads.Count;
        try
        {
            float[]? expected = null;
            foreach (var n in new[] { 1, 2, 5 })
            {
                Flambeau.Cpu.CpuThreads.Count = n;
                Tensor[] inputs = [.. new[] { q, k, v }.Select(static t => t.Detach().WithGrad())];
                var y = inputs[0].ScaledDotProductAttention(inputs[1], inputs[2], isCausal: true);
                var all = Grad.Of([y], inputs, [y.Detach()]).Prepend(y.Detach()).SelectMany(static t => t!.ToArray<float>()).ToArray();
                expected ??= all;
                Assert.Equal(expected, all);
            }
        }
        finally
        {
            Flambeau.Cpu.CpuThreads.Count = before;
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Modules_give_the_same_with_and_without_weights(bool batchFirst, bool extra)
    {
        var net = new MultiheadAttention(12, 3, addBiasKv: extra, addZeroAttn: extra, batchFirst: batchFirst);
        var x = batchFirst ? R(DType.Float32, 1, 2, 5, 12) : R(DType.Float32, 1, 5, 2, 12);
        var padding = Tensor.From([false, false, false, false, true, false, false, false, false, false]).Reshape(2, 5);
        foreach (var (pad, causal) in new (Tensor?, bool)[] { (null, false), (null, true), (padding, false), (padding, true) })
        {
            Same(net.Forward(x, x, x, pad, false, isCausal: causal).Output, net.Forward(x, x, x, pad, true, isCausal: causal).Output, 1e-5);
        }
        var one = R(DType.Float32, 2, 5, 12);
        Same(net.Forward(one, one, one, needWeights: false).Output, net.Forward(one, one, one).Output, 1e-5);
    }
}
