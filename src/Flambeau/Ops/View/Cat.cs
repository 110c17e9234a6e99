using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Tensors joined along an existing axis; other sizes must agree. One-axis tensors of no elements are skipped.</summary>
[Op("cat(Tensor[] tensors, int dim=0) -> Tensor")]
public readonly partial record struct Cat(long Dim = 0)
{
    static bool Skipped(Tensor t) => t.Rank == 1 && t.Numel == 0;

    internal Tensor Forward(Tensor[] tensors)
    {
        if (tensors.Length == 0) throw new ArgumentException("cat: the list of tensors is empty");
        var dtype = Promotion.ResultType(tensors);
        var used = tensors.Where(static t => !Skipped(t)).ToArray();
        if (used.Length == 0) return Tensor.New([0], dtype);
        if (used[0].Rank == 0) throw new ArgumentException("cat: 0-d tensors have no axis to join along; use Stack");
        var d = Dims.Wrap(Dim, used[0].Rank);
        var sizes = (long[])used[0].Layout.Sizes.Clone();
        sizes[d] = 0;
        foreach (var t in used)
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                if (t.Rank != sizes.Length || (i != d && t.Layout.Sizes[i] != sizes[i]))
                    throw new ArgumentException($"cat: shapes {used[0].Shape} and {t.Shape} differ in an axis other than {d}; all other sizes must agree");
            }
            sizes[d] += t.Layout.Sizes[d];
        }
        var y = Tensor.New(sizes, dtype);
        long at = 0;
        foreach (var t in used)
        {
            var part = (long[])sizes.Clone();
            part[d] = t.Layout.Sizes[d];
            Cast.Copy(t, y.Alias(new Layout(part, y.Layout.Strides), at * y.Layout.Strides[d]));
            at += part[d];
        }
        return y;
    }

    internal Tensor?[] VjpTensors(Tensor[] tensors, Tensor dy)
    {
        var r = new Tensor?[tensors.Length];
        long at = 0;
        for (var i = 0; i < r.Length; i++)
        {
            var t = tensors[i];
            if (Skipped(t))
            {
                r[i] = t.ZerosLike();
                continue;
            }
            var n = t.Size((int)Dim);
            r[i] = dy.Slice(Dim, at, at + n);
            at += n;
        }
        return r;
    }
}
