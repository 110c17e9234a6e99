using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Reduces consecutive segments along an axis. The last axis of lengths (or offsets) lies along it; leading axes give each line its own segments.</summary>
    /// <param name="reduce">sum, mean, prod, max or min.</param>
    /// <param name="lengths">Length of each segment.</param>
    /// <param name="indices">Not supported, as in PyTorch.</param>
    /// <param name="offsets">Start of each segment, and the end of the last.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="unsafe">Accepted for PyTorch's sake; lengths are always checked.</param>
    /// <param name="initial">Where each segment starts from.</param>
    [Op("_segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor")]
    public Tensor SegmentReduce(string reduce, Tensor? lengths = null, Tensor? indices = null, Tensor? offsets = null, long axis = 0, bool @unsafe = false, double? initial = null)
    {
        if (indices is not null) throw new ArgumentException("segment_reduce: indices are not supported; give lengths or offsets");
        if (reduce is not ("sum" or "mean" or "prod" or "max" or "min")) throw new ArgumentException($"segment_reduce: reduce is '{reduce}'; expected sum, mean, prod, max or min");
        var at = Dims.Wrap(axis, Rank);
        if ((lengths ?? offsets) is not { } given || given.Rank != at + 1)
            throw new ArgumentException($"segment_reduce: lengths or offsets of {at + 1} axes are needed to reduce axis {at} of shape {Shape}");
        return Segments(this, given, lengths is null, at, reduce, initial);
    }

    static Tensor Segments(Tensor x, Tensor given, bool offsets, int axis, string reduce, double? initial)
    {
        if (axis > 0) return Stack([.. Enumerable.Range(0, (int)x.Size(0)).Select(i => Segments(x.Select(0, i), given.Select(0, i), offsets, axis - 1, reduce, initial))], 0);
        var marks = given.ToArray<long>();
        if (!offsets)
        {
            var starts = new long[marks.Length + 1];
            for (var i = 0; i < marks.Length; i++) starts[i + 1] = starts[i] + marks[i];
            marks = starts;
        }
        if (marks[^1] > x.Size(0) || marks.Zip(marks.Skip(1)).Any(static p => p.First > p.Second))
            throw new ArgumentException($"segment_reduce: segments end at {marks[^1]}, on an axis of {x.Size(0)} elements; lengths must not be negative and must fit");
        var parts = new Tensor[marks.Length - 1];
        for (var i = 0; i < parts.Length; i++) parts[i] = Segment(x.Slice(0, marks[i], marks[i + 1]), reduce, initial);
        return parts.Length == 0 ? x.Slice(0, 0, 0) : Stack(parts, 0);
    }

    static Tensor Segment(Tensor x, string reduce, double? initial)
    {
        var n = x.Size(0);
        if (n == 0)
        {
            var empty = initial ?? reduce switch { "sum" => 0, "prod" => 1, "mean" => double.NaN, "max" => double.NegativeInfinity, _ => double.PositiveInfinity };
            return x.Sum(0L) + Wrapped(empty);
        }
        return reduce switch
        {
            "sum" => x.Sum(0L) + Wrapped(initial ?? 0.0),
            "mean" => (x.Sum(0L) + Wrapped(initial ?? 0.0)) / (double)n,
            "prod" => x.Prod(0) * Wrapped(initial ?? 1.0),
            "max" => Bounded(x.Amax([0]), initial, below: true),
            _ => Bounded(x.Amin([0]), initial, below: false),
        };
    }

    static Tensor Bounded(Tensor y, double? initial, bool below)
    {
        if (initial is not { } v) return y;
        var covered = below ? y.Detach().Lt(v) : y.Detach().Gt(v);
        return Where(covered, FromScalar(v, y.DType), y);
    }
}
