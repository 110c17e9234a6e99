using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The gradient of a reduction that picks one element a line: <paramref name="self"/>-shaped zeros with this at the positions picked.</summary>
    internal Tensor ToPicked(Shape self, long dim, bool keepdim, Tensor index)
    {
        if (self.Rank == 0) return this;
        var d = Dims.Wrap(dim, self.Rank);
        return keepdim ? ScatterAlong(d, index, self[d]) : Unsqueeze(d).ScatterAlong(d, index.Unsqueeze(d), self[d]);
    }
}
