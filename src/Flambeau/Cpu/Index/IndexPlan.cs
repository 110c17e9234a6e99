namespace Flambeau.Cpu;

/// <summary>
/// Element offsets for indexing by tensors: one offset a combination of index values, and the offsets of the axes that aren't indexed.
/// </summary>
internal sealed class IndexPlan
{
    /// <summary>Result sizes, the index axes standing where PyTorch puts them.</summary>
    internal readonly long[] ResultSizes;

    /// <summary>Offset of each combination of index values.</summary>
    internal readonly long[] Picked;

    /// <summary>Offset of each element of the rest.</summary>
    internal readonly long[] Rest;

    /// <summary>Sizes of the axes before the index axes in the result; its elements are (lead, picked, trail).</summary>
    internal readonly long Lead, Trail;

    internal IndexPlan(Layout x, Tensor?[] indices, string op)
    {
        if (indices.Length > x.Rank) throw new ArgumentException($"{op}: {indices.Length} index tensors were given for a tensor of {x.Rank} axes");
        var dims = Enumerable.Range(0, indices.Length).Where(d => indices[d] is not null).ToArray();
        var shape = new Shape([]);
        foreach (var d in dims)
        {
            if (!indices[d]!.DType.IsInteger()) throw new ArgumentException($"{op}: an index tensor is {indices[d]!.DType.Name()}; expected int64, int32, or a bool mask");
            shape = Shape.Broadcast(shape, indices[d]!.Shape);
        }
        Picked = new long[shape.Numel];
        foreach (var d in dims) Add(Picked, indices[d]!, shape, x.Sizes[d], x.Strides[d], d, op);
        var adjacent = dims.Length == 0 || dims[^1] - dims[0] == dims.Length - 1;
        var front = adjacent && dims.Length > 0 ? dims[0] : 0;
        var rest = Enumerable.Range(0, x.Rank).Where(d => Array.IndexOf(dims, d) < 0).ToArray();
        ResultSizes = [.. rest.Take(front).Select(d => x.Sizes[d]), .. shape, .. rest.Skip(front).Select(d => x.Sizes[d])];
        Lead = rest.Take(front).Aggregate(1L, (n, d) => n * x.Sizes[d]);
        Trail = rest.Skip(front).Aggregate(1L, (n, d) => n * x.Sizes[d]);
        Rest = new long[Lead * Trail];
        for (long i = 0; i < Rest.Length; i++)
        {
            var k = i;
            for (var j = rest.Length - 1; j >= 0; j--)
            {
                Rest[i] += k % x.Sizes[rest[j]] * x.Strides[rest[j]];
                k /= x.Sizes[rest[j]];
            }
        }
    }

    static void Add(long[] picked, Tensor index, Shape shape, long size, long stride, int dim, string op)
    {
        var values = Cast.Contiguous(Cast.To(index, DType.Int64).Expand(shape));
        var span = values.AsSpan<long>();
        for (var i = 0; i < span.Length; i++)
        {
            var v = span[i];
            if (v < -size || v >= size) throw new ArgumentOutOfRangeException(nameof(index), v, $"{op}: index {v} is out of range for axis {dim} of size {size}");
            picked[i] += (v < 0 ? v + size : v) * stride;
        }
        GC.KeepAlive(values);
    }

    /// <summary>Calls back with (position in the result, element offset in the indexed tensor), row-major.</summary>
    internal void For(Action<long, long> body)
    {
        long at = 0;
        for (long l = 0; l < Lead; l++)
        {
            foreach (var p in Picked)
            {
                for (long t = 0; t < Trail; t++) body(at++, p + Rest[l * Trail + t]);
            }
        }
    }
}
