using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The number of the bucket each element falls into, given the buckets' sorted boundaries; <paramref name="right"/> puts a boundary into the upper bucket.</summary>
    [Op("bucketize(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor")]
    public Tensor Bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => boundaries.Searchsorted(this, outInt32, right, null, null);
}
