using Flambeau.Autograd;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// A copy with the elements that sizes and strides show replaced by a source. The gradient of the tensor itself is, as PyTorch defines it,
    /// the result's gradient at the replaced elements and zero elsewhere.
    /// </summary>
    [Op("as_strided_scatter(Tensor self, Tensor src, int[] size, int[] stride, int? storage_offset=None) -> Tensor")]
    public Tensor AsStridedScatter(Tensor src, Shape size, long[] stride, long? storageOffset = null)
    {
        var y = Detach().Clone();
        Tensor View(Tensor x) => x.AsStrided(size, stride, storageOffset);
        if (size != src.Shape) throw new ArgumentException($"as_strided_scatter: the source has shape {src.Shape}, the part that it replaces {size}");
        using (Autograd.Grad.No()) View(y).Copy_(src);
        if (!Autograd.Grad.Needs(this, src)) return y;
        var node = new AsStridedScatterNode(View);
        node.Connect(this, src);
        Autograd.Grad.Attach(y, node);
        return y;
    }

    sealed class AsStridedScatterNode(Func<Tensor, Tensor> view) : GradNode
    {
        public override string Name => "as_strided_scatter";

        protected override void ReleaseSaved() { }

        protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx)
        {
            var part = view(dy[0]!.Contiguous());
            if (Wants(1)) dx[1] = part;
            if (!Wants(0)) return;
            var own = Zeros(dy[0]!.Shape, dy[0]!.DType);
            view(own).Copy_(part);
            dx[0] = own;
        }
    }
}
