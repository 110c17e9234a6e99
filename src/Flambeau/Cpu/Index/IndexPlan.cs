namespace Flambeau.Cpu;

/// <summary>
/// Where the elements of an index by tensors lie. The result is (lead, picked, trail, run) in row-major order: the axes before the index axes,
/// the combinations of index values, and the axes behind, the innermost of which one stride walks over.
/// </summary>
internal sealed class IndexPlan
{
    /// <summary>Result sizes, the index axes standing where PyTorch puts them.</summary>
    internal readonly long[] ResultSizes;

    /// <summary>Element offsets.</summary>
    internal readonly long[] Lead, Picked, Trail;

    /// <summary>Length and stride of the innermost run.</summary>
    internal readonly long Run, Step;

    internal IndexPlan(Layout x, Tensor?[] indices, string op)
    {
        indices = Unmasked(indices, x, op);
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
        long[] sizes = [.. rest.Select(d => x.Sizes[d])], strides = [.. rest.Select(d => x.Strides[d])];
        ResultSizes = [.. sizes[..front], .. shape, .. sizes[front..]];
        Lead = Offsets.Of(sizes.AsSpan(0, front), strides);
        (Run, Step, var outer) = Offsets.Inner(sizes.AsSpan(front), strides.AsSpan(front));
        Trail = Offsets.Of(sizes.AsSpan(front, outer), strides.AsSpan(front));
    }

    /// <summary>Masks replaced by the positions of their true elements, one index an axis.</summary>
    static Tensor?[] Unmasked(Tensor?[] indices, Layout x, string op)
    {
        if (!indices.Any(static i => i is { DType: DType.Bool or DType.UInt8 })) return indices;
        var r = new List<Tensor?>();
        foreach (var i in indices)
        {
            if (i is not { DType: DType.Bool or DType.UInt8 })
            {
                r.Add(i);
                continue;
            }
            for (var k = 0; k < i.Rank; k++)
            {
                var size = r.Count + k < x.Rank ? x.Sizes[r.Count + k] : -1;
                if (i.Layout.Sizes[k] != size)
                    throw new ArgumentException($"{op}: a mask of shape {i.Shape} doesn't fit shape {new Shape(x.Sizes)} at axis {r.Count + k}");
            }
            r.AddRange(i.Nonzero().Unbind(1));
        }
        return [.. r];
    }

    static void Add(long[] picked, Tensor index, Shape shape, long size, long stride, int dim, string op)
    {
        var values = Cast.Contiguous(Cast.To(index, DType.Int64).Expand(shape));
        CpuThreads.For(picked.Length, StridedLoop.Grain, (from, to) =>
        {
            var span = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.Add(ref values.First<long>(), (nint)from), (int)(to - from));
            for (var i = 0; i < span.Length; i++)
            {
                var v = span[i];
                if (v < -size || v >= size) throw new ArgumentOutOfRangeException(nameof(index), v, $"{op}: index {v} is out of range for axis {dim} of size {size}; expected {-size} to {size - 1}");
                picked[from + i] += (v < 0 ? v + size : v) * stride;
            }
        });
    }
}
