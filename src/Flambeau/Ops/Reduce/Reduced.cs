using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>A reduced tensor spread again over the axes it was reduced along: the gradient of a sum.</summary>
    internal Tensor ExpandReduced(Shape full, long[]? dims, bool keepdim)
    {
        var y = this;
        if (!keepdim && full.Rank > 0)
        {
            var mask = Dims.Mask(dims, full.Rank);
            var sizes = new long[full.Rank];
            for (int d = 0, k = 0; d < sizes.Length; d++) sizes[d] = mask[d] ? 1 : y.Shape[k++];
            y = y.Reshape(sizes);
        }
        return y.Expand(full);
    }

    /// <summary>Sums over the axes that broadcasting added or stretched, so that the result has the given shape.</summary>
    [Op("sum_to_size(Tensor self, int[] size) -> Tensor")]
    public Tensor SumToSize(Shape size)
    {
        if (Shape == size) return this;
        var lead = Rank - size.Rank;
        if (lead < 0 || Shape.Broadcast(Shape, size) != Shape)
            throw new ArgumentException($"sum_to_size: a tensor of shape {Shape} can't be summed to {size}; the size must broadcast to the shape");
        var dims = new List<long>();
        for (var d = 0; d < Rank; d++)
        {
            if (d < lead || (size[d - lead] == 1 && Shape[d] != 1)) dims.Add(d);
        }
        var y = dims.Count == 0 ? this : Sum([.. dims], keepdim: true);
        return lead == 0 ? y : y.Reshape(size);
    }
}
