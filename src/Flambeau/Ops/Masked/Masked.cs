using Flambeau.Ops;

namespace Flambeau;

/// <summary>Reductions and normalisations that take in only the elements a mask marks (all of them without a mask), as PyTorch's <c>torch.masked</c>.</summary>
public static partial class Masked
{
    static long[] AllDims(Tensor x, long[]? dim) => dim is { Length: > 0 } ? dim : [.. Enumerable.Range(0, x.Rank).Select(static i => (long)i)];

    /// <summary>The tensor with unmarked elements replaced by a value that the reduction ignores.</summary>
    static Tensor Fill(Tensor x, Tensor? mask, Scalar identity) => mask is null ? x : Tensor.Where(Spread(mask, x), x, Tensor.FromScalar(identity, x.DType));

    static Tensor Spread(Tensor mask, Tensor x) => mask.To(DType.Bool).Expand(x.Shape);

    static Tensor Counted(Tensor x, DType? dtype) => dtype is { } t ? x.To(t) : x.DType.IsIntegral() ? x.To(DType.Int64) : x;

    static Scalar Lowest(DType d) => d.IsIntegral() ? Bound(d, low: true) : double.NegativeInfinity;

    static Scalar Highest(DType d) => d.IsIntegral() ? Bound(d, low: false) : double.PositiveInfinity;

    static Scalar Bound(DType d, bool low) => d switch
    {
        DType.Bool => !low,
        DType.UInt8 => low ? byte.MinValue : byte.MaxValue,
        DType.Int8 => low ? sbyte.MinValue : sbyte.MaxValue,
        DType.Int16 => low ? short.MinValue : short.MaxValue,
        DType.Int32 => low ? int.MinValue : int.MaxValue,
        _ => low ? long.MinValue : long.MaxValue,
    };

    /// <summary>Sum; 0 where nothing is marked.</summary>
    [Op("masked.sum(Tensor input, int[]? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Sum(Tensor input, long[]? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        Fill(Counted(input, dtype), mask, 0).Sum(AllDims(input, dim), keepdim ?? false);

    /// <summary>Product; 1 where nothing is marked.</summary>
    [Op("masked.prod(Tensor input, int[]? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Prod(Tensor input, long[]? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var x = Fill(Counted(input, dtype), mask, 1);
        foreach (var d in AllDims(input, dim).Select(d => Dims.Wrap(d, x.Rank)).OrderDescending()) x = x.Prod(d, keepdim ?? false);
        return x;
    }

    /// <summary>Largest element; the lowest value there is where nothing is marked.</summary>
    [Op("masked.amax(Tensor input, int[]? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Amax(Tensor input, long[]? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var x = dtype is { } t ? input.To(t) : input;
        return Fill(x, mask, Lowest(x.DType)).Amax(AllDims(x, dim), keepdim ?? false);
    }

    /// <summary>Smallest element; the highest value there is where nothing is marked.</summary>
    [Op("masked.amin(Tensor input, int[]? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Amin(Tensor input, long[]? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var x = dtype is { } t ? input.To(t) : input;
        return Fill(x, mask, Highest(x.DType)).Amin(AllDims(x, dim), keepdim ?? false);
    }

    /// <summary>Position of the largest marked element, in the tensor's dtype as in PyTorch.</summary>
    [Op("masked.argmax(Tensor input, int? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Argmax(Tensor input, long? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var x = dtype is { } t ? input.To(t) : input;
        return Fill(x, mask, Lowest(x.DType)).Argmax(dim, keepdim ?? false).To(x.DType);
    }

    /// <summary>Position of the smallest marked element, in the tensor's dtype as in PyTorch.</summary>
    [Op("masked.argmin(Tensor input, int? dim=None, *, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Argmin(Tensor input, long? dim = null, bool? keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var x = dtype is { } t ? input.To(t) : input;
        return Fill(x, mask, Highest(x.DType)).Argmin(dim, keepdim ?? false).To(x.DType);
    }

    /// <summary>Running sum along an axis; unmarked elements count as 0.</summary>
    [Op("masked.cumsum(Tensor input, int dim, *, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Cumsum(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => Fill(Counted(input, dtype), mask, 0).Cumsum(dim);

    /// <summary>Running product along an axis; unmarked elements count as 1.</summary>
    [Op("masked.cumprod(Tensor input, int dim, *, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Cumprod(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => Fill(Counted(input, dtype), mask, 1).Cumprod(dim);

    /// <summary>Softmax over the marked elements.</summary>
    [Op("masked.softmax(Tensor input, int dim, *, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Softmax(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => Fill(AsFloat(input, dtype), mask, double.NegativeInfinity).Softmax(dim);

    /// <summary>Logarithm of softmax over the marked elements.</summary>
    [Op("masked.log_softmax(Tensor input, int dim, *, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor LogSoftmax(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => Fill(AsFloat(input, dtype), mask, double.NegativeInfinity).LogSoftmax(dim);

    /// <summary>Softmax of the negated tensor over the marked elements.</summary>
    [Op("masked.softmin(Tensor input, int dim, *, dtype? dtype=None, Tensor? mask=None) -> Tensor")]
    public static Tensor Softmin(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => (-Fill(AsFloat(input, dtype), mask, double.PositiveInfinity)).Softmax(dim);

    static Tensor AsFloat(Tensor x, DType? dtype) => x.To(dtype ?? Promotion.ToFloat(x.DType));
}
