using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    Tensor Accumulable(DType? dtype) => To(dtype ?? (DType.IsIntegral() ? DType.Int64 : DType));

    /// <summary>Running sum along an axis. Integers and bools are summed as int64 unless a dtype is named.</summary>
    [Op("cumsum(Tensor self, int dim, *, dtype? dtype=None) -> Tensor")]
    public Tensor Cumsum(long dim, DType? dtype = null) => Accumulable(dtype).ScanSum(dim);

    /// <summary>In place: running sum along an axis.</summary>
    [Op("cumsum_(Tensor self, int dim, *, dtype? dtype=None) -> Tensor")]
    public Tensor Cumsum_(long dim, DType? dtype = null) => Copy_(Cumsum(dim, dtype));

    /// <summary>Running product along an axis. Integers and bools are multiplied as int64 unless a dtype is named.</summary>
    [Op("cumprod(Tensor self, int dim, *, dtype? dtype=None) -> Tensor")]
    public Tensor Cumprod(long dim, DType? dtype = null) => Accumulable(dtype).ScanProduct(dim);

    /// <summary>In place: running product along an axis.</summary>
    [Op("cumprod_(Tensor self, int dim, *, dtype? dtype=None) -> Tensor")]
    public Tensor Cumprod_(long dim, DType? dtype = null) => Copy_(Cumprod(dim, dtype));

    /// <summary>Logarithm of the running sum of exponentials along an axis, without overflow.</summary>
    [Op("logcumsumexp(Tensor self, int dim) -> Tensor")]
    public Tensor Logcumsumexp(long dim) => To(Promotion.ToFloat(DType)).ScanLogSumExp(dim);
}
