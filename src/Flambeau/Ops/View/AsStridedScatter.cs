using Flambeau.Autograd;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// A copy with the elements that sizes and strides show replaced by a source. The gradient of the tensor itself is, as PyTorch defines it,
/// the result's gradient at the replaced elements and zero elsewhere.
/// </summary>
[Op("as_strided_scatter(Tensor self, Tensor src, int[] size, int[] stride, int? storage_offset=None) -> Tensor")]
public readonly partial record struct AsStridedScatter(Shape Size, long[] Stride, long? StorageOffset = null)
{
    internal Tensor Forward(Tensor self, Tensor src)
    {
        if (Size != src.Shape) throw new ArgumentException($"as_strided_scatter: the source has shape {src.Shape}, the part that it replaces {Size}");
        var y = Cast.Clone(self);
        Cast.Copy(Cast.To(src, self.DType), y.AsStrided(Size, Stride, StorageOffset));
        return y;
    }

    internal Tensor VjpSelf(Tensor dy)
    {
        var all = dy.Contiguous();
        Geometry of = new(all), part = Part(all);
        return StridedMove.Run(new(part, of), StridedMove.Run(new(of, part), all));
    }

    internal Tensor VjpSrc(Tensor dy)
    {
        var all = dy.Contiguous();
        return StridedMove.Run(new(new Geometry(all), Part(all)), all);
    }

    Geometry Part(Tensor whole) => new(new Layout(Size.ToArray(), Stride), StorageOffset ?? whole.Offset);
}
