using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>
/// Recurrent layers. Our layer takes the input's gates, the format's the input: a linear map before it, if nothing else uses it, gives its weights;
/// else the identity is the weight.
/// </summary>
internal static class RnnExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Do(static n => Layer(n, "LSTM", 4), "_lstm_layer");
        t.Do(static n => Layer(n, "GRU", 3), "_gru_layer");
        t.Do(static n => Layer(n, "RNN", 1), "_rnn_layer");
        t.Do(static n => Stack(n, "LSTM", 4), "lstm");
        t.Do(static n => Stack(n, "GRU", 3), "gru");
        t.Do(static n => Stack(n, "RNN", 1), "rnn_tanh", "rnn_relu");
        t.Do(static n => Cell(n, "LSTM", 4), "lstm_cell");
        t.Do(static n => Cell(n, "GRU", 3), "gru_cell");
        t.Do(static n => Cell(n, "RNN", 1), "rnn_tanh_cell", "rnn_relu_cell");
    }

    /// <summary>i f g o as i o f c; r z n as z r h.</summary>
    static int[] Order(int gates) => gates switch { 4 => [0, 3, 1, 2], 3 => [1, 0, 2], _ => [0] };

    /// <summary>Rows of gates in the format's order: at once for state, else by nodes.</summary>
    static string Rows(ExportNode n, Operand o, int gates, long hidden)
    {
        if (gates == 1) return n.T(o);
        if (n.To.State(o) is { } state)
        {
            using var off = Autograd.Grad.No();
            var t = state.Tensor.Detach();
            return n.To.Initializer(state.Name, Tensor.Cat([.. Order(gates).Select(g => t.Narrow(0, g * hidden, hidden))], 0));
        }
        var parts = n.Es("Split", gates, [n.T(o), n.I([.. Enumerable.Repeat(hidden, gates)])], ("axis", 0L));
        return n.E("Concat", Order(gates).Select(g => parts[g]).ToArray(), ("axis", 0L));
    }

    static string Front(ExportNode n, string x) => n.E("Unsqueeze", [x, n.I([0L])]);

    static void Layer(ExportNode n, string op, int gates)
    {
        var hidden = n.Size(n["w_hh"], 1);
        var d = n.DType(n["input"]);
        var x = n["input"];
        string input, w, inputBias;
        if (x.Value is { } v && v.Definition is OpNode { Name: "nn.functional.linear" or "linear" } map && n.To.Uses(v) == 1)
        {
            (input, w) = (n.T(map["input"]), Rows(n, map["weight"], gates, hidden));
            inputBias = map["bias"].IsNone ? Zeros() : Rows(n, map["bias"], gates, hidden);
        }
        else
        {
            input = n.T(x);
            w = n.To.Constant(Tensor.Cat([.. Order(gates).Select(g => Eye(gates * hidden).Narrow(0, g * hidden, hidden))], 0).To(d));
            inputBias = Zeros();
        }
        var stateBias = n.Try("b_hh").IsNone ? Zeros() : Rows(n, n["b_hh"], gates, hidden);
        var bias = Front(n, n.E("Concat", [inputBias, stateBias], ("axis", 0L)));
        var reverse = n.Bool("reverse");
        var outputs = n.Es(op, gates == 4 ? 3 : 2, [input, Front(n, w), Front(n, Rows(n, n["w_hh"], gates, hidden)), bias, null, Front(n, n.T("h0")), gates == 4 ? Front(n, n.T("c0")) : null],
            ("hidden_size", hidden), ("direction", reverse ? "reverse" : "forward"), ("linear_before_reset", gates == 3 ? 1L : null), Activation(n, gates));
        n.Set(0, n.E("Squeeze", [outputs[0], n.I([1L])]));
        // The cells of all steps aren't given, only the last.
        if (gates == 4 && n.Uses(1)) n.Set(1, n.E("Squeeze", [outputs[2], n.I([0L])]));

        string Zeros() => n.To.Constant(Tensor.Zeros([gates * hidden], d));
    }

    static Tensor Eye(long n) => Tensor.Arange(0, n).Reshape([n, 1]).Eq(Tensor.Arange(0, n)).To(DType.Float32);

    static (string, object?) Activation(ExportNode n, int gates) => gates == 1 && !n.Try("relu").IsNone && n.Bool("relu") ? throw n.Error("a recurrent layer with relu can't be exported in this form") : ("clip", null);

    /// <summary>Of the cells of all steps only the last is known.</summary>
    internal static string LastCell(ExportNode n)
    {
        var layer = (OpNode)n.First.Value!.Definition!;
        var last = layer["reverse"].Constant is true ? 0L : -1L;
        var index = n.Const("index") as long?;
        var length = n.Type(n.First).Shape?[0].Size;
        if (n.Int("dim") != 0 || (index != last && !(last == -1 && index + 1 == length))) throw n.Error("of an LSTM's cells only the last can be exported");
        return n.T(n.First);
    }

    /// <summary>Layers on layers, as scripted programs and imported models call them.</summary>
    static void Stack(ExportNode n, string op, int gates)
    {
        var parameters = n["params"].List ?? throw n.Error("the list of parameters must be known");
        var (biases, layers, both) = (n.Bool("has_biases"), (int)n.Int("num_layers"), n.Bool("bidirectional"));
        if (n.Float("dropout") != 0 && n.Bool("train")) throw n.Error("dropout between layers can't be exported; call Eval() on the module");
        var directions = both ? 2 : 1;
        var each = biases ? 4 : 2;
        if (parameters.Count != layers * directions * each) throw n.Error("projections can't be exported");
        var batchFirst = n.Bool("batch_first");
        var hx = n["hx"].List;
        var (h0, c0) = (hx is null ? n.T("hx") : n.T(hx[0]), gates == 4 ? n.T(hx![1]) : null);
        var x = n.T("input");
        if (batchFirst) x = n.E("Transpose", [x], ("perm", new long[] { 1, 0, 2 }));
        var hidden = n.Size(parameters[1], 1);
        List<string> hs = [], cs = [];
        for (var l = 0; l < layers; l++)
        {
            string Of(int k) => Joined(n, Enumerable.Range(0, directions).Select(d => Front(n, Rows(n, parameters[(l * directions + d) * each + k], gates, hidden))));
            var bias = biases ? n.E("Concat", [Of(2), Of(3)], ("axis", 1L)) : null;
            string? Start(string? s) => s is null ? null : layers == 1 ? s : n.E("Slice", [s, n.I((long)l * directions), n.I((long)(l + 1) * directions), n.I([0L])]);
            var activations = n.Node.Name == "rnn_relu" ? ("activations", (object?)Enumerable.Repeat("Relu", directions).ToArray()) : ("activations", null);
            var o = n.Es(op, gates == 4 ? 3 : 2, [x, Of(0), Of(1), bias, null, Start(h0), Start(c0)],
                ("hidden_size", hidden), ("direction", both ? "bidirectional" : "forward"), ("linear_before_reset", gates == 3 ? 1L : null), activations);
            // [length, directions, batch, hidden] → [length, batch, directions * hidden]
            x = both ? n.E("Reshape", [n.E("Transpose", [o[0]], ("perm", new long[] { 0, 2, 1, 3 })), n.I(0, 0, -1)]) : n.E("Squeeze", [o[0], n.I([1L])]);
            hs.Add(o[1]);
            if (gates == 4) cs.Add(o[2]);
        }
        n.Set(0, batchFirst ? n.E("Transpose", [x], ("perm", new long[] { 1, 0, 2 })) : x);
        n.Set(1, Joined(n, hs));
        if (gates == 4) n.Set(2, Joined(n, cs));
    }

    /// <summary>One step: a sequence of one.</summary>
    static void Cell(ExportNode n, string op, int gates)
    {
        if (n.Type(n["input"]).Shape is { Count: not 2 } shape) throw n.Error($"a recurrent cell's input must be [N, features]; it has {shape.Count} axes");
        if (n.Try("b_ih").IsNone != n.Try("b_hh").IsNone) throw n.Error("a recurrent cell needs both biases or none");
        var hidden = n.Size(n["w_hh"], 1);
        string Of(string weight) => Front(n, Rows(n, n[weight], gates, hidden));
        var hx = n["hx"].List;
        var bias = n.Try("b_ih").IsNone ? null : n.E("Concat", [Of("b_ih"), Of("b_hh")], ("axis", 1L));
        var activations = n.Node.Name == "rnn_relu_cell" ? ("activations", (object?)(string[])["Relu"]) : ("activations", null);
        var o = n.Es(op, gates == 4 ? 3 : 2, [Front(n, n.T("input")), Of("w_ih"), Of("w_hh"), bias, null, Front(n, hx is null ? n.T("hx") : n.T(hx[0])), gates == 4 ? Front(n, n.T(hx![1])) : null],
            ("hidden_size", hidden), ("linear_before_reset", gates == 3 ? 1L : null), activations);
        n.Set(0, n.E("Squeeze", [o[1], n.I([0L])]));
        if (gates == 4) n.Set(1, n.E("Squeeze", [o[2], n.I([0L])]));
    }

    static string Joined(ExportNode n, IEnumerable<string> parts) => parts.ToArray() is var p && p.Length == 1 ? p[0] : n.E("Concat", p, ("axis", 0L));
}
