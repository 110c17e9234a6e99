using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>
/// Recurrent layers. The usual ones become our own layer, its weights put in our order; those with peepholes, other activations, lengths or clipping
/// become steps, one after the other, of a sequence whose length is known.
/// </summary>
internal static class RnnOps
{
    internal static void Add(OpTable t)
    {
        t.Many("LSTM", 1, static n => Layer(n, 4));
        t.Many("GRU", 1, static n => Layer(n, 3));
        t.Many("RNN", 1, static n => Layer(n, 1));
    }

    static Item?[] Layer(OnnxNode n, int gates)
    {
        var (x, w, r) = (n[0], n[1], n[2]);
        var bias = n.Try(3);
        var hidden = n.Has("hidden_size") ? n.Int("hidden_size") : r.Size(2).Known() ?? throw n.Error("attribute 'hidden_size' is missing");
        var batchFirst = n.Int("layout", 0) != 0;
        if (batchFirst) x = x.Op("transpose", 0, 1).Sized(x.Dims is { } d ? [d[1], d[0], d[2]] : null);
        var direction = n.Text("direction", "forward");
        var count = direction == "bidirectional" ? 2 : 1;
        var (length, batch) = (x.Size(0), x.Size(1));
        Item Start(int input) => n.Try(input) is { } s ? batchFirst ? s.Op("transpose", 0, 1) : s : n.Op("zeros", Operand.Of([count, batch, hidden]), new Kw("dtype", x.DType)).As(x.Type);
        var (h0, c0) = (Start(5), gates == 4 ? Start(6) : null);
        var plain = Enumerable.Range(0, count).All(k => new Cell(n, gates, hidden, k, w, r, bias).IsPlain);
        if (plain && !batchFirst) return Whole(n, gates, x, count, hidden, h0, c0, direction == "reverse");
        var ys = new Item[count];
        var hs = new Item[count];
        var cs = new Item?[count];
        for (var k = 0; k < count; k++)
        {
            var reverse = direction == "reverse" || k == 1;
            Item Of(Item i) => i.Op("select", 0, k);
            var cell = new Cell(n, gates, hidden, k, Of(w), Of(r), bias is null ? null : Of(bias));
            (ys[k], hs[k], cs[k]) = cell.IsPlain ? cell.Ours(x, Of(h0), c0 is null ? null : Of(c0), reverse) : cell.Steps(x, Of(h0), c0 is null ? null : Of(c0), reverse);
        }
        // Y is [length, directions, batch, hidden], with layout 1 [batch, length, directions, hidden]
        var y = n.Op("stack", ys, batchFirst ? 2 : 1);
        if (batchFirst) y = n.Op("stack", ys.Select(static v => v.Op("transpose", 0, 1)).ToArray(), 2);
        Item Last(Item[] states) => n.Op("stack", states, batchFirst ? 1 : 0).As(x.Type);
        Dim Size(Operand o) => o.Known() is { } v ? v : default;
        Dim[] dims = batchFirst ? [Size(batch), Size(length), count, hidden] : [Size(length), count, Size(batch), hidden];
        return [y.As(x.Type).Sized(dims), Last(hs), gates == 4 ? Last([.. cs.Select(static c => c!)]) : null];
    }

