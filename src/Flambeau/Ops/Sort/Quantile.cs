using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Quantiles of the elements, or along an axis. Several <paramref name="q"/> add a leading axis to the result.</summary>
    /// <param name="q">Of 0 or 1 axes, in [0, 1], of the tensor's dtype; a number also does.</param>
    /// <param name="dim">Axis; null flattens.</param>
    /// <param name="keepdim">Keep the axis with size 1.</param>
    /// <param name="interpolation">linear, lower, higher, midpoint or nearest: what to take between two elements.</param>
    [Op("quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor")]
    public Tensor Quantile(Tensor q, long? dim = null, bool keepdim = false, string interpolation = "linear") => Quantile(q, dim, keepdim, interpolation, false);

    /// <summary>Quantiles of the elements that aren't NaN. <inheritdoc cref="Quantile(Tensor, long?, bool, string)" path="/summary/node()"/></summary>
    [Op("nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor")]
    public Tensor Nanquantile(Tensor q, long? dim = null, bool keepdim = false, string interpolation = "linear") => Quantile(q, dim, keepdim, interpolation, true);

    Tensor Quantile(Tensor q, long? dim, bool keepdim, string interpolation, bool skipNaN)
    {
        var name = skipNaN ? "nanquantile" : "quantile";
        if (DType is not (DType.Float32 or DType.Float64)) throw new ArgumentException($"{name}: the tensor is {DType.Name()}; expected float32 or float64");
        if (q.Rank > 1) throw new ArgumentException($"{name}: q has shape {q.Shape}; expected 0 or 1 axes");
        if (Numel == 0) throw new ArgumentException($"{name}: a tensor of shape {Shape} has no elements");
        if (interpolation is not ("linear" or "lower" or "higher" or "midpoint" or "nearest"))
            throw new ArgumentException($"{name}: interpolation is '{interpolation}'; expected linear, lower, higher, midpoint or nearest");
        var d = dim is { } w ? Dims.Wrap(w, Rank) : 0;
        var x = dim is null || Rank == 0 ? Reshape([-1]) : MoveLast(d);
        var sorted = x.Sort().Item1;
        var ranks = Ranks(sorted, q.To(DType).To(Device), skipNaN);
        if (interpolation == "lower") ranks = ranks.Floor();
        if (interpolation == "higher") ranks = ranks.Ceil();
        if (interpolation == "nearest") ranks = ranks.Round();
        var below = ranks.Detach().Floor().To(DType.Int64);
        var y = sorted.GatherAlong(-1, below);
        if (interpolation is "linear" or "midpoint")
        {
            var weight = interpolation == "midpoint" ? 0.5 : ranks - below;
            y = y.Lerp(sorted.GatherAlong(-1, ranks.Detach().Ceil().To(DType.Int64)), Wrap(weight, y));
        }
        if (keepdim && Rank > 0)
        {
            y = dim is null ? y.Reshape([.. Enumerable.Repeat(1L, Rank), y.Shape[^1]]) : y.Unsqueeze(d);
        }
        return q.Rank == 0 ? y.Select(-1, 0) : y.Permute([y.Rank - 1, .. Enumerable.Range(0, y.Rank - 1).Select(static i => (long)i)]);
    }

    static Tensor Wrap(Tensor weight, Tensor like) => weight.Rank == 0 && weight.IsWrapped ? weight.To(like.DType).To(like.Device).Expand(like.Shape) : weight;

    /// <summary>Fractional positions in the sorted lines; in a line with NaN, the position of the NaN.</summary>
    static Tensor Ranks(Tensor sorted, Tensor q, bool skipNaN)
    {
        var flat = q.Rank == 0 ? q.Reshape([1]) : q;
        var shape = sorted.Shape.ToArray();
        shape[^1] = flat.Numel;
        if (skipNaN)
        {
            var last = (sorted.Detach().IsNaN().LogicalNot().Sum(-1, true) - 1).To(sorted.DType);
            return (flat * Where(last.Lt(0), 0.0, last)).Expand(new Shape(shape));
        }
        var n = sorted.Shape[^1] - 1;
        return Where(sorted.Detach().Slice(-1, n).IsNaN(), Wrapped((double)n), flat * (double)n).Expand(new Shape(shape));
    }

    Tensor MoveLast(int dim) => dim == Rank - 1 ? this : Permute([.. Enumerable.Range(0, Rank).Where(i => i != dim).Append(dim).Select(static i => (long)i)]);
}
