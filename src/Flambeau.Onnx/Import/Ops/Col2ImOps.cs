namespace Flambeau.OnnxFormat;

/// <summary>Columns of blocks added up to an image of any number of axes.</summary>
internal static class Col2ImOps
{
    internal static void Add(OpTable t) => t.Add("Col2Im", 18, static n =>
    {
        var x = n[0];
        var (image, block) = (n.Known(n[1], "the image's shape"), n.Known(n[2], "the block's shape"));
        var k = image.Length;
        var (strides, dilations, pads) = (n.Ints("strides") ?? ConvOps.Ones(k), n.Ints("dilations") ?? ConvOps.Ones(k), n.Ints("pads") ?? new long[2 * k]);
        var padded = image.Select((s, d) => s + pads[d] + pads[d + k]).ToArray();
        var counts = padded.Select((s, d) => (s - dilations[d] * (block[d] - 1) - 1) / strides[d] + 1).ToArray();
        var places = new List<long>();
        foreach (var b in All(block))
        {
            foreach (var l in All(counts)) places.Add(Enumerable.Range(0, k).Aggregate(0L, (flat, d) => flat * padded[d] + b[d] * dilations[d] + l[d] * strides[d]));
        }
        var taps = block.Aggregate(1L, static (a, b) => a * b);
        var channels = n.Importer.Over(x.Size(1), taps);
        var columns = x.Op("reshape", Graphs.Operand.Of([x.Size(0), channels, places.Count]));
        var y = n.Op("zeros", Graphs.Operand.Of([x.Size(0), channels, padded.Aggregate(1L, static (a, b) => a * b)]), new Kw("dtype", x.DType)).As(x.Type)
            .Op("index_add", 2, n.Constant(Tensor.From(places.ToArray())), columns)
            .Op("reshape", Graphs.Operand.Of([x.Size(0), channels, .. padded.Select(static s => (Graphs.Operand)s)]));
        for (var d = 0; d < k; d++) y = y.Op("narrow", d + 2, pads[d], image[d]);
        return y.As(x.Type);
    });

    /// <summary>All places of a box, the last axis fastest.</summary>
    static IEnumerable<long[]> All(long[] sizes)
    {
        var total = sizes.Aggregate(1L, static (a, b) => a * b);
        for (long i = 0; i < total; i++)
        {
            var at = new long[sizes.Length];
            var rest = i;
            for (var d = sizes.Length - 1; d >= 0; d--) (at[d], rest) = (rest % sizes[d], rest / sizes[d]);
            yield return at;
        }
    }
}
