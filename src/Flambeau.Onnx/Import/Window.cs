using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>How a window moves over an input: the attributes that convolutions and pools share.</summary>
internal sealed record Window(Operand[] Kernel, long[] Strides, long[] Dilations, Operand[] Before, Operand[] After, bool Ceil)
{
    internal int Rank => Strides.Length;

    internal static Window Of(OnnxNode n, Item x, int rank, Func<int, Operand>? kernel = null)
    {
        var im = n.Importer;
        var shape = n.Ints("kernel_shape");
        var sizes = Enumerable.Range(0, rank).Select(d => shape is not null ? shape[d] : kernel?.Invoke(d) ?? throw n.Error("attribute 'kernel_shape' is missing")).ToArray();
        var strides = n.Ints("strides") ?? ConvOps.Ones(rank);
        var dilations = n.Ints("dilations") ?? ConvOps.Ones(rank);
        var (before, after) = (new Operand[rank], new Operand[rank]);
        var pads = n.Ints("pads");
        var auto = n.Text("auto_pad", "NOTSET");
        for (var d = 0; d < rank; d++)
        {
            if (auto is "SAME_UPPER" or "SAME_LOWER")
            {
                var size = x.Size(d + 2);
                var covered = im.Plus(im.Times(im.Minus(im.CeilOver(size, strides[d]), 1), strides[d]), im.Plus(im.Times(im.Minus(sizes[d], 1), dilations[d]), 1));
                var total = im.Most(im.Minus(covered, size), 0);
                var half = im.Over(total, 2);
                (before[d], after[d]) = auto == "SAME_UPPER" ? (half, im.Minus(total, half)) : (im.Minus(total, half), half);
            }
            else (before[d], after[d]) = auto == "VALID" || pads is null ? (0, 0) : (pads[d], pads[d + rank]);
        }
        return new(sizes, strides, dilations, before, after, n.Int("ceil_mode", 0) != 0);
    }

    internal bool IsSymmetric => Enumerable.Range(0, Rank).All(d => Before[d] == After[d]);

    /// <summary>The input and the padding to give to an op that pads both ends alike.</summary>
    internal (Item, Operand[]) Pad(OnnxNode n, Item x, Operand value, bool always = false)
    {
        if (IsSymmetric && !always) return (x, Before);
        if (Before.Concat(After).All(static p => p.Known() == 0)) return (x, Before);
        var pads = new List<Operand>();
        for (var d = Rank - 1; d >= 0; d--) pads.AddRange([Before[d], After[d]]);
        var dims = x.Dims?.Select((s, i) => i < 2 ? s : s.Size + Before[i - 2].Known() + After[i - 2].Known() is { } v ? new Dim(v) : default).ToArray();
        return (x.Op("constant_pad_nd", Operand.Of(pads), value).As(x.Type).Sized(dims), [.. Enumerable.Repeat((Operand)0, Rank)]);
    }

    /// <summary>Sizes of the result.</summary>
    internal IReadOnlyList<Dim> Results(Item x, Dim channels) => [x.Dims is { } d ? d[0] : default, channels, .. Enumerable.Range(0, Rank).Select(i => Size(x, i) is { } v ? new Dim(v) : default)];

    internal long? Size(Item x, int d)
    {
        if (x.Dims?[d + 2].Size is not { } size || Kernel[d].Known() is not { } k || Before[d].Known() is not { } a || After[d].Known() is not { } b) return null;
        var room = size + a + b - (k - 1) * Dilations[d] - 1;
        var n = (Ceil ? (room + Strides[d] - 1) / Strides[d] : room / Strides[d]) + 1;
        return Ceil && (n - 1) * Strides[d] >= size + a ? n - 1 : n;
    }
}
