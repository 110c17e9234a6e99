namespace Flambeau.Cpu;

/// <summary>
/// Offsets for indexing along one axis by a tensor with as many axes: index element (pre, k, post) stands for element
/// (pre, index value, post) of the indexed tensor.
/// </summary>
internal sealed class GatherPlan
{
    /// <summary>Element offsets in the indexed tensor of the axes before and behind the indexed one.</summary>
    internal readonly long[] Pre, Post;

    /// <summary>Stride and size of the indexed axis, and the number of index elements along it.</summary>
    internal readonly long Step, Size, K;

    /// <summary>The row-major int64 index.</summary>
    internal readonly Tensor Index;
    internal readonly string Op;
    internal readonly int Dim;

    internal GatherPlan(Tensor x, Tensor index, long dim, string op)
    {
        if (!index.DType.IsInteger()) throw new ArgumentException($"{op}: the index is {index.DType.Name()}; expected int64 or int32");
        Op = op;
        Dim = Dims.Wrap(dim, x.Rank);
        Index = Cast.Contiguous(Cast.To(index, DType.Int64));
        if (index.Numel == 0)
        {
            Pre = Post = [];
            return;
        }
        int xr = Math.Max(1, x.Rank), ir = Math.Max(1, index.Rank);
        if (xr != ir) throw new ArgumentException($"{op}: a tensor of shape {x.Shape} and an index of shape {index.Shape}; expected as many axes");
        long[] sizes = x.Rank == 0 ? [1] : x.Layout.Sizes, strides = x.Rank == 0 ? [1] : x.Layout.Strides, of = index.Rank == 0 ? [1] : index.Layout.Sizes;
        for (var d = 0; d < of.Length; d++)
        {
            if (d != Dim && of[d] > sizes[d])
                throw new ArgumentException($"{op}: an index of shape {index.Shape} reaches beyond shape {x.Shape} in axis {d}; only axis {Dim}, which is indexed, may be longer");
        }
        Pre = Offsets.Of(of.AsSpan(0, Dim), strides);
        Post = Offsets.Of(of.AsSpan(Dim + 1), strides.AsSpan(Dim + 1));
        (Step, Size, K) = (strides[Dim], sizes[Dim], of[Dim]);
    }

    /// <summary>Offsets in another tensor of the places of the index: axes before, along, behind.</summary>
    internal (long[] Pre, long Step, long[] Post) Of(Tensor source)
    {
        long[] strides = source.Rank == 0 ? [0] : source.Layout.Strides, sizes = Index.Rank == 0 ? [1] : Index.Layout.Sizes;
        for (var d = 0; d < sizes.Length; d++)
        {
            if (source.Rank != 0 && (source.Rank != sizes.Length || source.Layout.Sizes[d] < sizes[d]))
                throw new ArgumentException($"{Op}: an index of shape {Index.Shape} reaches beyond the source of shape {source.Shape}");
        }
        if (source.Rank == 0) strides = new long[sizes.Length];
        return (Offsets.Of(sizes.AsSpan(0, Dim), strides), strides[Dim], Offsets.Of(sizes.AsSpan(Dim + 1), strides.AsSpan(Dim + 1)));
    }

    internal ArgumentOutOfRangeException Bad(long value) =>
        new("index", value, $"{Op}: index {value} is out of range for axis {Dim} of size {Size}; expected 0 to {Size - 1}");
}
