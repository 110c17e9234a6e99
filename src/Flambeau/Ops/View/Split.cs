using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Pieces of <c>splitSize</c> positions along an axis; the last may be smaller. Views.</summary>
    [Op("split(Tensor self, int split_size, int dim=0) -> Tensor[]")]
    [Op("unsafe_split(Tensor self, int split_size, int dim=0) -> Tensor[]")]
    public Tensor[] Split(long splitSize, int dim = 0)
    {
        var n = SplitAxis(dim, "split");
        if (splitSize < 0 || (splitSize == 0 && n != 0)) throw new ArgumentException($"split: pieces of {splitSize} of an axis of size {n}; expected a positive number");
        var count = splitSize == 0 ? 1 : Math.Max(1, (n + splitSize - 1) / splitSize);
        var y = new Tensor[count];
        for (var i = 0; i < y.Length; i++) y[i] = Slice(dim, i * splitSize, Math.Min(n, (i + 1) * splitSize));
        return y;
    }

    /// <summary>Pieces of these sizes along an axis. Views.</summary>
    /// <exception cref="ArgumentException">The sizes don't add up to the axis.</exception>
    [Op("split(Tensor self, int[] split_size, int dim=0) -> Tensor[]")]
    [Op("split_with_sizes(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]")]
    [Op("unsafe_split_with_sizes(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]")]
    public Tensor[] Split(long[] splitSizes, int dim = 0)
    {
        var n = SplitAxis(dim, "split_with_sizes");
        if (splitSizes.Any(static s => s < 0) || splitSizes.Sum() != n)
            throw new ArgumentException($"split_with_sizes: pieces [{string.Join(", ", splitSizes)}] of an axis of size {n} (shape {Shape}, dim {dim}); they must add up to it");
        long at = 0;
        return Array.ConvertAll(splitSizes, s => Slice(dim, at, at += s));
    }

    /// <summary>At most <c>chunks</c> pieces of equal size (the last may be smaller) along an axis. Views.</summary>
    [Op("chunk(Tensor self, int chunks, int dim=0) -> Tensor[]")]
    [Op("unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]")]
    public Tensor[] Chunk(int chunks, int dim = 0)
    {
        var n = SplitAxis(dim, "chunk");
        if (chunks <= 0) throw new ArgumentException($"chunk: {chunks} chunks were asked for; expected a positive number");
        var size = (n + chunks - 1) / chunks;
        return size == 0 ? Split(new long[chunks], dim) : Split(size, dim);
    }

    /// <summary>Exactly <c>sections</c> pieces along an axis, whose sizes differ by at most one. Views.</summary>
    [Op("tensor_split(Tensor self, int sections, int dim=0) -> Tensor[]")]
    public Tensor[] TensorSplit(int sections, int dim = 0)
    {
        var n = SplitAxis(dim, "tensor_split");
        if (sections <= 0) throw new ArgumentException($"tensor_split: {sections} sections were asked for; expected a positive number");
        var y = new Tensor[sections];
        long at = 0;
        for (var i = 0; i < sections; i++) y[i] = Slice(dim, at, at += n / sections + (i < n % sections ? 1 : 0));
        return y;
    }

    /// <summary>Pieces of an axis cut before these positions. Views.</summary>
    [Op("tensor_split(Tensor self, int[] indices, int dim=0) -> Tensor[]")]
    public Tensor[] TensorSplit(long[] indices, int dim = 0)
    {
        SplitAxis(dim, "tensor_split");
        var y = new Tensor[indices.Length + 1];
        for (var i = 0; i < y.Length; i++) y[i] = Slice(dim, i == 0 ? 0 : indices[i - 1], i == indices.Length ? null : indices[i]);
        return y;
    }

    [Op("tensor_split(Tensor self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor[]")]
    internal Tensor[] TensorSplit(Tensor indicesOrSections, int dim) => indicesOrSections.Rank switch
    {
        0 => TensorSplit((int)indicesOrSections.Item<long>(), dim),
        1 => TensorSplit(indicesOrSections.ToArray<long>(), dim),
        _ => throw new ArgumentException($"tensor_split: indices of shape {indicesOrSections.Shape}; expected one axis or none"),
    };

    /// <summary>Equal pieces along axis 1 (axis 0 of a one-axis tensor). Views.</summary>
    [Op("hsplit(Tensor self, int sections) -> Tensor[]")]
    public Tensor[] HSplit(int sections) => Equal(sections, HAxis("hsplit"), "hsplit");

    /// <summary>Pieces along axis 1 (axis 0 of a one-axis tensor), cut before these positions. Views.</summary>
    [Op("hsplit(Tensor self, int[] indices) -> Tensor[]")]
    public Tensor[] HSplit(long[] indices) => TensorSplit(indices, HAxis("hsplit"));

    /// <summary>Equal pieces along axis 0 of a tensor of at least two axes. Views.</summary>
    [Op("vsplit(Tensor self, int sections) -> Tensor[]")]
    public Tensor[] VSplit(int sections) => Equal(sections, AtLeast(2, 0, "vsplit"), "vsplit");

    /// <summary>Pieces along axis 0 of a tensor of at least two axes, cut before these positions. Views.</summary>
    [Op("vsplit(Tensor self, int[] indices) -> Tensor[]")]
    public Tensor[] VSplit(long[] indices) => TensorSplit(indices, AtLeast(2, 0, "vsplit"));

    /// <summary>Equal pieces along axis 2. Views.</summary>
    [Op("dsplit(Tensor self, int sections) -> Tensor[]")]
    public Tensor[] DSplit(int sections) => Equal(sections, AtLeast(3, 2, "dsplit"), "dsplit");

    /// <summary>Pieces along axis 2, cut before these positions. Views.</summary>
    [Op("dsplit(Tensor self, int[] indices) -> Tensor[]")]
    public Tensor[] DSplit(long[] indices) => TensorSplit(indices, AtLeast(3, 2, "dsplit"));

    int HAxis(string op) => AtLeast(1, Rank == 1 ? 0 : 1, op);

    int AtLeast(int rank, int axis, string op) => Rank >= rank ? axis
        : throw new ArgumentException($"{op}: a tensor of shape {Shape} was given; expected at least {rank} {(rank == 1 ? "axis" : "axes")}");

    Tensor[] Equal(int sections, int dim, string op) => sections > 0 && Size(dim) % sections == 0 ? TensorSplit(sections, dim)
        : throw new ArgumentException($"{op}: axis {dim} of size {Size(dim)} can't be cut into {sections} equal pieces");

    long SplitAxis(int dim, string op) => Rank > 0 ? Size(dim) : throw new ArgumentException($"{op}: a 0-d tensor has no axis to split");
}
