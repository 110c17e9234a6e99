using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    [Op("randint(int high, int[] size, *, Generator? generator=None, dtype dtype=int64) -> Tensor")]
    internal static Tensor RandIntBelow(long high, Shape size, Generator? generator = null, DType dtype = DType.Int64) =>
        RandInt(0, high, size, generator, dtype);

    [Op("randint_like(Tensor self, int high, *, dtype? dtype=None, Generator? generator=None) -> Tensor")]
    internal Tensor RandIntLikeBelow(long high, DType? dtype = null, Generator? generator = null) => RandIntLike(0, high, dtype, generator);

    /// <summary>Uniform integers in [low, high), in the shape and, if no other is named, the dtype of a tensor.</summary>
    /// <exception cref="ArgumentException">The range is empty.</exception>
    [Op("randint_like(Tensor self, int low, int high, *, dtype? dtype=None, Generator? generator=None) -> Tensor")]
    public Tensor RandIntLike(long low, long high, DType? dtype = null, Generator? generator = null)
    {
        using var here = Beside(this);
        return RandInt(low, high, Shape, generator, dtype ?? DType);
    }

    [Op("random_(Tensor self, int from, int? to, *, Generator? generator=None) -> Tensor")]
    internal Tensor Random_(long from, long? to, Generator? generator = null) =>
        Refill("random", RandIntLike(from, to ?? Largest(DType), generator: generator));

    [Op("random_(Tensor self, int to, *, Generator? generator=None) -> Tensor")]
    internal Tensor RandomBelow_(long to, Generator? generator = null) => Random_(0, to, generator);

    /// <summary>Replaces the elements by uniform integers from 0 to the largest that the dtype holds exactly.</summary>
    [Op("random_(Tensor self, *, Generator? generator=None) -> Tensor")]
    public Tensor Random_(Generator? generator = null) => Random_(0, null, generator);

    static long Largest(DType dtype) => dtype switch
    {
        DType.Bool => 2,
        DType.UInt8 => 256,
        DType.Int8 => 128,
        DType.Int16 => 1L << 15,
        DType.Int32 => 1L << 31,
        DType.Int64 => long.MaxValue,
        DType.Float16 => (1L << 11) + 1,
        DType.BFloat16 => (1L << 8) + 1,
        DType.Float32 => (1L << 24) + 1,
        _ => (1L << 53) + 1,
    };

    /// <summary>A uniform permutation of 0 … n − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">n is negative.</exception>
    [Op("randperm(int n, *, Generator? generator=None, dtype dtype=int64) -> Tensor")]
    public static Tensor RandPerm(long n, Generator? generator = null, DType dtype = DType.Int64)
    {
        if (OpObserver.Current is { } o) return o.Whole("randperm", [n, generator, dtype], () => RandPerm(n, generator, dtype));
        if (n < 0) throw new ArgumentOutOfRangeException(nameof(n), n, "randperm: n is negative; expected 0 or more");
        var y = new long[n];
        RandomChoice.Permutation(y, (generator ?? Generator.Current).Take(n, RandomFill.PerBlock64));
        return From(y).To(dtype);
    }
}
