using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The elements where the mask is true, in row-major order. Tensor and mask broadcast.</summary>
    [Op("masked_select(Tensor self, Tensor mask) -> Tensor")]
    public Tensor MaskedSelect(Tensor mask)
    {
        if (mask.DType is not (DType.Bool or DType.UInt8)) throw new ArgumentException($"masked_select: the mask is {mask.DType.Name()}; expected bool");
        var shape = Shape.Broadcast(Shape, mask.Shape);
        return shape.Rank == 0 ? Reshape([1]).IndexTensors([mask.Reshape([1])]) : Expand(shape).IndexTensors([mask.Expand(shape)]);
    }

    /// <summary>A copy whose elements under the mask are replaced, in row-major order, by the first elements of a source.</summary>
    /// <exception cref="ArgumentException">The source has too few elements.</exception>
    [Op("masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor")]
    public Tensor MaskedScatter(Tensor mask, Tensor source)
    {
        if (mask.DType != DType.Bool || source.DType != DType)
            throw new ArgumentException($"masked_scatter: mask {mask.DType.Name()}, source {source.DType.Name()}, tensor {DType.Name()}; expected a bool mask and a source of the tensor's dtype");
        var shape = Shape.Broadcast(Shape, mask.Shape);
        var at = mask.Expand(shape).Reshape([-1]).Nonzero().Reshape([-1]);
        if (source.Numel < at.Numel) throw new ArgumentException($"masked_scatter: the mask has {at.Numel} true elements, the source only {source.Numel}");
        return Expand(shape).Reshape([-1]).IndexPut([at], source.Reshape([-1]).Slice(0, 0, at.Numel)).Reshape(shape);
    }

    /// <summary>In place: <inheritdoc cref="MaskedScatter" path="/summary/node()"/></summary>
    [Op("masked_scatter_(Tensor self, Tensor mask, Tensor source) -> Tensor")]
    public Tensor MaskedScatter_(Tensor mask, Tensor source) => Copy_(Clone().MaskedScatter(mask, source));

    [Op("_unsafe_masked_index(Tensor self, Tensor mask, Tensor?[] indices, Scalar fill) -> Tensor")]
    internal Tensor MaskedIndex(Tensor mask, Tensor?[] indices, Scalar fill) => Numel == 0
        ? NewFull(indices.Aggregate(mask.Shape, static (s, i) => i is null ? s : Shape.Broadcast(s, i.Shape)), fill)
        : IndexTensors(Clamped(indices)).MaskedFill(mask.LogicalNot(), Wrapped(fill));

    [Op("_unsafe_masked_index_put_accumulate(Tensor self, Tensor mask, Tensor?[] indices, Tensor values) -> Tensor")]
    internal Tensor MaskedIndexPut(Tensor mask, Tensor?[] indices, Tensor values) => Numel == 0 ? this
        : IndexPut(Clamped(indices), values.MaskedFill(mask.LogicalNot(), 0), accumulate: true);

    Tensor?[] Clamped(Tensor?[] indices)
    {
        using var here = Beside(this);
        var y = new Tensor?[indices.Length];
        for (var d = 0; d < y.Length; d++)
        {
            if (indices[d] is not { } index) continue;
            var n = Layout.Sizes[d];
            y[d] = From(Array.ConvertAll(index.ToArray<long>(), i => Math.Clamp(i, -n, n - 1)), index.Shape);
        }
        return y;
    }

    /// <summary>Positions of the elements that aren't zero: one int64 tensor an axis if <c>asTuple</c>, else one of shape [count, rank].</summary>
    [Op("nonzero(Tensor self, *, bool as_tuple=False) -> any")]
    internal object NonzeroOf(bool asTuple) => asTuple ? (Rank == 0 ? AtLeast1d() : this).Nonzero().Unbind(1) : Nonzero();

    /// <summary>The first <c>size</c> positions of elements that aren't zero; missing rows hold <c>fillValue</c>.</summary>
    [Op("nonzero_static(Tensor self, *, int size, int fill_value=-1) -> Tensor")]
    public Tensor NonzeroStatic(long size, long fillValue = -1)
    {
        if (size < 0) throw new ArgumentException($"nonzero_static: size is {size}; expected a non-negative number");
        var found = Nonzero();
        var n = Math.Min(size, found.Size(0));
        return n == size ? found.Slice(0, 0, n).Contiguous() : found.ConstantPadNd([0, 0, 0, size - n], fillValue);
    }
}
