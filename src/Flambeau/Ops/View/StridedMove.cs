using Flambeau.Autograd;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Lays the elements out in memory by one set of sizes, strides and offset, zero in between, and reads it by another: the relation of two views of a storage as an op.
/// Elements laid on the same place add up. Its adjoint is the same with the two sets exchanged.
/// </summary>
[Op("_strided_move(Tensor self, int[] from_size, int[] from_stride, int from_offset, int[] to_size, int[] to_stride, int to_offset) -> Tensor")]
public readonly partial record struct StridedMove(long[] FromSize, long[] FromStride, long FromOffset, long[] ToSize, long[] ToStride, long ToOffset)
{
    internal StridedMove(Geometry from, Geometry to) : this(from.Layout.Sizes, from.Layout.Strides, from.Offset, to.Layout.Sizes, to.Layout.Strides, to.Offset) { }

    internal Tensor Forward(Tensor self)
    {
        Geometry from = new(new(FromSize, FromStride), FromOffset), to = new(new(ToSize, ToStride), ToOffset);
        if (self.Shape != new Shape(FromSize)) throw new ArgumentException($"_strided_move: a tensor of shape {self.Shape} was given to be laid out as {new Shape(FromSize)}");
        using var off = Grad.No();
        var buffer = self.NewZeros([Math.Max(from.Extent, to.Extent)]);
        if (from.Layout.Overlaps())
        {
            var places = Tensor.From(Offsets.Of(FromSize, FromStride), new Shape(FromSize));
            buffer.Slice(0, FromOffset).IndexPut_([places], self, accumulate: true);
        }
        else Cast.Copy(self, buffer.Alias(from.Layout, from.Offset));
        return Cast.Clone(buffer.Alias(to.Layout, to.Offset));
    }

    /// <summary>The history of a view as a look into what its base has become.</summary>
    internal static GradNode Lookup(Tensor whole, Tensor view)
    {
        var node = new Node(new(new Geometry(whole), new Geometry(view)));
        node.Connect(whole);
        return node;
    }

    internal Tensor VjpSelf(Tensor dy) => dy.StridedMove(ToSize, ToStride, ToOffset, FromSize, FromStride, FromOffset);
}

/// <summary>A copy, laid out in memory alike, in which the elements that sizes, strides and offset (from its first element) show are those of <c>src</c>: a write through a view as a value.</summary>
[Op("_strided_write(Tensor self, Tensor src, int[] size, int[] stride, int offset) -> Tensor")]
public readonly partial record struct StridedWrite(long[] Size, long[] Stride, long Offset)
{
    internal Tensor Forward(Tensor self, Tensor src)
    {
        var part = new Geometry(new(Size, Stride), Offset);
        if (src.Shape != new Shape(Size)) throw new ArgumentException($"_strided_write: the source has shape {src.Shape}, the part that it replaces {new Shape(Size)}");
        if (part.Offset < 0 || part.Extent > self.Layout.Extent()) throw new ArgumentException($"_strided_write: size {new Shape(Size)}, stride {new Shape(Stride)}, offset {Offset} reach outside a tensor of shape {self.Shape}");
        var y = new Tensor(Storage.Allocate(checked(self.Layout.Extent() * self.DType.Size())), self.Layout, self.DType);
        Cast.Copy(self, y);
        Cast.Copy(Cast.To(src, self.DType), y.Alias(part.Layout, part.Offset));
        return y;
    }

    internal Tensor VjpSelf(Geometry selfGeometry, Tensor dy)
    {
        var (whole, part) = (selfGeometry with { Offset = 0 }, new Geometry(new(Size, Stride), Offset));
        return dy - StridedMove.Run(new(part, whole), VjpSrc(selfGeometry, dy));
    }

    internal Tensor VjpSrc(Geometry selfGeometry, Tensor dy) => StridedMove.Run(new(selfGeometry with { Offset = 0 }, new Geometry(new(Size, Stride), Offset)), dy);
}
