using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Matrix products.</summary>
internal static class LinearOps
{
    internal static void Add(OpTable t)
    {
        t.Add("MatMul", 1, static n => n.Op("matmul", n[0], n[1]).Sized(Dims(n[0], n[1])));
        t.Add("Gemm", 7, Gemm);
        t.Add("Einsum", 12, static n => n.Op("einsum", n.Text("equation", ""), n.Inputs.Select((_, i) => n[i]).ToArray()));
        t.Add("Det", 11, static n => n.Op("linalg.det", n[0]));
        t.Add("MatMulInteger", 10, static n =>
        {
            var (a, b) = (Centred(n[0], n.Try(2), -2), Centred(n[1], n.Try(3), -1));
            return n.Op("matmul", a, b).As(ElementType.Int32).Sized(Dims(n[0], n[1]));
        });
    }

    /// <summary>Integers without their zero point, which may be one for each row (or column).</summary>
    internal static Item Centred(Item x, Item? zero, int axis)
    {
        var wide = x.To(DType.Int32);
        if (zero is null) return wide;
        var z = zero.To(DType.Int32);
        if (zero.Rank == 1 && zero.Dims![0].Size != 1 && axis == -2) z = z.Op("unsqueeze", -1);
        return (wide - z).As(ElementType.Int32).Sized(x.Dims);
    }

    static IReadOnlyList<Dim>? Dims(Item a, Item b)
    {
        if (a.Dims is not { Count: > 0 } x || b.Dims is not { Count: > 0 } y) return null;
        var rank = Math.Max(x.Count, y.Count);
        if (x.Count == 1) return y.Count == 1 ? [] : [.. y.Take(y.Count - 2), y[^1]];
        if (y.Count == 1) return [.. x.Take(x.Count - 1)];
        var dims = new Dim[rank];
        for (var i = 0; i < rank - 2; i++)
        {
            var (p, q) = (i - rank + x.Count, i - rank + y.Count);
            dims[i] = p < 0 ? y[q] : q < 0 || x[p].Size != 1 ? x[p] : y[q];
        }
        (dims[^2], dims[^1]) = (x[^2], y[^1]);
        return dims;
    }

    static Item Gemm(OnnxNode n)
    {
        var (a, b, c) = (n[0], n[1], n.Try(2));
        var (alpha, beta) = (n.Float("alpha", 1), n.Float("beta", 1));
        var (transA, transB) = (n.Int("transA", 0) != 0, n.Int("transB", 0) != 0);
        IReadOnlyList<Dim>? dims = a.Dims is { Count: 2 } x && b.Dims is { Count: 2 } y ? [x[transA ? 1 : 0], y[transB ? 0 : 1]] : null;
        if (transA) a = a.Op("t");
        if (alpha == 1 && beta == 1 && (c is null || (c.Dims is [var size] && size.Size != 1)) && a.IsFloat)
            return n.Op("linear", a, transB ? b : b.Op("t"), c).Sized(dims);
        if (transB) b = b.Op("t");
        var product = n.Op("mm", a, b);
        if (alpha != 1) product = product * alpha;
        return (c is null || beta == 0 ? product : product + (beta == 1 ? c : c * beta)).As(n[0].Type).Sized(dims);
    }
}
