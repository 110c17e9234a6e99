using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Counts of n-grams of integers.</summary>
internal static class TextOps
{
    internal static void Add(OpTable t) => t.Add("TfIdfVectorizer", 9, Count);

    static Item Count(OnnxNode n)
    {
        var x = n[0].To(DType.Int64);
        var pool = n.Ints("pool_int64s") ?? throw n.Error("n-grams of strings are not supported");
        var (starts, places) = (n.Ints("ngram_counts")!, n.Ints("ngram_indexes")!);
        var (min, max, skips) = (n.Int("min_gram_length"), n.Int("max_gram_length"), n.Int("max_skip_count"));
        var length = x.Size(-1).Known() ?? throw n.Error("the length of the input must be known when the model is imported");
        var width = places.Max() + 1;
        var order = 0;
        Item? counts = null;
        for (var g = 1; g <= starts.Length; g++)
        {
            var grams = pool[(int)starts[g - 1]..(int)(g < starts.Length ? starts[g] : pool.Length)];
            var rows = grams.Length / g;
            var at = Tensor.From(places[order..(order + rows)]);
            order += rows;
            if (g < min || g > max || rows == 0) continue;
            // With one item there is nothing to skip.
            for (long skip = 0; skip <= (g == 1 ? 0 : skips); skip++)
            {
                var windows = length - (g - 1) * (skip + 1);
                if (windows <= 0) break;
                Item? hit = null;
                for (var k = 0; k < g; k++)
                {
                    var wanted = Tensor.From([.. Enumerable.Range(0, rows).Select(r => grams[r * g + k])]);
                    var equal = x.Op("narrow", -1, k * (skip + 1), windows).Op("unsqueeze", -1).Op("eq", n.Constant(wanted)).As(ElementType.Bool);
                    hit = hit is null ? equal : hit.Op("logical_and", equal).As(ElementType.Bool);
                }
                var found = hit!.Op("sum", new long[] { -2 }, false, new Kw("dtype", DType.Float32)).As(ElementType.Float);
                // To the places of these n-grams in the result
                var spread = n.Op("matmul", found, n.Constant(Tensor.Zeros([rows, width]).Scatter(1, at.Reshape([rows, 1]), Tensor.Ones([rows, 1]))));
                counts = counts is null ? spread : counts + spread;
            }
        }
        counts ??= n.Op("zeros", x.Rank == 2 ? Operand.Of([x.Size(0), width]) : Operand.Of([width]));
        var mode = n.Text("mode", "TF");
        if (mode == "TF") return counts.As(ElementType.Float);
        var weights = new float[width];
        Array.Fill(weights, 1);
        if (n.Floats("weights") is { } given) for (var i = 0; i < given.Length; i++) weights[places[i]] = given[i];
        return ((mode == "IDF" ? counts.Op("clamp", 0, 1) : counts) * n.Constant(Tensor.From(weights))).As(ElementType.Float);
    }
}
