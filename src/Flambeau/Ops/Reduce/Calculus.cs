using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>n-th differences of neighbours along an axis, of the tensor with other tensors put before and after it.</summary>
    [Op("diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor")]
    public Tensor Diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null)
    {
        if (n < 0) throw new ArgumentOutOfRangeException(nameof(n), n, "diff: n must not be negative");
        if (Rank == 0) throw new ArgumentException("diff: a 0-d tensor has no neighbours; expected at least one axis");
        var d = Dims.Wrap(dim, Rank);
        var x = prepend is null && append is null ? this : Cat([.. new[] { prepend, this, append }.Where(static t => t is not null).Select(static t => t!)], d);
        n = Math.Min(n, x.Size(d));
        for (; n > 0; n--)
        {
            Tensor after = x.Slice(d, 1, x.Size(d)), before = x.Slice(d, 0, Math.Max(0, x.Size(d) - 1));
            x = x.DType == DType.Bool ? after.LogicalXor(before) : after - before;
        }
        return x;
    }

    /// <summary>Integral along an axis by the trapezoidal rule, of samples at positions x.</summary>
    [Op("trapezoid(Tensor y, Tensor x, *, int dim=-1) -> Tensor")]
    [Op("trapz(Tensor y, Tensor x, *, int dim=-1) -> Tensor")]
    public static Tensor Trapezoid(Tensor y, Tensor x, long dim = -1)
    {
        if (Axis0(y, dim) == 0) return EmptySum(y, dim);
        var (left, right) = Neighbours(y, dim);
        return ((left + right) * Widths(y, x, dim) / 2.0).Sum(dim);
    }

    /// <summary>Integral along an axis by the trapezoidal rule, of samples dx apart.</summary>
    [Op("trapezoid(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor")]
    [Op("trapz(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor")]
    public Tensor Trapezoid(Scalar? dx = null, long dim = -1)
    {
        if (Axis0(this, dim) == 0) return EmptySum(this, dim);
        var (left, right) = Neighbours(this, dim);
        return (left + right).Sum(dim) * (dx ?? 1).ToDouble() / 2.0;
    }

    /// <summary>Running integral along an axis by the trapezoidal rule, of samples at positions x.</summary>
    [Op("cumulative_trapezoid(Tensor y, Tensor x, *, int dim=-1) -> Tensor")]
    public static Tensor CumulativeTrapezoid(Tensor y, Tensor x, long dim = -1)
    {
        var (left, right) = Neighbours(y, dim);
        return ((left + right) * Widths(y, x, dim)).Cumsum(dim) / 2.0;
    }

    /// <summary>Running integral along an axis by the trapezoidal rule, of samples dx apart.</summary>
    [Op("cumulative_trapezoid(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor")]
    public Tensor CumulativeTrapezoid(Scalar? dx = null, long dim = -1)
    {
        var (left, right) = Neighbours(this, dim);
        return (left + right).Cumsum(dim) * (dx ?? 1) / 2.0;
    }

    static long Axis0(Tensor y, long dim) => y.Rank == 0 ? throw new ArgumentException("trapezoid: a 0-d tensor has nothing to integrate; expected at least one axis") : y.Size((int)dim);

    static Tensor EmptySum(Tensor y, long dim) => y.To(Promotion.ToFloat(y.DType)).Sum(dim);

    static (Tensor Left, Tensor Right) Neighbours(Tensor y, long dim)
    {
        var n = y.Size((int)dim);
        return (y.Slice(dim, 0, Math.Max(0, n - 1)), y.Slice(dim, 1, n));
    }

    /// <summary>Distances between positions, shaped to broadcast against y. Positions of one axis lie along the integrated one.</summary>
    static Tensor Widths(Tensor y, Tensor x, long dim)
    {
        if (x.Rank == 1)
        {
            if (x.Size(0) != y.Size((int)dim)) throw new ArgumentException($"trapezoid: {x.Size(0)} positions for an axis of {y.Size((int)dim)} samples; they must agree");
            var shape = new long[y.Rank];
            Array.Fill(shape, 1);
            shape[Dims.Wrap(dim, y.Rank)] = x.Size(0) - 1;
            return x.Diff().Reshape(shape);
        }
        while (x.Rank < y.Rank) x = x.Unsqueeze(0);
        return x.Diff(1, dim);
    }

    /// <summary>Derivatives along axes by differences: central inside (second order for uneven spacing too), one-sided of order 1 or 2 at the ends.</summary>
    /// <param name="spacing">Distance between samples: null for 1, a number for all axes, a list of numbers, or a list of one-axis tensors with the positions.</param>
    /// <param name="dim">Axes; null for all.</param>
    /// <param name="edgeOrder">1 or 2.</param>
    [Op("gradient(Tensor self, *, any spacing=None, int[]? dim=None, int edge_order=1) -> Tensor[]")]
    public Tensor[] Gradient(object? spacing = null, long[]? dim = null, int edgeOrder = 1)
    {
        if (edgeOrder is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(edgeOrder), edgeOrder, "gradient: edge_order must be 1 or 2");
        var dims = dim ?? [.. Enumerable.Range(0, Rank).Select(static i => (long)i)];
        object?[] steps = spacing is null or Tensor || ArgReader.AsScalar(spacing) is not null ? [.. dims.Select(_ => spacing ?? 1L)] : [.. ((System.Collections.IEnumerable)spacing).Cast<object?>()];
        if (steps.Length != dims.Length) throw new ArgumentException($"gradient: spacing has {steps.Length} entries for {dims.Length} axes; expected one an axis");
        var x = DType.IsIntegral() ? To(DType.Float32) : this;
        return [.. dims.Select((d, i) => x.Gradient(Dims.Wrap(d, Rank), steps[i], edgeOrder))];
    }

    Tensor Gradient(int d, object? step, int edgeOrder)
    {
        var n = Size(d);
        if (n < edgeOrder + 1) throw new ArgumentException($"gradient: axis {d} has {n} elements; expected at least edge_order + 1 = {edgeOrder + 1}");
        Tensor F(long start, long end) => Slice(d, start, end);
        var width = step is Tensor t ? t.To(DType.IsIntegral() ? DType.Float32 : DType).Diff() : null;
        Tensor H(long start, long end)
        {
            if (width is null) return Wrapped(ArgReader.AsScalar(step)!.Value.ToDouble());
            var shape = new long[Rank];
            Array.Fill(shape, 1);
            shape[d] = end - start;
            return width.Slice(0, start, end).Reshape(shape);
        }
        Tensor first, last, inner;
        if (n > 2)
        {
            Tensor left = H(0, n - 2), right = H(1, n - 1);
            inner = width is null ? (F(2, n) - F(0, n - 2)) / (left * 2.0)
                : -right / (left * (left + right)) * F(0, n - 2) + (right - left) / (left * right) * F(1, n - 1) + left / (right * (left + right)) * F(2, n);
        }
        else
        {
            inner = F(0, 0);
        }
        if (edgeOrder == 1)
        {
            first = (F(1, 2) - F(0, 1)) / H(0, 1);
            last = (F(n - 1, n) - F(n - 2, n - 1)) / H(n - 2, n - 1);
        }
        else
        {
            Tensor a = H(0, 1), b = H(1, 2);
            first = -(a * 2.0 + b) / (a * (a + b)) * F(0, 1) + (a + b) / (a * b) * F(1, 2) - a / (b * (a + b)) * F(2, 3);
            a = H(n - 3, n - 2);
            b = H(n - 2, n - 1);
            last = b / (a * (a + b)) * F(n - 3, n - 2) - (a + b) / (a * b) * F(n - 2, n - 1) + (a + b * 2.0) / (b * (a + b)) * F(n - 1, n);
        }
        return Cat([first, inner, last], d);
    }
}