    /// <summary>Our own layer, of one direction or two.</summary>
    static Item?[] Whole(OnnxNode n, int gates, Item x, int count, long hidden, Item h0, Item? c0, bool reverse)
    {
        var parameters = new List<Item>();
        for (var k = 0; k < count; k++) parameters.AddRange(new Cell(n, gates, hidden, k, n[1].Op("select", 0, k), n[2].Op("select", 0, k), n.Try(3)?.Op("select", 0, k)).Parameters());
        object?[] rest = [parameters, n.Try(3) is not null, 1, 0.0, false, count == 2, false];
        var input = reverse ? x.Op("flip", new long[] { 0 }) : x;
        var result = gates == 4 ? n.Ops("lstm", [input, new[] { h0, c0! }, .. rest]) : n.Ops(gates == 3 ? "gru" : n.Texts("activations")?[0] == "Relu" ? "rnn_relu" : "rnn_tanh", [input, h0, .. rest]);
        static Dim Size(Operand o) => o.Known() is { } v ? v : default;
        var (length, batch) = (Size(x.Size(0)), Size(x.Size(1)));
        var y = (reverse ? result[0].Op("flip", new long[] { 0 }) : result[0]).As(x.Type).Sized([length, batch, count * hidden]);
        Item all;
        if (count == 1) all = y.Op("unsqueeze", 1).As(x.Type).Sized([length, 1, batch, hidden]).Moved("unsqueeze", y, 1);
        else
        {
            var apart = y.Op("reshape", Operand.Of([x.Size(0), x.Size(1), count, hidden])).As(x.Type).Sized([length, batch, count, hidden]).Moved("reshape", y);
            all = apart.Op("permute", new long[] { 0, 2, 1, 3 }).As(x.Type).Sized([length, count, batch, hidden]).Moved("permute", apart, 0, 2, 1, 3);
        }
        Item?[] states = [.. result.Skip(1).Select(s => s.As(x.Type).Sized([count, batch, hidden]))];
        return gates == 4 ? [all, states[0], states[1]] : [all, states[0]];
    }

    /// <summary>One direction of one layer.</summary>
    sealed class Cell(OnnxNode n, int gates, long hidden, int direction, Item w, Item r, Item? bias)
    {
        readonly string[] activations = Activations(n, gates, direction);
        readonly bool linearBeforeReset = n.Int("linear_before_reset", 0) != 0;

        static string[] Activations(OnnxNode n, int gates, int direction)
        {
            string[] usual = gates switch { 4 => ["sigmoid", "tanh", "tanh"], 3 => ["sigmoid", "tanh"], _ => ["tanh"] };
            return n.Texts("activations") is { } a ? [.. a.Skip(direction * usual.Length).Take(usual.Length).Select(static s => s.ToLowerInvariant())] : usual;
        }

        /// <summary>Our layer computes it.</summary>
        internal bool IsPlain => n.Try(4) is null && n.Try(7) is null && !n.Has("clip") && n.Int("input_forget", 0) == 0
            && gates switch { 4 => activations is ["sigmoid", "tanh", "tanh"], 3 => linearBeforeReset && activations is ["sigmoid", "tanh"], _ => activations is ["tanh"] or ["relu"] };

        Item Part(Item m, int gate) => m.Op("narrow", 0, gate * hidden, hidden);

        /// <summary>Gates in our order: i f g o for the format's i o f c; r z n for z r h.</summary>
        Item Order(Item m)
        {
            int[] order = gates switch { 4 => [0, 2, 3, 1], 3 => [1, 0, 2], _ => [0] };
            return gates == 1 ? m : n.Op("cat", order.Select(g => Part(m, g)).ToArray(), 0).As(m.Type);
        }

        /// <summary>Weights and biases in our order of gates.</summary>
        internal Item[] Parameters() => bias is null ? [Order(w), Order(r)] : [Order(w), Order(r), Order(bias.Op("narrow", 0, 0, gates * hidden)), Order(bias.Op("narrow", 0, gates * hidden, gates * hidden))];

        internal (Item, Item, Item?) Ours(Item x, Item h0, Item? c0, bool reverse)
        {
            var input = reverse ? x.Op("flip", new long[] { 0 }) : x;
            var parameters = Parameters();
            var h = h0.Op("unsqueeze", 0);
            object?[] rest = [parameters, bias is not null, 1, 0.0, false, false, false];
            var result = gates == 4 ? n.Ops("lstm", [input, new[] { h, c0!.Op("unsqueeze", 0) }, .. rest])
                : n.Ops(gates == 3 ? "gru" : activations[0] == "relu" ? "rnn_relu" : "rnn_tanh", [input, h, .. rest]);
            var y = reverse ? result[0].Op("flip", new long[] { 0 }) : result[0];
            return (y.As(x.Type), result[1].Op("select", 0, 0).As(x.Type), gates == 4 ? result[2].Op("select", 0, 0).As(x.Type) : null);
        }

