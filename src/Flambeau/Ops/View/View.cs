using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The same memory under another shape; one size may be -1. Never copies.</summary>
    /// <exception cref="ArgumentException">The number of elements differs, or the strides don't allow it.</exception>
    [Op("view(Tensor self, int[] size) -> Tensor")]
    [Op("_unsafe_view(Tensor self, int[] size) -> Tensor")]
    public Tensor View(params Shape size)
    {
        if (ReshapeRule.Strides(Layout, ReshapeRule.Resolve(Numel, size, "view")) is null)
            throw new ArgumentException($"view: a tensor of shape {Shape} with strides {Strides} can't be seen as {size} without copying; use Reshape");
        return Reshape(size);
    }

    /// <summary>The same bytes as elements of another dtype; the last axis grows or shrinks where the element sizes differ. A view without gradient.</summary>
    /// <exception cref="ArgumentException">The last axis isn't contiguous, or doesn't hold whole elements.</exception>
    [Op("view(Tensor self, dtype dtype) -> Tensor")]
    public Tensor View(DType dtype)
    {
        int from = DType.Size(), to = dtype.Size();
        if (from == to) return new(Storage, Layout, dtype, Offset);
        if (Rank == 0 || Layout.Strides[^1] != 1)
            throw new ArgumentException($"view: a {DType.Name()} tensor of shape {Shape} and strides {Strides} can't be seen as {dtype.Name()}; expected a contiguous last axis");
        var sizes = (long[])Layout.Sizes.Clone();
        var strides = (long[])Layout.Strides.Clone();
        long ratio = from > to ? from / to : to / from;
        if (from < to && (sizes[^1] % ratio != 0 || Offset % ratio != 0 || strides[..^1].Any(s => s % ratio != 0)))
            throw new ArgumentException($"view: a {DType.Name()} tensor of shape {Shape}, strides {Strides} and offset {Offset} can't be seen as {dtype.Name()}; last size, strides and offset must be multiples of {ratio}");
        sizes[^1] = from > to ? sizes[^1] * ratio : sizes[^1] / ratio;
        for (var d = 0; d < strides.Length - 1; d++) strides[d] = from > to ? strides[d] * ratio : strides[d] / ratio;
        return new(Storage, new Layout(sizes, strides), dtype, from > to ? Offset * ratio : Offset / ratio);
    }

    /// <summary>The same memory under the shape of another tensor. Never copies.</summary>
    [Op("view_as(Tensor self, Tensor other) -> Tensor")]
    public Tensor ViewAs(Tensor other) => View(other.Shape);

    /// <summary>The elements in row-major order under the shape of another tensor.</summary>
    [Op("reshape_as(Tensor self, Tensor other) -> Tensor")]
    public Tensor ReshapeAs(Tensor other) => Reshape(other.Shape);

    /// <summary>The elements in row-major order as one axis.</summary>
    [Op("ravel(Tensor self) -> Tensor")]
    public Tensor Ravel() => Reshape([-1]);

    /// <summary>Axes <c>startDim</c> to <c>endDim</c> (inclusive) as one.</summary>
    [Op("flatten(Tensor self, int start_dim=0, int end_dim=-1) -> Tensor")]
    public Tensor Flatten(int startDim = 0, int endDim = -1)
    {
        int a = Dims.Wrap(startDim, Rank), b = Dims.Wrap(endDim, Rank);
        if (a > b) throw new ArgumentException($"flatten: start_dim={startDim} comes after end_dim={endDim} in a tensor of shape {Shape}");
        if (Rank == 0) return Reshape([1]);
        if (a == b) return this;
        long n = 1;
        for (var d = a; d <= b; d++) n *= Layout.Sizes[d];
        return Reshape([.. Layout.Sizes[..a], n, .. Layout.Sizes[(b + 1)..]]);
    }

    /// <summary>One axis as several; one of the sizes may be -1.</summary>
    [Op("unflatten(Tensor self, int dim, int[] sizes) -> Tensor")]
    public Tensor Unflatten(int dim, Shape sizes)
    {
        if (sizes.Rank == 0) throw new ArgumentException("unflatten: the list of sizes is empty");
        var d = Dims.Wrap(dim, Rank);
        if (Rank == 0) throw new ArgumentException("unflatten: a 0-d tensor has no axis to take apart");
        return Reshape([.. Layout.Sizes[..d], .. ReshapeRule.Resolve(Layout.Sizes[d], sizes, "unflatten"), .. Layout.Sizes[(d + 1)..]]);
    }

    /// <summary>Expanded to the shape of another tensor.</summary>
    [Op("expand_as(Tensor self, Tensor other) -> Tensor")]
    public Tensor ExpandAs(Tensor other) => Expand(other.Shape);

    /// <summary>Expanded to a shape; the same as <see cref="Expand"/>.</summary>
    [Op("broadcast_to(Tensor self, int[] size) -> Tensor")]
    public Tensor BroadcastTo(Shape size) => Expand(size);

    /// <summary>All tensors expanded to the shape they broadcast to. Views.</summary>
    [Op("broadcast_tensors(Tensor[] tensors) -> Tensor[]")]
    public static Tensor[] BroadcastTensors(params Tensor[] tensors)
    {
        var shape = new Shape([]);
        foreach (var t in tensors) shape = Shape.Broadcast(shape, t.Shape);
        return Array.ConvertAll(tensors, t => t.Expand(shape));
    }

    /// <summary>The shape that shapes broadcast to.</summary>
    public static Shape BroadcastShapes(params Shape[] shapes) => shapes.Aggregate(new Shape([]), Shape.Broadcast);

    [Op("broadcast_shapes(any[] shapes) -> int[]")]
    internal static Shape BroadcastShapesOf(object? shapes)
    {
        Shape One(object? o) => o switch
        {
            Shape s => s,
            long[] a => a,
            int[] a => a,
            long n => [n],
            int n => [n],
            IEnumerable<object?> list => new([.. list.Select(static v => Convert.ToInt64(v, System.Globalization.CultureInfo.InvariantCulture))]),
            _ => throw new ArgumentException($"broadcast_shapes: {o ?? "None"} is no shape; expected a list of integers or an integer"),
        };
        return shapes is IEnumerable<object?> all && all.Any(static o => o is System.Collections.IEnumerable) ? BroadcastShapes([.. all.Select(One)]) : shapes is IEnumerable<object?> numbers && numbers.Count() > 1 ? BroadcastShapes([.. numbers.Select(One)]) : One(shapes);
    }

    /// <summary><c>length</c> positions of an axis from <c>start</c> on; a negative start counts from the end. A view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the axis.</exception>
    [Op("narrow(Tensor self, int dim, int start, int length) -> Tensor")]
    public Tensor Narrow(int dim, long start, long length)
    {
        if (Rank == 0) throw new ArgumentException("narrow: a 0-d tensor has no axis to narrow");
        var n = Size(dim);
        var from = start < 0 ? start + n : start;
        if (from < 0 || length < 0 || from + length > n)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"narrow: start {start} and length {length} leave axis {dim} of shape {Shape}");
        return Slice(dim, from, from + length);
    }

    /// <summary>Windows of <c>size</c> positions along an axis, every <c>step</c>; the window is a new last axis. A view.</summary>
    /// <exception cref="ArgumentException">The window is larger than the axis, or the step not positive.</exception>
    [Op("unfold(Tensor self, int dimension, int size, int step) -> Tensor")]
    public Tensor Unfold(int dimension, long size, long step)
    {
        var d = Dims.Wrap(dimension, Rank);
        var n = Rank == 0 ? 1 : Layout.Sizes[d];
        if (size < 0 || size > n) throw new ArgumentException($"unfold: windows of {size} along an axis of size {n}; expected 0 to {n}");
        if (step <= 0) throw new ArgumentException($"unfold: step is {step}; expected a positive number");
        var stride = Rank == 0 ? 1 : Layout.Strides[d];
        if (Rank == 0) return AsStrided([size], [1]);
        var sizes = new List<long>(Layout.Sizes) { size };
        var strides = new List<long>(Layout.Strides) { stride };
        sizes[d] = (n - size) / step + 1;
        strides[d] = stride * step;
        return AsStrided(new Shape([.. sizes]), [.. strides], Offset);
    }
}
