using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>From tensors <c>[N, heads, rows, width]</c> to the attention kernels.</summary>
internal static unsafe class AttentionRunner
{
    static Tensor Ready(Tensor t, DType dtype)
    {
        t = Cast.To(t, dtype);
        return t.Layout.Strides[3] == 1 || t.Layout.Sizes[3] == 1 ? t : Cast.Contiguous(t);
    }

    static Tensor? Mask(Tensor? mask, DType dtype)
    {
        if (mask is null) return null;
        mask = Cast.To(mask, dtype);
        return mask.Layout.Strides[3] is 0 or 1 ? mask : Cast.Contiguous(mask);
    }

    /// <summary>New memory whose first three axes follow each other as those of <paramref name="like"/> do, so that what was split into heads joins again without a copy.</summary>
    internal static Tensor Like(Tensor like, long width, DType dtype)
    {
        long[] sizes = [.. like.Layout.Sizes[..3], width];
        var axes = new[] { 0, 1, 2 };
        Array.Sort(axes.Select(a => (-like.Layout.Strides[a], a)).ToArray(), axes);
        var strides = new long[] { 0, 0, 0, 1 };
        var next = width;
        foreach (var a in axes.Reverse())
        {
            strides[a] = next;
            next *= sizes[a];
        }
        var whole = Tensor.New([next], dtype);
        return whole.Alias(new Layout(sizes, strides), 0);
    }

    static HeadRows<E> Rows<E>(Tensor t, E* p) where E : unmanaged => new(p, t.Layout.Strides[0], t.Layout.Strides[1], t.Layout.Strides[2]);

    static AttentionArgs<E> Args<E>(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double scale) where E : unmanaged, IFloatingPointIeee754<E> => new()
    {
        Batch = q.Size(0), Heads = q.Size(1), Rows = q.Size(2), Keys = k.Size(2), Width = q.Size(3), ValueWidth = v.Size(3),
        Causal = causal, Scale = E.CreateTruncating(scale), MaskStep = mask is null ? 0 : mask.Layout.Strides[3],
    };

    internal static (Tensor Y, Tensor LogSum) Forward(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double scale, bool again)
    {
        Check(q, k, v, mask);
        var (dtype, wide) = (q.DType, Pointwise.Wide(q.DType));
        (q, k, v, mask) = (Ready(q, wide), Ready(k, wide), Ready(v, wide), Mask(mask, wide));
        var y = Like(q, v.Size(3), wide);
        var log = Tensor.New(q.Layout.Sizes[..3], wide);
        if (wide == DType.Float32) Forward<float>(q, k, v, mask, y, log, causal, scale, again);
        else Forward<double>(q, k, v, mask, y, log, causal, scale, again);
        // the sums stay in the precision computed in: their rounding would be a factor in every gradient
        return (Cast.To(y, dtype), log);
    }

    internal static void Check(Tensor q, Tensor k, Tensor v, Tensor? mask)
    {
        if (q.Rank != 4 || k.Rank != 4 || v.Rank != 4 || q.Size(0) != k.Size(0) || q.Size(1) != k.Size(1) || q.Size(3) != k.Size(3) || !k.Layout.Sizes[..3].SequenceEqual(v.Layout.Sizes[..3])
            || (mask is not null && (mask.Rank != 4 || !mask.Layout.Sizes.SequenceEqual([q.Size(0), q.Size(1), q.Size(2), k.Size(2)]))))
            throw new ArgumentException($"attention: query has shape {q.Shape}, key {k.Shape}, value {v.Shape}{(mask is null ? "" : $", mask {mask.Shape}")}; expected [N, heads, L, E], [N, heads, S, E], [N, heads, S, V]{(mask is null ? "" : " and [N, heads, L, S]")}");
        if (!q.DType.IsFloat() || k.DType != q.DType || v.DType != q.DType || (mask is not null && mask.DType != q.DType))
            throw new ArgumentException($"attention: query is {q.DType.Name()}, key {k.DType.Name()}, value {v.DType.Name()}{(mask is null ? "" : $", mask {mask.DType.Name()}")}; expected one floating-point dtype");
    }

    static void Forward<E>(Tensor q, Tensor k, Tensor v, Tensor? mask, Tensor y, Tensor log, bool causal, double scale, bool again) where E : unmanaged, IFloatingPointIeee754<E>
    {
        if (y.Numel == 0) return;
        fixed (E* pq = &q.First<E>(), pk = &k.First<E>(), pv = &v.First<E>(), pm = &RowNormRunner.First<E>(mask), py = &y.First<E>(), pl = &log.First<E>())
        {
            var g = Args<E>(q, k, v, mask, causal, scale);
            (g.Q, g.K, g.V, g.Y) = (Rows(q, pq), Rows(k, pk), Rows(v, pv), Rows(y, py));
            g.LogSum = pl;
            g.Again = again;
            if (mask is not null) g.Mask = Rows(mask, pm);
            AttentionForward<E>.Run(g);
        }
    }

    internal static (Tensor DQ, Tensor DK, Tensor DV) Backward(Tensor dy, Tensor q, Tensor k, Tensor v, Tensor? mask, Tensor y, Tensor log, bool causal, double scale)
    {
        var (dtype, wide) = (q.DType, Pointwise.Wide(q.DType));
        (q, k, v, mask) = (Ready(q, wide), Ready(k, wide), Ready(v, wide), Mask(mask, wide));
        (dy, y, log) = (Ready(dy, wide), Ready(y, wide), Cast.Contiguous(Cast.To(log, wide)));
        var (dq, dk, dv) = (Like(q, q.Size(3), wide), Like(k, k.Size(3), wide), Like(v, v.Size(3), wide));
        if (wide == DType.Float32) Backward<float>(dy, q, k, v, mask, y, log, dq, dk, dv, causal, scale);
        else Backward<double>(dy, q, k, v, mask, y, log, dq, dk, dv, causal, scale);
        return (Cast.To(dq, dtype), Cast.To(dk, dtype), Cast.To(dv, dtype));
    }

    static void Backward<E>(Tensor dy, Tensor q, Tensor k, Tensor v, Tensor? mask, Tensor y, Tensor log, Tensor dq, Tensor dk, Tensor dv, bool causal, double scale) where E : unmanaged, IFloatingPointIeee754<E>
    {
        fixed (E* pq = &q.First<E>(), pk = &k.First<E>(), pv = &v.First<E>(), pm = &RowNormRunner.First<E>(mask), py = &y.First<E>(), pl = &log.First<E>(), pdy = &dy.First<E>(), pdq = &dq.First<E>(), pdk = &dk.First<E>(), pdv = &dv.First<E>())
        {
            var g = Args<E>(q, k, v, mask, causal, scale);
            (g.Q, g.K, g.V, g.Y) = (Rows(q, pq), Rows(k, pk), Rows(v, pv), Rows(y, py));
            g.LogSum = pl;
            (g.DY, g.DQ, g.DK, g.DV) = (Rows(dy, pdy), Rows(dq, pdq), Rows(dk, pdk), Rows(dv, pdv));
            if (mask is not null) g.Mask = Rows(mask, pm);
            AttentionBackward<E>.Run(g);
        }
    }

    /// <summary>Attention in elementary ops: the result and the logarithm of the sum of each row's exponentials.</summary>
    internal static Tensor[] Composite(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double scale)
    {
        var scores = Functional.AttentionScores(q, k, mask, causal, scale);
        return [scores.SafeSoftmax(-1).MatMul(v), scores.Logsumexp([-1])];
    }
}
