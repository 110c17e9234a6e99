using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Images of other sizes. What our own interpolation does is given to it; everything else is a product with a matrix of weights for each axis.</summary>
internal static class ResizeOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Upsample", 7, static n => Resize(n, new(n), [.. n.Floats("scales")!.Select(static s => (double)s)], null));
        t.Add("Upsample", 9, static n => Resize(n, new(n), Scales(n, n[1]), null));
        t.Add("Resize", 10, static n => Resize(n, new(n), Scales(n, n[1]), null));
        t.Add("Resize", 11, static n => Resize(n, new(n), Scales(n, n.Try(2)), n.Try(3) is { } s && s.Length != 0 ? s.IntList : (Operand?)null));
    }

    static double[]? Scales(OnnxNode n, Item? scales) => scales is null || scales.Dims is [{ Size: 0 }] ? null
        : scales.Constant?.ToArray<float>().Select(static v => (double)v).ToArray() ?? throw n.Unknown(scales, "the scales");

    static Item Resize(OnnxNode n, ResizeRule rule, double[]? scales, Operand? sizes)
    {
        var x = n[0];
        var rank = n.Rank(x);
        var axes = n.Ints("axes")?.Select(a => (int)(a < 0 ? a + rank : a)).ToArray() ?? [.. Enumerable.Range(0, rank)];
        var count = scales?.Length ?? sizes?.List?.Count ?? axes.Length;
        if (count != axes.Length) throw n.Error($"{count} scales or sizes for {axes.Length} axes");
        if (Plain(n, rule, axes, scales, sizes) is { } ours) return ours;
        var dims = x.Dims!.ToArray();
        var targets = new long[axes.Length];
        var factors = new double[axes.Length];
        for (var i = 0; i < axes.Length; i++)
        {
            var size = dims[axes[i]].Size ?? throw n.Error("the size of a resized axis must be known when the model is imported for this mode of resizing");
            var wanted = sizes?.List?[i].Known();
            if (scales is null && wanted is null) throw n.Unknown(n[3], "the sizes, for this mode of resizing,");
            targets[i] = scales is not null ? (long)Math.Floor(size * scales[i]) : wanted!.Value;
            factors[i] = scales is not null ? scales[i] : (double)targets[i] / size;
        }
        var policy = n.Text("keep_aspect_ratio_policy", "stretch");
        if (scales is null && policy != "stretch")
        {
            var factor = policy == "not_larger" ? factors.Min() : factors.Max();
            for (var i = 0; i < axes.Length; i++)
            {
                factors[i] = factor;
                targets[i] = (long)Math.Floor(dims[axes[i]].Size!.Value * factor + 0.5);
            }
        }
        var region = rule.NeedsRegion ? n[1].Constant?.ToArray<float>() ?? throw n.Unknown(n[1], "the region") : null;
        var wide = x.IsFloat && x.DType is DType.Float32 or DType.Float64;
        var y = wide ? x : x.To(DType.Float32);
        for (var i = 0; i < axes.Length; i++)
        {
            var size = dims[axes[i]].Size!.Value;
            var (from, to) = rule.NeedsRegion && region is not null ? ((double)region[i], (double)region[i + axes.Length]) : (0.0, 1.0);
            if (targets[i] == size && factors[i] == 1 && !rule.NeedsRegion) continue;
            var outside = new bool[targets[i]];
            var matrix = rule.Matrix(size, targets[i], factors[i], from, to, outside);
            y = Apply(n, y, axes[i], rank, matrix, targets[i], size);
            if (rule.NeedsRegion && outside.Contains(true))
            {
                var mask = Tensor.From(outside).Reshape([.. Enumerable.Range(0, rank).Select(d => d == axes[i] ? targets[i] : 1L)]);
                y = y.Op("masked_fill", n.Constant(mask), n.Float("extrapolation_value", 0));
            }
            dims[axes[i]] = targets[i];
        }
        return (wide ? y : x.IsFloat ? y.Op("to", x.DType) : y.Op("round").Op("to", x.DType)).As(x.Type).Sized(dims);
    }

    static Item Apply(OnnxNode n, Item x, int axis, int rank, float[] matrix, long rows, long columns)
    {
        var m = n.Constant(Tensor.From(matrix, [rows, columns]).To(x.DType));
        if (axis == rank - 1) return n.Op("matmul", x, n.Constant(m.Constant!.T.Contiguous()));
        if (axis == rank - 2) return n.Op("matmul", m, x);
        return n.Op("matmul", x.Op("transpose", axis, -1), n.Constant(m.Constant!.T.Contiguous())).Op("transpose", axis, -1);
    }

    /// <summary>The cases our interpolation computes: all axes after the second, by its own rules.</summary>
    static Item? Plain(OnnxNode n, ResizeRule rule, int[] axes, double[]? scales, Operand? sizes)
    {
        var x = n[0];
        var rank = x.Rank!.Value;
        if (rule.Ours(rank) is not { } mode || !x.IsFloat || n.Text("keep_aspect_ratio_policy", "stretch") != "stretch") return null;
        var dims = x.Dims!.ToArray();
        var wanted = new Operand[rank - 2];
        for (var i = 0; i < axes.Length; i++)
        {
            var size = sizes is { } s ? s.List?[i] ?? n.Prim("prim.getitem", s, i) : x.Size(axes[i]).Known() is { } known ? Math.Floor(known * scales![i]) is var f ? (long)f : default : default;
            if (scales is not null && size.Known() is null && scales[i] != Math.Floor(scales[i])) return null;
            if (scales is not null && size.Known() is null or 0) size = n.Importer.Times(x.Size(axes[i]), (long)scales![i]);
            // Our op computes with the ratio of sizes; another scale is another result.
            if (scales is not null && x.Size(axes[i]).Known() is { } k && Math.Abs(size.Known()!.Value - k * scales[i]) > 1e-6) return null;
            if (axes[i] < 2)
            {
                if (size.Known() is null || size != x.Size(axes[i])) return null;
                continue;
            }
            if (rule.HasLoneRule && size.Known() == 1 && x.Size(axes[i]).Known() != 1) return null;
            wanted[axes[i] - 2] = size;
            dims[axes[i]] = size.Known() is { } v ? v : default(Dim);
        }
        for (var d = 0; d < wanted.Length; d++)
        {
            if (wanted[d].IsNone) wanted[d] = x.Size(d + 2);
        }
        bool? align = mode == "nearest" ? null : rule.AlignCorners;
        return n.Op("nn.functional.interpolate", x, Operand.Of(wanted), null, mode, align).As(x.Type).Sized(dims);
    }
}
