using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Attention and what belongs to it.</summary>
internal static class AttentionOps
{
    internal static void Add(OpTable t)
    {
        t.Many("Attention", 23, Attention);
        t.Add("RotaryEmbedding", 23, Rotary);
        t.Many("LinearAttention", 27, LinearAttention);
        t.Add("FlexAttention", 1, Flex, "ai.onnx.preview");
    }

    /// <summary>[batch, length, heads * size] as [batch, heads, length, size].</summary>
    static Item Heads(OnnxNode n, Item x, string attribute)
    {
        if (n.Rank(x) == 4) return x;
        var heads = n.Int(attribute);
        var size = n.Importer.Over(x.Size(2), heads);
        Dim[]? dims = x.Dims is { } d ? [d[0], heads, d[1], size.Known() is { } v ? v : default(Dim)] : null;
        return x.Op("reshape", Operand.Of([x.Size(0), x.Size(1), heads, size])).Op("transpose", 1, 2).As(x.Type).Sized(dims);
    }

    /// <summary>Each head of keys or values for as many heads of queries as there are to one.</summary>
    static Item Repeat(OnnxNode n, Item x, Item q)
    {
        var (mine, wanted) = (x.Size(1), q.Size(1));
        return mine == wanted ? x : x.Op("repeat_interleave", n.Importer.Over(wanted, mine), 1).As(x.Type);
    }

    static Item?[] Attention(OnnxNode n)
    {
        var im = n.Importer;
        var (q, k, v) = (Heads(n, n[0], "q_num_heads"), Heads(n, n[1], "kv_num_heads"), Heads(n, n[2], "kv_num_heads"));
        var past = n.Try(4);
        Item? Join(Item? old, Item x) => old is null ? x : n.Op("cat", new[] { old, x }, 2).As(x.Type).Sized(x.Dims is { } d ? [d[0], d[1], old.Dims?[2].Size + d[2].Size is { } s ? s : default(Dim), d[3]] : null);
        var (pk, pv) = (Join(past, k)!, Join(n.Try(5), v)!);
        var mode = n.Int("qk_matmul_output_mode", 0);
        var scale = n.Has("scale") ? n.Float("scale", 1) : 1 / Math.Sqrt(q.Size(3).Known() ?? throw n.Error("the size of a head must be known when the model is imported, or attribute 'scale' given"));
        var softcap = n.Float("softcap", 0);
        var (length, total) = (q.Size(2), pk.Size(2));
        var bias = n.Try(3) is { } mask ? Mask(n, mask, total) : null;
        // A row that is masked as a whole gives zeros.
        var (left, right) = (n.Int("left_window_size", -1), n.Int("right_window_size", -1));
        if (n.Int("is_causal", 0) != 0 || left >= 0 || right >= 0)
        {
            var row = n.Op("arange", length).As(ElementType.Int64).Op("unsqueeze", 1);
            if (n.Try(6) is { } valid && past is null) row = row + (valid.Op("sub", length)).Op("reshape", new long[] { -1, 1, 1, 1 }).As(ElementType.Int64);
            else if (past is not null) row = row.Op("add", past.Size(2));
            var column = n.Op("arange", total).As(ElementType.Int64);
            if (n.Int("is_causal", 0) != 0) bias = Both(bias, row.Op("lt", column).As(ElementType.Bool), n);
            if (left >= 0) bias = Both(bias, (row - left).Op("gt", column).As(ElementType.Bool), n);
            if (right >= 0) bias = Both(bias, (row + right).Op("lt", column).As(ElementType.Bool), n);
        }
        if (n.Try(6) is { } lengths)
        {
            var padding = n.Op("arange", total).As(ElementType.Int64).Op("ge", lengths.Op("reshape", new long[] { -1, 1, 1, 1 })).As(ElementType.Bool);
            bias = Both(bias, padding, n);
        }
        var root = Math.Sqrt(scale);
        var scores = n.Op("matmul", q * root, Repeat(n, pk, q).Op("transpose", -1, -2) * root).As(q.Type);
        var raw = scores;
        if (softcap != 0) scores = (scores / softcap).Op("tanh") * softcap;
        var capped = scores.As(q.Type);
        if (bias is not null) scores = scores + bias.To(q.DType);
        var biased = scores.As(q.Type);
        var precision = n.Has("softmax_precision") ? ElementTypes.Carrier((ElementType)n.Int("softmax_precision")) ?? DType.Float32 : q.DType.Size() < 4 ? DType.Float32 : q.DType;
        var weights = biased.To(precision).Op("softmax", -1).As(ElementTypes.Of(precision));
        if (bias is not null) weights = n.Op("_where", bias.Op("amax", new long[] { -1 }, true).Op("eq", double.NegativeInfinity), weights.Op("zeros_like"), weights);
        weights = weights.As(ElementTypes.Of(precision)).To(q.DType).As(q.Type);
        var y = n.Op("matmul", weights, Repeat(n, pv, q)).As(q.Type);
        if (n.Rank(n[0]) == 3) y = y.Op("transpose", 1, 2).Op("reshape", Operand.Of([n[0].Size(0), n[0].Size(1), -1])).As(q.Type);
        var order = n.Version >= 24 ? new[] { raw, capped, biased, weights } : [raw, capped, biased, weights];
        return [y, pk, pv, order[mode]];
    }

