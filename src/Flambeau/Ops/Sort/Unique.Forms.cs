using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Distinct elements (or slices along an axis) in rising order, and if asked for, which of them each element is, and how often each occurs.</summary>
    [Op("unique(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor?, Tensor?)")]
    public (Tensor Values, Tensor? Inverse, Tensor? Counts) Unique(bool sorted = true, bool returnInverse = false, bool returnCounts = false, long? dim = null)
    {
        var (values, inverse, counts) = UniqueRuns(true, dim);
        return (values, returnInverse ? inverse : null, returnCounts ? counts : null);
    }

    /// <summary>One element (or slice) of each run of equal ones, and if asked for, which run each belongs to, and the runs' lengths.</summary>
    [Op("unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor?, Tensor?)")]
    public (Tensor Values, Tensor? Inverse, Tensor? Counts) UniqueConsecutive(bool returnInverse = false, bool returnCounts = false, long? dim = null)
    {
        var (values, inverse, counts) = UniqueRuns(false, dim);
        return (values, returnInverse ? inverse : null, returnCounts ? counts : null);
    }
}
