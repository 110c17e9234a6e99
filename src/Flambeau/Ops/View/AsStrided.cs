using Flambeau.Autograd;

namespace Flambeau.Ops;

/// <summary>Any sizes and strides over the tensor's storage. A view; gradients of elements that appear more than once are summed.</summary>
[Op("as_strided(Tensor self, int[] size, int[] stride, int? storage_offset=None) -> Tensor", View = true)]
public readonly partial record struct AsStrided(Shape Size, long[] Stride, long? StorageOffset = null)
{
    internal Tensor Forward(Tensor self)
    {
        var offset = StorageOffset ?? self.Offset;
        if (Size.Rank != Stride.Length) throw new ArgumentException($"as_strided: {Size.Rank} sizes and {Stride.Length} strides were given; expected as many of both");
        if (offset < 0 || Size.Any(static s => s < 0) || Stride.Any(static s => s < 0))
            throw new ArgumentException($"as_strided: size {Size}, stride [{string.Join(", ", Stride)}], offset {offset}: none may be negative");
        var layout = new Layout(Size.ToArray(), (long[])Stride.Clone());
        var capacity = self.Storage.Bytes / self.DType.Size();
        if (layout.Numel > 0 && offset + layout.Extent() > capacity)
            throw new ArgumentException($"as_strided: size {Size}, stride [{string.Join(", ", Stride)}], offset {offset} reach element {offset + layout.Extent() - 1} of a storage of {capacity}");
        return self.Alias(layout, offset);
    }

    internal Tensor VjpSelf(Geometry selfGeometry, Tensor dy) =>
        StridedMove.Run(new(new Geometry(new Layout(Size.ToArray(), Stride), StorageOffset ?? selfGeometry.Offset), selfGeometry), dy);
}
