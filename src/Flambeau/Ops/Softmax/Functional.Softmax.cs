using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    static long DefaultDim(Tensor x) => x.Rank is 0 or 1 or 3 ? 0 : 1;

    /// <summary>Exponentials along an axis over their sum. Without an axis: 1, or 0 for tensors of 0, 1 or 3 axes.</summary>
    [Op("nn.functional.softmax(Tensor input, int? dim=None, int _stacklevel=3, dtype? dtype=None) -> Tensor")]
    public static Tensor Softmax(this Tensor input, long? dim, int stacklevel = 3, DType? dtype = null) => input.Softmax(dim ?? DefaultDim(input), dtype);

    /// <summary>Softmax of the negated tensor.</summary>
    [Op("nn.functional.softmin(Tensor input, int? dim=None, int _stacklevel=3, dtype? dtype=None) -> Tensor")]
    public static Tensor Softmin(this Tensor input, long? dim = null, int stacklevel = 3, DType? dtype = null) => (-input).Softmax(dim ?? DefaultDim(input), dtype);

    /// <summary>Logarithm of softmax.</summary>
    [Op("nn.functional.log_softmax(Tensor input, int? dim=None, int _stacklevel=3, dtype? dtype=None) -> Tensor")]
    public static Tensor LogSoftmax(this Tensor input, long? dim, int stacklevel = 3, DType? dtype = null) => input.LogSoftmax(dim ?? DefaultDim(input), dtype);
}
