using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Positions of an axis that a one-axis index names. A copy.</summary>
    [Op("index_select(Tensor self, int dim, Tensor index) -> Tensor")]
    public Tensor IndexSelect(int dim, Tensor index)
    {
        if (index.Rank > 1) throw new ArgumentException($"index_select: the index has shape {index.Shape}; expected one axis");
        if (Rank == 0) return Reshape([1]).IndexTensors([index.Reshape([-1])]).Reshape([]);
        return IndexTensors(At(dim, index.Reshape([-1])));
    }

    /// <summary>A copy with <c>alpha · source</c> added at the positions of an axis that a one-axis index names.</summary>
    [Op("index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor")]
    public Tensor IndexAdd(int dim, Tensor index, Tensor source, Scalar? alpha = null) => Along(dim, index, Scaled(source, alpha), true, false, "index_add");

    /// <summary>In place: adds <c>alpha · source</c> at the positions of an axis that a one-axis index names.</summary>
    [Op("index_add_(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor")]
    public Tensor IndexAdd_(int dim, Tensor index, Tensor source, Scalar? alpha = null) => Along(dim, index, Scaled(source, alpha), true, true, "index_add_");

    /// <summary>A copy with the positions of an axis that a one-axis index names replaced by those of a source.</summary>
    [Op("index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor")]
    public Tensor IndexCopy(int dim, Tensor index, Tensor source) => Along(dim, index, source, false, false, "index_copy");

    /// <summary>In place: <inheritdoc cref="IndexCopy" path="/summary/node()"/></summary>
    [Op("index_copy_(Tensor self, int dim, Tensor index, Tensor source) -> Tensor")]
    public Tensor IndexCopy_(int dim, Tensor index, Tensor source) => Along(dim, index, source, false, true, "index_copy_");

    /// <summary>A copy with one value at the positions of an axis that a one-axis index names.</summary>
    [Op("index_fill(Tensor self, int dim, Tensor index, Tensor value) -> Tensor")]
    public Tensor IndexFill(int dim, Tensor index, Tensor value) => Fill(dim, index, value, false);

    /// <summary>In place: <inheritdoc cref="IndexFill" path="/summary/node()"/></summary>
    [Op("index_fill_(Tensor self, int dim, Tensor index, Tensor value) -> Tensor")]
    public Tensor IndexFill_(int dim, Tensor index, Tensor value) => Fill(dim, index, value, true);

    /// <summary>
    /// Reduces a source into the positions of an axis that a one-axis index names: <c>prod</c>, <c>mean</c>, <c>amax</c> or <c>amin</c>.
    /// Without <c>includeSelf</c>, positions that are reached hold the source's alone.
    /// </summary>
    [Op("index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor")]
    public Tensor IndexReduce(int dim, Tensor index, Tensor source, string reduce, bool includeSelf = true)
    {
        if (Rank == 0) return Reshape([1]).IndexReduce(0, index.Reshape([-1]), source.Reshape([-1]), reduce, includeSelf).Reshape([]);
        var sizes = new long[Rank];
        Array.Fill(sizes, 1);
        sizes[Dims.Wrap(dim, Rank)] = index.Numel;
        var wide = (long[])Layout.Sizes.Clone();
        wide[Dims.Wrap(dim, Rank)] = index.Numel;
        return ScatterReduce(dim, index.Reshape(sizes).Expand(wide), source.Reshape(wide), reduce, includeSelf);
    }

    /// <summary>Elements of the flattened tensor at these positions; the result has the index' shape.</summary>
    [Op("take(Tensor self, Tensor index) -> Tensor")]
    public Tensor Take(Tensor index) => Reshape([-1]).IndexTensors([index]);

    /// <summary>A copy with elements of the flattened tensor at these positions replaced by a source's, or the source added.</summary>
    [Op("put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor")]
    public Tensor Put(Tensor index, Tensor source, bool accumulate = false)
    {
        if (index.Numel != source.Numel) throw new ArgumentException($"put: {index.Numel} positions and {source.Numel} values were given; expected as many of both");
        return Reshape([-1]).IndexPut([index.Reshape([-1])], source.Reshape([-1]), accumulate).Reshape(Shape);
    }

    /// <summary>In place: <inheritdoc cref="Put" path="/summary/node()"/></summary>
    [Op("put_(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor")]
    public Tensor Put_(Tensor index, Tensor source, bool accumulate = false) => Copy_(Clone().Put(index, source, accumulate));

    /// <summary>As <see cref="Gather"/>, tensor and index broadcasting off the axis; without an axis, of the flattened tensors.</summary>
    [Op("take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor")]
    public Tensor TakeAlongDim(Tensor indices, int? dim = null)
    {
        if (dim is not { } at) return Reshape([-1]).Gather(0, indices.Reshape([-1]));
        if (Rank != indices.Rank) throw new ArgumentException($"take_along_dim: a tensor of shape {Shape} and indices of shape {indices.Shape}; expected as many axes");
        var d = Dims.Wrap(at, Rank);
        long[] own = Shape.ToArray(), of = indices.Shape.ToArray();
        if (Rank == 0) return Gather(0, indices);
        own[d] = of[d] = 1;
        var both = Shape.Broadcast(new(own), new(of)).ToArray();
        long[] x = [.. both], i = [.. both];
        (x[d], i[d]) = (Layout.Sizes[d], indices.Layout.Sizes[d]);
        return Expand(x).Gather(d, indices.Expand(i));
    }

    /// <summary>A copy with one value written along an axis to the positions of an index.</summary>
    [Op("scatter(Tensor self, int dim, Tensor index, Scalar value) -> Tensor")]
    public Tensor Scatter(int dim, Tensor index, Scalar value) => Scatter((long)dim, index, FromScalar(value, DType));

    /// <summary>In place: <inheritdoc cref="Scatter(int, Tensor, Scalar)" path="/summary/node()"/></summary>
    [Op("scatter_(Tensor self, int dim, Tensor index, Scalar value) -> Tensor")]
    public Tensor Scatter_(int dim, Tensor index, Scalar value) => Scatter_((long)dim, index, FromScalar(value, DType));

    [Op("scatter(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor")]
    internal Tensor ScatterBy(int dim, Tensor index, Tensor src, string reduce) => reduce switch
    {
        "add" or "sum" => ScatterReduce(dim, index, src, "sum"),
        "multiply" => ScatterReduce(dim, index, src, "prod"),
        _ => throw new ArgumentException($"scatter: reduce is '{reduce}'; expected 'add' or 'multiply'"),
    };

    [Op("scatter(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor")]
    internal Tensor ScatterBy(int dim, Tensor index, Scalar value, string reduce) => ScatterBy(dim, index, FromScalar(value, DType).Expand(index.Shape), reduce);

    Tensor?[] At(int dim, Tensor index)
    {
        var at = new Tensor?[Dims.Wrap(dim, Rank) + 1];
        at[^1] = index;
        return at;
    }

    static Tensor Scaled(Tensor source, Scalar? alpha) => alpha is not { } a || a.ToComplex() == 1 ? source : source * Wrapped(a);

    Tensor Along(int dim, Tensor index, Tensor source, bool add, bool inPlace, string op)
    {
        if (index.Rank > 1) throw new ArgumentException($"{op}: the index has shape {index.Shape}; expected one axis");
        if (source.DType != DType) throw new ArgumentException($"{op}: the source is {source.DType.Name()}, the tensor is {DType.Name()}; they must agree");
        var x = Rank == 0 ? Reshape([1]) : this;
        var sizes = x.Shape.ToArray();
        sizes[Dims.Wrap(dim, x.Rank)] = index.Numel;
        if (source.Numel != new Shape(sizes).Numel || (source.Rank == Rank && source.Rank > 0 && source.Shape != new Shape(sizes)))
            throw new ArgumentException($"{op}: a source of shape {source.Shape} for a tensor of shape {Shape}, axis {dim} and {index.Numel} positions; expected {new Shape(sizes)}");
        var at = x.At(dim, index.Reshape([-1]));
        source = source.Reshape(sizes);
        if (!inPlace) return x.IndexPut(at, source, add).Reshape(Shape);
        x.IndexPut_(at, source, add);
        return this;
    }

    Tensor Fill(int dim, Tensor index, Tensor value, bool inPlace)
    {
        if (value.Rank > 0) throw new ArgumentException($"index_fill: the value has shape {value.Shape}; expected a number or a 0-d tensor");
        if (index.Rank > 1) throw new ArgumentException($"index_fill: the index has shape {index.Shape}; expected one axis");
        value = value.To(DType);
        var x = Rank == 0 ? Reshape([1]) : this;
        var at = x.At(dim, index.Reshape([-1]));
        if (!inPlace) return x.IndexPut(at, value).Reshape(Shape);
        x.IndexPut_(at, value);
        return this;
    }
}