        internal (Item, Item, Item?) Steps(Item x, Item h, Item? c, bool reverse)
        {
            var length = x.Size(0).Known() ?? throw n.Error("the length of the sequence must be known when the model is imported for this variant");
            var outputs = new Item[length];
            var (wt, rt) = (w.Op("t"), r.Op("t"));
            var lengths = n.Try(4);
            for (long step = 0; step < length; step++)
            {
                var at = reverse ? length - 1 - step : step;
                var (h2, c2) = Step(x.Op("select", 0, at), h, c, wt, rt);
                if (lengths is not null)
                {
                    var live = lengths.Op("gt", at).As(ElementType.Bool).Op("unsqueeze", 1);
                    outputs[at] = n.Op("_where", live, h2, h2.Op("zeros_like")).As(x.Type);
                    h = n.Op("_where", live, h2, h).As(x.Type);
                    c = c is null ? null : n.Op("_where", live, c2!, c).As(x.Type);
                }
                else (outputs[at], h, c) = (h2, h2, c2);
            }
            return (n.Op("stack", outputs, 0).As(x.Type), h, c);
        }

        (Item, Item?) Step(Item x, Item h, Item? c, Item wt, Item rt)
        {
            Item Act(int i, Item v) => Activate(activations[i], n.Has("clip") ? v.Op("clamp", -n.Float("clip", 0), n.Float("clip", 0)) : v);
            var wb = bias?.Op("narrow", 0, 0, gates * hidden);
            var rb = bias?.Op("narrow", 0, gates * hidden, gates * hidden);
            var fromX = n.Op("matmul", x, wt);
            if (wb is not null) fromX = fromX + wb;
            Item Gate(Item v, int g) => v.Op("narrow", 1, g * hidden, hidden).As(x.Type);
            if (gates == 3)
            {
                Item Recurrent(Item state, int g) => n.Op("matmul", state, rt.Op("narrow", 1, g * hidden, hidden)) is var v && rb is not null ? v + Part(rb, g) : v;
                var z = Act(0, Gate(fromX, 0) + Recurrent(h, 0));
                var r = Act(0, Gate(fromX, 1) + Recurrent(h, 1));
                var candidate = Act(1, Gate(fromX, 2) + (linearBeforeReset ? r * Recurrent(h, 2) : Recurrent(r * h, 2)));
                return ((z.Op("rsub", 1.0) * candidate + z * h).As(x.Type), null);
            }
            var all = fromX + n.Op("matmul", h, rt);
            if (rb is not null) all = all + rb;
            if (gates == 1) return (Act(0, all).As(x.Type), null);
            var peep = n.Try(7)?.Op("select", 0, direction);
            Item Peep(Item v, int g, Item cell) => peep is null ? v : v + Part(peep, g) * cell;
            var i = Act(0, Peep(Gate(all, 0), 0, c!));
            var f = n.Int("input_forget", 0) != 0 ? i.Op("rsub", 1.0) : Act(0, Peep(Gate(all, 2), 2, c!));
            var c2 = (f * c! + i * Act(1, Gate(all, 3))).As(x.Type);
            var o = Act(0, Peep(Gate(all, 1), 1, c2));
            return ((o * Activate(activations[2], c2)).As(x.Type), c2);
        }

        Item Activate(string name, Item v) => (name switch
        {
            "sigmoid" or "tanh" or "relu" => v.Op(name),
            "softsign" => v.Op("nn.functional.softsign"),
            "softplus" => v.Op("softplus"),
            "affine" => v,
            "leakyrelu" => v.Op("leaky_relu", 0.01),
            "elu" => v.Op("elu"),
            "hardsigmoid" => (v * 0.2 + 0.5).Op("clamp", 0, 1),
            _ => throw n.Error($"activation '{name}' is not supported"),
        }).As(v.Type);
    }
}
