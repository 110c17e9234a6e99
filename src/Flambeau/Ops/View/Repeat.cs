using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The tensor laid side by side this many times along each axis; more counts than axes add leading axes.</summary>
    [Op("repeat(Tensor self, int[] repeats) -> Tensor")]
    public Tensor Repeat(params long[] repeats)
    {
        var lead = repeats.Length - Rank;
        if (lead < 0 || repeats.Any(static r => r < 0))
            throw new ArgumentException($"repeat: counts [{string.Join(", ", repeats)}] for a tensor of shape {Shape}; expected at least {Rank} non-negative counts");
        if (repeats.All(static r => r == 1)) return lead == 0 ? Clone() : Reshape([.. repeats[..lead], .. Layout.Sizes]).Clone();
        var split = new long[2 * repeats.Length];
        var wide = new long[2 * repeats.Length];
        var sizes = new long[repeats.Length];
        for (var d = 0; d < repeats.Length; d++)
        {
            var n = d < lead ? 1 : Layout.Sizes[d - lead];
            (split[2 * d], split[2 * d + 1]) = (1, n);
            (wide[2 * d], wide[2 * d + 1]) = (repeats[d], n);
            sizes[d] = repeats[d] * n;
        }
        var y = Reshape(split).Expand(wide);
        return y.IsContiguous ? y.Clone().Reshape(sizes) : y.Reshape(sizes);
    }

    /// <summary>As <see cref="Repeat"/>, missing leading counts being 1.</summary>
    [Op("tile(Tensor self, int[] dims) -> Tensor")]
    public Tensor Tile(params long[] dims) => Repeat(dims.Length >= Rank ? dims : [.. Enumerable.Repeat(1L, Rank - dims.Length), .. dims]);

    /// <summary>Every position of an axis repeated the same number of times; without an axis, of the flattened tensor.</summary>
    [Op("repeat_interleave(Tensor self, int repeats, int? dim=None, *, int? output_size=None) -> Tensor")]
    public Tensor RepeatInterleave(long repeats, int? dim = null, long? outputSize = null)
    {
        if (repeats < 0) throw new ArgumentException($"repeat_interleave: repeats is {repeats}; expected a non-negative number");
        if (dim is null || Rank == 0) return Flatten() is var flat && Rank == 0 && dim is { } o ? flat.RepeatInterleave(repeats, o) : flat.RepeatInterleave(repeats, 0, outputSize);
        var d = Dims.Wrap(dim.Value, Rank);
        CheckOutput(outputSize, Layout.Sizes[d] * repeats);
        var wide = new List<long>(Layout.Sizes);
        wide.Insert(d + 1, repeats);
        var sizes = (long[])Layout.Sizes.Clone();
        sizes[d] *= repeats;
        return Unsqueeze(d + 1).Expand(new Shape([.. wide])).Clone().Reshape(sizes);
    }

    /// <summary>Position i of an axis repeated <c>repeats[i]</c> times; without an axis, of the flattened tensor.</summary>
    [Op("repeat_interleave(Tensor self, Tensor repeats, int? dim=None, *, int? output_size=None) -> Tensor")]
    public Tensor RepeatInterleave(Tensor repeats, int? dim = null, long? outputSize = null)
    {
        if (dim is null || Rank == 0) return (Rank == 1 ? this : Flatten()).RepeatInterleave(repeats, 0, outputSize);
        if (repeats.Numel == 1) return RepeatInterleave(repeats.Item<long>(), dim, outputSize);
        var d = Dims.Wrap(dim.Value, Rank);
        if (repeats.Rank != 1 || repeats.Numel != Layout.Sizes[d])
            throw new ArgumentException($"repeat_interleave: repeats of shape {repeats.Shape} for axis {d} of shape {Shape}; expected one count a position, [{Layout.Sizes[d]}]");
        var positions = Repeated(repeats, null);
        CheckOutput(outputSize, positions.Numel);
        return IndexSelect(d, positions);
    }

    /// <summary>Each i repeated <c>repeats[i]</c> times.</summary>
    [Op("repeat_interleave(Tensor repeats, *, int? output_size=None) -> Tensor")]
    internal static Tensor Repeated(Tensor repeats, long? outputSize)
    {
        if (repeats.Rank != 1 || !repeats.DType.IsInteger()) throw new ArgumentException($"repeat_interleave: repeats is {repeats.DType.Name()} of shape {repeats.Shape}; expected one axis of integers");
        var counts = repeats.ToArray<long>();
        if (counts.Any(static c => c < 0)) throw new ArgumentException("repeat_interleave: repeats must not be negative");
        var span = new long[counts.Sum()];
        CheckOutput(outputSize, span.Length);
        var at = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            span.AsSpan(at, (int)counts[i]).Fill(i);
            at += (int)counts[i];
        }
        using var here = Beside(repeats);
        var y = From(span);
        return repeats.DType == DType.Int32 ? y.To(DType.Int32) : y;
    }

    static void CheckOutput(long? told, long actual)
    {
        if (told is { } t && t != actual) throw new ArgumentException($"repeat_interleave: output_size is {t}, but the result has {actual} positions");
    }

    /// <summary>Positions shifted along axes, those that leave one end entering at the other; without axes, of the flattened tensor.</summary>
    [Op("roll(Tensor self, int[] shifts, int[] dims=[]) -> Tensor")]
    public Tensor Roll(long[] shifts, long[]? dims = null)
    {
        if (dims is null or { Length: 0 })
        {
            if (shifts.Length != 1) throw new ArgumentException($"roll: {shifts.Length} shifts and no axes were given; expected one shift for the flattened tensor");
            return Flatten().Roll(shifts, [0]).Reshape(Shape);
        }
        if (shifts.Length != dims.Length) throw new ArgumentException($"roll: {shifts.Length} shifts and {dims.Length} axes were given; expected as many of both");
        var y = this;
        for (var i = 0; i < dims.Length; i++)
        {
            var n = y.Rank == 0 ? 1 : y.Size((int)dims[i]);
            Dims.Wrap(dims[i], y.Rank);
            var shift = n == 0 ? 0 : (shifts[i] % n + n) % n;
            if (shift != 0) y = Cat([y.Slice(dims[i], n - shift), y.Slice(dims[i], 0, n - shift)], dims[i]);
        }
        return ReferenceEquals(y, this) ? Clone() : y;
    }

    /// <summary>Turned by <c>k</c> times 90 degrees in the plane of two axes, from the first toward the second.</summary>
    [Op("rot90(Tensor self, int k=1, int[] dims=[0,1]) -> Tensor")]
    public Tensor Rot90(int k = 1, long[]? dims = null)
    {
        dims ??= [0, 1];
        if (dims.Length != 2 || Rank < 2 || Dims.Wrap(dims[0], Rank) == Dims.Wrap(dims[1], Rank))
            throw new ArgumentException($"rot90: axes [{string.Join(", ", dims)}] of a tensor of shape {Shape}; expected two different axes");
        return (((k % 4) + 4) % 4) switch
        {
            1 => Flip(dims[1]).Transpose((int)dims[0], (int)dims[1]),
            2 => Flip(dims),
            3 => Flip(dims[0]).Transpose((int)dims[0], (int)dims[1]),
            _ => Clone(),
        };
    }

    /// <summary>The columns in reverse order.</summary>
    [Op("fliplr(Tensor self) -> Tensor")]
    public Tensor FlipLr() => Rank >= 2 ? Flip(1) : throw new ArgumentException($"fliplr: a tensor of shape {Shape} was given; expected at least two axes");

    /// <summary>The rows in reverse order.</summary>
    [Op("flipud(Tensor self) -> Tensor")]
    public Tensor FlipUd() => Rank >= 1 ? Flip(0) : throw new ArgumentException("flipud: a 0-d tensor was given; expected at least one axis");

    /// <summary>Axes in reverse order of positions; a copy.</summary>
    public Tensor Flip(long dim) => Flip([dim]);
}
