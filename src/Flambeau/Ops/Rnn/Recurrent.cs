using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// Layers of long short-term memory over a sequence <c>[L, N, in]</c> (<c>[N, L, in]</c> if batch first, or <c>[L, in]</c>). <paramref name="hx"/>: start values of h and c,
    /// <c>[layers · directions, N, hidden]</c>. <paramref name="weights"/>: for each layer and direction w_ih, w_hh and, with biases, b_ih, b_hh (with projections also w_hr).
    /// </summary>
    [Op("lstm(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor, Tensor)")]
    public (Tensor Output, Tensor Hidden, Tensor Cell) Lstm(Tensor[] hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst)
    {
        var each = weights.Length / (int)(numLayers * (bidirectional ? 2 : 1));
        var r = new Recurrent(each, numLayers, dropout, train, bidirectional, batchFirst).Run(this, hx, weights, (x, s, w, reverse) =>
        {
            x = Functional.Linear(x, w[0], hasBiases ? Offsets(w[2], w[3]) : null);
            if (each == (hasBiases ? 5 : 3)) return Recurrent.Projected(x, s, w[1], w[^1], reverse);
            var (h, c, _) = x.LstmLayer(s[0], s[1], w[1], reverse, Autograd.Grad.Needs(x, s[0], s[1], w[1]));
            return [h, c];
        });
        return (r.Output, r.States[0], r.States[1]);
    }

    /// <summary>Layers of gated recurrent units over a sequence; arguments as for <see cref="Lstm"/> with one start value.</summary>
    [Op("gru(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)")]
    public (Tensor Output, Tensor Hidden) Gru(Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst) =>
        Single(hx, weights, hasBiases, numLayers, dropout, train, bidirectional, batchFirst, (x, s, w, reverse) =>
        {
            var bias = hasBiases ? w[3] : null;
            x = Functional.Linear(x, w[0], hasBiases ? w[2] : null);
            return [x.GruLayer(s[0], w[1], bias, reverse, Autograd.Grad.Needs(x, s[0], w[1], bias)).Item1];
        });

    /// <summary>Layers of a plain recurrent network with tanh over a sequence; arguments as for <see cref="Gru"/>.</summary>
    [Op("rnn_tanh(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)")]
    public (Tensor Output, Tensor Hidden) RnnTanh(Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst) =>
        Simple(false, hx, weights, hasBiases, numLayers, dropout, train, bidirectional, batchFirst);

    /// <summary>Layers of a plain recurrent network with max(0, ·) over a sequence; arguments as for <see cref="Gru"/>.</summary>
    [Op("rnn_relu(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)")]
    public (Tensor Output, Tensor Hidden) RnnRelu(Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst) =>
        Simple(true, hx, weights, hasBiases, numLayers, dropout, train, bidirectional, batchFirst);

    (Tensor, Tensor) Simple(bool relu, Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst) =>
        Single(hx, weights, hasBiases, numLayers, dropout, train, bidirectional, batchFirst, (x, s, w, reverse) =>
            [Functional.Linear(x, w[0], hasBiases ? Offsets(w[2], w[3]) : null).SimpleLayer(s[0], w[1], relu, reverse)]);

    (Tensor, Tensor) Single(Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst, Recurrent.Layer layer)
    {
        var r = new Recurrent(hasBiases ? 4 : 2, numLayers, dropout, train, bidirectional, batchFirst).Run(this, [hx], weights, layer);
        return (r.Output, r.States[0]);
    }
}

/// <summary>Stacks layers and directions of a recurrent network.</summary>
internal sealed record Recurrent(int WeightsEach, long Layers, double Dropout, bool Train, bool Bidirectional, bool BatchFirst)
{
    /// <summary>One direction of one layer: from a sequence <c>[L, N, in]</c>, start values <c>[N, …]</c> and weights to the states at all steps, the hidden state first.</summary>
    internal delegate Tensor[] Layer(Tensor x, Tensor[] start, Tensor[] weights, bool reverse);

    internal (Tensor Output, Tensor[] States) Run(Tensor input, Tensor[] start, Tensor[] weights, Layer run)
    {
        if (input.Rank == 2)
        {
            var (flat, last) = (this with { BatchFirst = false }).Run(input.Unsqueeze(1), [.. start.Select(static s => s.Unsqueeze(1))], weights, run);
            return (flat.Select(1, 0), [.. last.Select(static s => s.Select(1, 0))]);
        }
        var directions = Bidirectional ? 2 : 1;
        if (input.Rank != 3 || weights.Length != WeightsEach * Layers * directions || start.Any(s => s.Rank != 3 || s.Size(0) != Layers * directions))
            throw new ArgumentException($"recurrent network: input has shape {input.Shape}, {weights.Length} weights and start values of shape {string.Join(", ", start.Select(static s => s.Shape))} were given for {Layers} layers and {directions} directions of {WeightsEach} weights each");
        var x = BatchFirst ? input.SwapAxes(0, 1) : input;
        var ends = start.Select(static _ => new List<Tensor>()).ToArray();
        for (var layer = 0; layer < Layers; layer++)
        {
            var outputs = new Tensor[directions];
            for (var d = 0; d < directions; d++)
            {
                var k = layer * directions + d;
                var states = run(x, [.. start.Select(s => s.Select(0, k))], weights[(k * WeightsEach)..((k + 1) * WeightsEach)], d == 1);
                outputs[d] = states[0];
                for (var i = 0; i < ends.Length; i++) ends[i].Add(states[i].Select(0, d == 1 ? 0 : -1));
            }
            x = directions == 1 ? outputs[0] : Tensor.Cat(outputs, -1);
            if (layer < Layers - 1) x = Functional.Dropout(x, Dropout, Train);
        }
        return (BatchFirst ? x.SwapAxes(0, 1) : x, [.. ends.Select(static e => Tensor.Stack([.. e]))]);
    }

    /// <summary>Long short-term memory whose hidden state is projected at every step (Sak et al., arXiv:1402.1128).</summary>
    internal static Tensor[] Projected(Tensor x, Tensor[] start, Tensor wHh, Tensor wHr, bool reverse) => RecurrentRunner.Composite(x, start, reverse, (x, s) =>
    {
        var (h, c) = Tensor.LstmStates(Tensor.LstmGates(x + Functional.Linear(s[0], wHh)), s[1]);
        return [Functional.Linear(h, wHr), c];
    });
}
