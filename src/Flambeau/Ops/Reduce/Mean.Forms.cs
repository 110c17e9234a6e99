using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Mean over axes of the elements that aren't NaN.</summary>
    [Op("nanmean(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
    public Tensor Nanmean(long[]? dim = null, bool keepdim = false, DType? dtype = null)
    {
        if (DType.IsIntegral()) throw new ArgumentException($"nanmean: the tensor is {DType.Name()}; expected a floating-point or complex dtype");
        var count = (1 - Detach().IsNaN().To(DType.Int64)).Sum(dim, keepdim);
        return Nansum(dim, keepdim, dtype) / count;
    }

    /// <summary>How many elements each output of a reduction takes in.</summary>
    internal static long CountReduced(Shape shape, long[]? dims)
    {
        var mask = Dims.Mask(dims, shape.Rank);
        long n = 1;
        for (var d = 0; d < mask.Length; d++) n *= mask[d] ? shape[d] : 1;
        return n;
    }

    /// <summary>Sum along one axis.</summary>
    public Tensor Sum(long dim, bool keepdim = false, DType? dtype = null) => Sum([dim], keepdim, dtype);

    /// <summary>Mean along one axis.</summary>
    public Tensor Mean(long dim, bool keepdim = false, DType? dtype = null) => Mean([dim], keepdim, dtype);

    /// <summary>Number of nonzero elements along axes; all of them when none is given. int64.</summary>
    [Op("count_nonzero(Tensor self, int[]? dim=None) -> Tensor")]
    public Tensor CountNonzero(long[]? dim = null) => To(DType.Bool).Sum(dim);
}
