using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary><see cref="Sort(long, bool)"/>; sorting is stable whether asked for or not.</summary>
    [Op("sort(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor, Tensor)")]
    public (Tensor Values, Tensor Indices) Sort(bool? stable, long dim = -1, bool descending = false) => Sort(dim, descending);

    /// <summary><see cref="Argsort(long, bool)"/>; sorting is stable whether asked for or not.</summary>
    [Op("argsort(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor")]
    public Tensor Argsort(bool stable, long dim = -1, bool descending = false) => Argsort(dim, descending);

    /// <summary>Sorted along the first axis.</summary>
    [Op("msort(Tensor self) -> Tensor")]
    public Tensor Msort() => Sort(0).Item1;
}
