using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Histogram of all elements and its bin edges.</summary>
    /// <param name="bins">Number of equal bins.</param>
    /// <param name="range">Lower and upper end; null takes the smallest and largest element.</param>
    /// <param name="weight">What each element counts; same shape.</param>
    /// <param name="density">Divide so that the integral is 1.</param>
    [Op("histogram(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor, Tensor)")]
    public (Tensor Hist, Tensor Edges) Histogram(long bins, double[]? range = null, Tensor? weight = null, bool density = false)
    {
        var (hist, edges) = Reshape([-1, 1]).Histogramdd(new[] { bins }, range, weight?.Reshape([-1]), density);
        return (hist, edges[0]);
    }

    /// <summary>Histogram of all elements over bins with given rising edges.</summary>
    [Op("histogram(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> (Tensor, Tensor)")]
    public (Tensor Hist, Tensor Edges) Histogram(Tensor bins, Tensor? weight = null, bool density = false)
    {
        var (hist, edges) = Reshape([-1, 1]).Histogramdd([bins], null, weight?.Reshape([-1]), density);
        return (hist, edges[0]);
    }

    /// <summary>Histogram of points in several dimensions: the last axis holds the coordinates. Returns the counts, one axis a coordinate, and the bin edges.</summary>
    /// <param name="bins">Number of equal bins for each coordinate.</param>
    /// <param name="range">Lower and upper end for each coordinate, flattened; null takes the smallest and largest.</param>
    /// <param name="weight">What each point counts.</param>
    /// <param name="density">Divide so that the integral is 1.</param>
    [Op("histogramdd(Tensor self, int[] bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor, Tensor[])")]
    public (Tensor Hist, Tensor[] Edges) Histogramdd(long[] bins, double[]? range = null, Tensor? weight = null, bool density = false)
    {
        CheckPoints();
        using var here = Beside(this);
        var k = (int)Shape[^1];
        if (bins.Length == 1 && k > 1) bins = [.. Enumerable.Repeat(bins[0], k)];
        if (bins.Length != k) throw new ArgumentException($"histogramdd: {bins.Length} numbers of bins for points of {k} coordinates; they must agree");
        if (range is not null && range.Length != 2 * k) throw new ArgumentException($"histogramdd: range has {range.Length} entries; expected a lower and an upper end for each of {k} coordinates");
        var x = Detach().ToArray<double>();
        var edges = new Tensor[k];
        for (var d = 0; d < k; d++)
        {
            double low = range?[2 * d] ?? double.PositiveInfinity, high = range?[2 * d + 1] ?? double.NegativeInfinity;
            for (var i = d; range is null && i < x.Length; i += k) (low, high) = (Math.Min(low, x[i]), Math.Max(high, x[i]));
            if (range is null && x.Length == 0) (low, high) = (0, 0);
            if (low == high) (low, high) = (low - 0.5, high + 0.5);
            if (!(low < high) || !double.IsFinite(high - low)) throw new ArgumentException($"histogramdd: the range [{low}, {high}] isn't usable; give finite, rising ends");
            edges[d] = Edges(low, high, bins[d]);
        }
        return (Histogram(x, edges, weight, density), edges);
    }

    /// <summary>Histogram of points in several dimensions over bins with given rising edges.</summary>
    [Op("histogramdd(Tensor self, Tensor[] bins, *, Tensor? weight=None, bool density=False) -> (Tensor, Tensor[])")]
    public (Tensor Hist, Tensor[] Edges) Histogramdd(Tensor[] bins, Tensor? weight = null, bool density = false) => Histogramdd(bins, null, weight, density);

    (Tensor Hist, Tensor[] Edges) Histogramdd(Tensor[] bins, double[]? range, Tensor? weight, bool density)
    {
        CheckPoints();
        if (bins.Length != Shape[^1] || range is not null) throw new ArgumentException($"histogramdd: {bins.Length} tensors of edges for points of {Shape[^1]} coordinates; they must agree");
        return (Histogram(Detach().ToArray<double>(), bins, weight, density), [.. bins.Select(static b => b.Detach().Clone())]);
    }

    void CheckPoints()
    {
        if (!DType.IsFloat() || Rank < 2) throw new ArgumentException($"histogram: a {DType.Name()} tensor of shape {Shape} was given; expected floating-point points, with the coordinates along the last axis");
    }

    Tensor Edges(double low, double high, long bins)
    {
        var e = new double[bins + 1];
        var step = (high - low) / bins;
        // From both ends, as linspace does, so that the ends are exact.
        for (long i = 0; i <= bins; i++) e[i] = i < (bins + 1) / 2 ? low + step * i : high - step * (bins - i);
        return From(e).To(DType);
    }

    Tensor Histogram(double[] x, Tensor[] edges, Tensor? weight, bool density)
    {
        using var here = Beside(this);
        var k = edges.Length;
        var e = Array.ConvertAll(edges, static t => t.ToArray<double>());
        var w = weight?.Detach().ToArray<double>();
        if (w is not null && w.Length * k != x.Length) throw new ArgumentException($"histogram: {w.Length} weights for {x.Length / k} points; they must agree");
        var shape = Array.ConvertAll(e, static v => (long)v.Length - 1);
        var hist = new double[shape.Aggregate(1L, static (a, b) => a * b)];
        for (var i = 0; i < x.Length / k; i++)
        {
            long at = 0;
            for (var d = 0; d < k && at >= 0; d++)
            {
                var v = x[i * k + d];
                var bin = v >= e[d][0] && v <= e[d][^1] ? Math.Min(UpperBound(e[d], v) - 1, shape[d] - 1) : -1;
                at = bin < 0 ? -1 : at * shape[d] + bin;
            }
            if (at >= 0) hist[at] += w?[i] ?? 1;
        }
        var y = From(hist, new Shape(shape));
        if (density)
        {
            y = y / y.Sum();
            for (var d = 0; d < k; d++)
            {
                var along = new long[k];
                Array.Fill(along, 1);
                along[d] = shape[d];
                y = y / From(e[d]).Diff().Reshape(along);
            }
        }
        return y.To(DType);
    }

    static long UpperBound(double[] sorted, double v)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var mid = (low + high) / 2;
            if (sorted[mid] <= v) low = mid + 1;
            else high = mid;
        }
        return low;
    }
}