    /// <summary>A mask as numbers to add, wide enough for all keys.</summary>
    static Item Mask(OnnxNode n, Item mask, Operand total)
    {
        var bias = mask.Type == ElementType.Bool ? n.Op("masked_fill", n.Op("zeros_like", mask, new Kw("dtype", DType.Float32)).As(ElementType.Float), mask.Op("logical_not"), double.NegativeInfinity).As(ElementType.Float) : mask;
        if (mask.Size(-1) == total) return bias;
        return bias.Op("constant_pad_nd", Operand.Of([0, n.Importer.Minus(total, mask.Size(-1))]), double.NegativeInfinity).As(bias.Type);
    }

    static Item Both(Item? bias, Item masked, OnnxNode n) => bias is not null ? n.Op("_where", masked, n.Constant(Tensor.FromScalar(double.NegativeInfinity, bias.DType)), bias).As(bias.Type)
        : n.Op("masked_fill", n.Op("zeros_like", masked, new Kw("dtype", DType.Float32)).As(ElementType.Float), masked, double.NegativeInfinity).As(ElementType.Float);

    static Item Rotary(OnnxNode n)
    {
        var x = n[0];
        var flat = n.Rank(x) == 3;
        // [batch, length, heads, size]
        var y = flat ? x.Op("reshape", Operand.Of([x.Size(0), x.Size(1), n.Int("num_heads"), -1])) : x.Op("transpose", 1, 2);
        var size = flat ? n.Importer.Over(x.Size(2), n.Int("num_heads")) : x.Size(3);
        var rotated = n.Int("rotary_embedding_dim", 0) is var r && r > 0 ? (Operand)r : size;
        var half = n.Importer.Over(rotated, 2);
        Item Cache(Item c) => (n.Try(3) is { } p ? n.Op("embedding", c, p) : c).Op("narrow", -1, 0, half).Op("unsqueeze", 2).As(x.Type);
        var (cos, sin) = (Cache(n[1]), Cache(n[2]));
        var turned = y.Op("narrow", -1, 0, rotated);
        var pairs = n.Int("interleaved", 0) != 0;
        var (a, b) = pairs ? (turned.Op("slice", -1, 0, null, 2), turned.Op("slice", -1, 1, null, 2)) : (turned.Op("narrow", -1, 0, half), turned.Op("narrow", -1, half, half));
        var (real, imaginary) = (cos * a - sin * b, sin * a + cos * b);
        var joined = pairs ? n.Op("stack", new[] { real, imaginary }, -1).Op("flatten", -2, -1) : n.Op("cat", new[] { real, imaginary }, -1);
        if (rotated != size) joined = n.Op("cat", new[] { joined, y.Op("narrow", -1, rotated, n.Importer.Minus(size, rotated)) }, -1);
        return (flat ? joined.Op("reshape_as", x) : joined.Op("transpose", 1, 2)).As(x.Type).Sized(x.Dims);
    }

