using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Tensors joined along an existing axis; other sizes must agree. One-axis tensors of no elements are skipped.</summary>
[Op("cat(Tensor[] tensors, int dim=0) -> Tensor")]
public readonly partial record struct Cat(long Dim = 0)
{
    const long Grain = 1 << 16;

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
        if (Array.TrueForAll(used, t => t.DType == dtype && t.Storage.Backend is null && t.Layout.IsContiguous) && y.Storage.Backend is null)
        {
            Runs(used, y, d);
            return y;
        }
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

    /// <summary>Dense tensors of one dtype: run after run of bytes.</summary>
    static unsafe void Runs(Tensor[] parts, Tensor y, int axis)
    {
        long outer = 1, run = y.DType.Size();
        for (var i = 0; i < axis; i++) outer *= y.Layout.Sizes[i];
        for (var i = axis + 1; i < y.Rank; i++) run *= y.Layout.Sizes[i];
        var row = run * y.Layout.Sizes[axis];
        if (outer * row == 0) return;
        // Threads take ranges of the result, whatever part or row these begin in.
        CpuThreads.For(outer * row, Grain, (begin, end) =>
        {
            fixed (byte* to = &y.Kept<byte>())
            {
                var r = begin / row;
                for (var at = r * row; at < end; r++)
                {
                    foreach (var t in parts)
                    {
                        var bytes = t.Layout.Sizes[axis] * run;
                        long first = Math.Max(begin, at), last = Math.Min(end, at + bytes);
                        if (first < last)
                        {
                            fixed (byte* from = &t.Kept<byte>()) Buffer.MemoryCopy(from + r * bytes + (first - at), to + first, last - first, last - first);
                        }
                        at += bytes;
                    }
                }
            }
        });
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
