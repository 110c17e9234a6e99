using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Normalizations.</summary>
internal static class NormOps
{
    internal static void Add(OpTable t)
    {
        t.Many("BatchNormalization", 7, BatchNorm);
        t.Add("InstanceNormalization", 6, static n => n.Op("nn.functional.instance_norm", n[0], null, null, n[1], n[2], true, 0.0, n.Float("epsilon", 1e-5)).Sized(n[0].Dims));
        t.Many("LayerNormalization", 17, LayerNorm);
        t.Many("RMSNormalization", 23, RmsNorm);
        t.Add("GroupNormalization", 18, static n => GroupNorm(n, true));
        t.Add("GroupNormalization", 21, static n => GroupNorm(n, false));
        t.Add("LRN", 1, Lrn);
        t.Add("MeanVarianceNormalization", 9, static n =>
        {
            var axes = n.Ints("axes") ?? [0, 2, 3];
            var centred = n[0] - n[0].Op("mean", axes, true);
            return (centred / ((centred * centred).Op("mean", axes, true).Op("sqrt") + 1e-9)).As(n[0].Type).Sized(n[0].Dims);
        });
        t.Add("LpNormalization", 1, static n =>
        {
            var axis = new[] { n.Int("axis", -1) };
            var norm = n.Int("p", 2) == 1 ? n[0].Op("abs").Op("sum", axis, true) : (n[0] * n[0]).Op("sum", axis, true).Op("sqrt");
            var zero = norm.Op("eq", 0L);
            return (n[0] / norm.Op("masked_fill", zero, 1.0)).As(n[0].Type).Sized(n[0].Dims);
        });
    }

    static Item Column(OnnxNode n, Item v) => v.Op("reshape", new long[] { -1 }.Concat(ConvOps.Ones(n.Rank(n[0]) - 2)).ToArray());

    static Item?[] BatchNorm(OnnxNode n)
    {
        var x = n[0];
        var eps = n.Float("epsilon", 1e-5);
        if (n.Int("training_mode", 0) == 0)
        {
            var (scale, shift, m, v) = (n[1].To(n[1].DType), n[2], n[3], n[4]);
            return [n.Op("nn.functional.batch_norm", x, m, v, scale, shift, false, 0.1, eps).As(x.Type).Sized(x.Dims)];
        }
        var momentum = n.Float("momentum", 0.9);
        long[] axes = [0, .. Enumerable.Range(2, n.Rank(x) - 2).Select(static i => (long)i)];
        var mean = x.Op("mean", axes);
        var centred = x - Column(n, mean);
        var variance = (centred * centred).Op("mean", axes);
        var y = centred / (Column(n, variance) + eps).Op("sqrt") * Column(n, n[1]) + Column(n, n[2]);
        return [y.As(x.Type).Sized(x.Dims), (n[3] * momentum + mean * (1 - momentum)).As(n[3].Type), (n[4] * momentum + variance * (1 - momentum)).As(n[4].Type)];
    }

    static Item?[] LayerNorm(OnnxNode n)
    {
        var x = n[0];
        var (count, axes) = Last(n);
        var eps = n.Float("epsilon", 1e-5);
        var simple = !n.Wants(1) && !n.Wants(2) && x.DType is DType.Float32 or DType.Float64;
        if (simple && n[1].Rank == count && (n.Try(2) is not { } b || b.Rank == count))
            return [n.Op("layer_norm", x, Operand.Of(axes.Select(a => n[1].Dims is { } known && known[(int)a + count].Size is { } s ? s : x.Size((int)a))), n[1], n.Try(2), eps).As(x.Type).Sized(x.Dims)];
        var wide = n.Int("stash_type", 1) == 1 ? x.To(DType.Float32) : x;
        var mean = wide.Op("mean", axes, true);
        var centred = wide - mean;
        var inverse = ((centred * centred).Op("mean", axes, true) + eps).Op("rsqrt");
        var y = (centred * inverse).Op("to", x.DType) * n[1];
        if (n.Try(2) is { } bias) y = y + bias;
        return [y.As(x.Type).Sized(x.Dims), mean.As(wide.Type), inverse.As(wide.Type)];
    }

    /// <summary>The axes from the stated one on, counted from the end.</summary>
    static (int Count, long[] Axes) Last(OnnxNode n)
    {
        var axis = (int)n.Int("axis", -1);
        var count = axis < 0 ? -axis : n.Rank(n[0]) - axis;
        return (count, [.. Enumerable.Range(1, count).Select(i => (long)i - count - 1)]);
    }

    static Item?[] RmsNorm(OnnxNode n)
    {
        var x = n[0];
        var (_, axes) = Last(n);
        var wide = n.Int("stash_type", 1) == 1 ? x.To(DType.Float32) : x;
        var inverse = ((wide * wide).Op("mean", axes, true) + n.Float("epsilon", 1e-5)).Op("rsqrt");
        return [((wide * inverse).Op("to", x.DType) * n[1]).As(x.Type).Sized(x.Dims), inverse.As(wide.Type)];
    }

    static Item GroupNorm(OnnxNode n, bool perGroup)
    {
        var (x, groups) = (n[0], n.Int("num_groups"));
        var (scale, bias) = (n[1], n[2]);
        if (!perGroup) return n.Op("nn.functional.group_norm", x, groups, scale, bias, n.Float("epsilon", 1e-5)).As(x.Type).Sized(x.Dims);
        var each = n.Importer.Over(x.Size(1), groups);
        return n.Op("nn.functional.group_norm", x, groups, scale.Op("repeat_interleave", each), bias.Op("repeat_interleave", each), n.Float("epsilon", 1e-5)).As(x.Type).Sized(x.Dims);
    }

    static Item Lrn(OnnxNode n)
    {
        var x = n[0];
        var size = n.Int("size");
        var (alpha, beta, bias) = (n.Float("alpha", 1e-4), n.Float("beta", 0.75), n.Float("bias", 1));
        var before = (size - 1) / 2;
        var pads = new long[2 * (n.Rank(x) - 1)];
        (pads[^2], pads[^1]) = (before, size - 1 - before);
        var squares = (x * x).Op("constant_pad_nd", pads, 0);
        Item? sum = null;
        for (long i = 0; i < size; i++)
        {
            var part = squares.Op("narrow", 1, i, x.Size(1));
            sum = sum is null ? part : sum + part;
        }
        return (x / (sum! * (alpha / size) + bias).Op("pow", beta)).As(x.Type).Sized(x.Dims);
    }
}