    /// <summary>A state per head that decays and takes in one key and value a step; a loop over the steps.</summary>
    static Item?[] LinearAttention(OnnxNode n)
    {
        var (query, key, value) = (n[0], n[1], n[2]);
        var (hq, hk) = (n.Int("q_num_heads"), n.Int("kv_num_heads"));
        var rule = n.Text("update_rule", "gated_delta");
        var im = n.Importer;
        // [length, batch, heads, size]
        Item Split(Item x, long heads) => x.Op("reshape", Operand.Of([x.Size(0), x.Size(1), heads, -1])).Op("permute", new long[] { 1, 0, 2, 3 }).As(x.Type).To(DType.Float32);
        var (q, k, v) = (Split(query, hq), Split(key, hk), Split(value, hk));
        var decay = rule is "gated" or "gated_delta" ? Split(n[4], hk) : null;
        var beta = rule is "delta" or "gated_delta" ? n[5].Op("reshape", Operand.Of([query.Size(0), query.Size(1), -1, 1])).Op("permute", new long[] { 1, 0, 2, 3 }).As(n[5].Type).To(DType.Float32) : null;
        var (dk, dv) = (im.Over(query.Size(2), hq), im.Over(value.Size(2), hk));
        var state = n.Try(3)?.To(DType.Float32) ?? n.Op("zeros", Operand.Of([query.Size(0), hk, dk, dv]), new Kw("dtype", DType.Float32));
        var scale = n.Float("scale", 0) is var s && s != 0 ? s : 1 / Math.Sqrt(dk.Known() ?? throw n.Error("the size of a head must be known when the model is imported"));
        var length = query.Size(1).Known() ?? throw n.Error("the length of the sequence must be known when the model is imported");
        var outputs = new Item[length];
        for (long t = 0; t < length; t++)
        {
            Item At(Item x) => x.Op("select", 0, t);
            if (decay is not null) state = state * At(decay).Op("exp").Op("unsqueeze", -1);
            var column = At(k).Op("unsqueeze", -1);
            var write = At(v);
            if (beta is not null) write = At(beta) * (write - n.Op("matmul", state.Op("transpose", -1, -2), column).Op("squeeze", -1));
            state = state + n.Op("matmul", column, write.Op("unsqueeze", -2));
            var read = hq == hk ? state : state.Op("repeat_interleave", hq / hk, 1);
            outputs[t] = n.Op("matmul", At(q).Op("unsqueeze", -2), read).Op("squeeze", -2) * scale;
        }
        var y = n.Op("stack", outputs, 1).Op("reshape", Operand.Of([query.Size(0), query.Size(1), -1])).Op("to", query.DType).As(query.Type);
        return [y, state.Op("to", query.DType).As(query.Type)];
    }

    static Item Flex(OnnxNode n)
    {
        var (q, k, v) = (n[0], n[1], n[2]);
        var scale = n.Has("scale") ? n.Float("scale", 1) : 1 / Math.Sqrt(q.Size(3).Known() ?? throw n.Error("the size of a head must be known when the model is imported, or attribute 'scale' given"));
        var precision = n.Has("softmax_precision") ? ElementTypes.Carrier((ElementType)n.Int("softmax_precision")) ?? DType.Float32 : q.DType.Size() < 4 ? DType.Float32 : q.DType;
        var scores = (n.Op("matmul", q.To(precision), Repeat(n, k, q).To(precision).Op("transpose", -1, -2)) * scale).As(ElementTypes.Of(precision));
        if (n.GraphOrNull("score_mod") is { } modify) scores = n.Importer.Inline(modify, [scores])[0].To(precision);
        var weights = scores.Op("softmax", -1).As(scores.Type);
        if (n.GraphOrNull("prob_mod") is { } modifyWeights) weights = n.Importer.Inline(modifyWeights, [weights])[0].To(precision);
        return n.Op("matmul", weights, Repeat(n, v, q).To(precision)).Op("to", q.DType).As(q.Type);
    }
}
