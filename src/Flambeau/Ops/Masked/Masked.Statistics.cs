using Flambeau.Ops;

namespace Flambeau;

public static partial class Masked
{
    /// <summary>Mean of the marked elements; NaN where nothing is marked.</summary>
    [Op("masked.mean(Tensor input, int[]? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Mean(Tensor input, long[]? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var type = dtype ?? Promotion.ToFloat(input.DType);
        var dims = AllDims(input, dim);
        if (mask is null) return input.To(type).Mean(dims, keepdim ?? false);
        return Sum(input.To(type), dims, keepdim, null, mask) / Count(input, dims, keepdim ?? false, mask);
    }

    static Tensor Count(Tensor x, long[] dims, bool keepdim, Tensor? mask) =>
        (mask is null ? x.NewOnes([], DType.Int64).Expand(x.Shape) : Spread(mask, x).To(DType.Int64)).Sum(dims, keepdim);

    /// <summary>Variance of the marked elements, with their number minus the correction (at least 0) in the denominator.</summary>
    [Op("masked.var(Tensor input, int[]? dim=None, bool? unbiased=None, *, float? correction=None, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Var(Tensor input, long[]? dim = null, bool? unbiased = null, double? correction = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var x = AsFloat(input, dtype);
        var dims = AllDims(x, dim);
        var c = correction ?? (unbiased is false ? 0 : 1);
        var count = Count(x, dims, true, mask);
        var centred = x - Sum(x, dims, true, null, mask) / count;
        var squares = x.DType.IsComplex() ? (centred * centred.Conj()).Real() : centred * centred;
        var total = Sum(squares, dims, keepdim ?? false, null, mask);
        if (!(keepdim ?? false)) count = count.Reshape(total.Shape);
        if (c != 0) count = (count.To(total.DType) - c).ClampMin((Scalar)0);
        return total / count;
    }

    /// <summary>Standard deviation of the marked elements: the square root of <see cref="Var"/>.</summary>
    [Op("masked.std(Tensor input, int[]? dim=None, bool? unbiased=None, *, float? correction=None, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Std(Tensor input, long[]? dim = null, bool? unbiased = null, double? correction = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        Var(input, dim, unbiased, correction, keepdim, dtype, mask).Sqrt();

    /// <summary>Lower median of the marked elements along an axis; NaN where nothing is marked.</summary>
    [Op("masked.median(Tensor input, int dim=-1, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Median(Tensor input, long dim = -1, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var x = AsFloat(input, dtype);
        if (x.Rank == 0) return Fill(x, mask, double.NaN).Nanmedian();
        return Fill(x, mask, double.NaN).NanmedianDim(dim, keepdim ?? false).Values;
    }

    /// <summary>Logarithm of the sum of the marked elements' exponentials; −∞ where nothing is marked.</summary>
    [Op("masked.logsumexp(Tensor input, int[]? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Logsumexp(Tensor input, long[]? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var x = Counted(input, dtype);
        return Fill(x, mask, Lowest(x.DType)).Logsumexp(AllDims(x, dim), keepdim ?? false).To(x.DType);
    }

    /// <summary>log(exp(a) + exp(b)); an unmarked element counts as −∞.</summary>
    [Op("masked.logaddexp(Tensor input, Tensor other, *, dtype? dtype=None, Tensor? input_mask=None, Tensor? other_mask=None) -> Tensor")]
    public static Tensor Logaddexp(Tensor input, Tensor other, DType? dtype = null, Tensor? inputMask = null, Tensor? otherMask = null) =>
        Fill(dtype is { } t ? input.To(t) : input, inputMask, double.NegativeInfinity).LogAddExp(Fill(dtype is { } u ? other.To(u) : other, otherMask, double.NegativeInfinity));

    /// <summary>p-norm of the marked elements.</summary>
    [Op("masked.norm(Tensor input, Scalar? ord=2.0, int[]? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Norm(Tensor input, double? ord = 2, long[]? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var p = ord ?? 2;
        var x = AsFloat(input, dtype);
        return Linalg.VectorNorm(Fill(x, mask, p == double.NegativeInfinity ? double.PositiveInfinity : 0), p, AllDims(x, dim), keepdim ?? false);
    }

    /// <summary>Vectors along an axis divided by the p-norm of their marked elements, or by eps if that is larger.</summary>
    [Op("masked.normalize(Tensor input, Scalar ord, int dim, *, float eps=1e-12, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Normalize(Tensor input, double ord, long dim, double eps = 1e-12, DType? dtype = null, Tensor? mask = null)
    {
        var x = AsFloat(input, dtype);
        var norm = Norm(x, ord, [dim], true, null, mask);
        return Fill(x, mask, 0) / norm.Maximum(Tensor.FromScalar(eps, norm.DType));
    }
}
