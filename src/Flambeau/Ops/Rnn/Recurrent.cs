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
        var projected = each == (hasBiases ? 5 : 3);
        var r = new Recurrent(each, hasBiases, numLayers, dropout, train, bidirectional, batchFirst).Run(this, hx, weights, (x, s, w) =>
        {
            var (h, c) = LstmStep(x, s[0], s[1], w[1], hasBiases ? w[3] : null);
            return [projected ? Functional.Linear(h, w[^1]) : h, c];
        });
        return (r.Output, r.States[0], r.States[1]);
    }

    /// <summary>Layers of gated recurrent units over a sequence; arguments as for <see cref="Lstm"/> with one start value.</summary>
    [Op("gru(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)")]
    public (Tensor Output, Tensor Hidden) Gru(Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst) =>
        Single(hx, weights, hasBiases, numLayers, dropout, train, bidirectional, batchFirst, (x, s, w) => [GruStep(x, s[0], w[1], hasBiases ? w[3] : null)]);

    /// <summary>Layers of a plain recurrent network with tanh over a sequence; arguments as for <see cref="Gru"/>.</summary>
    [Op("rnn_tanh(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)")]
    public (Tensor Output, Tensor Hidden) RnnTanh(Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst) =>
        Single(hx, weights, hasBiases, numLayers, dropout, train, bidirectional, batchFirst, (x, s, w) => [(x + Functional.Linear(s[0], w[1], hasBiases ? w[3] : null)).Tanh()]);

    /// <summary>Layers of a plain recurrent network with max(0, ·) over a sequence; arguments as for <see cref="Gru"/>.</summary>
    [Op("rnn_relu(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)")]
    public (Tensor Output, Tensor Hidden) RnnRelu(Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst) =>
        Single(hx, weights, hasBiases, numLayers, dropout, train, bidirectional, batchFirst, (x, s, w) => [(x + Functional.Linear(s[0], w[1], hasBiases ? w[3] : null)).Relu()]);

    (Tensor, Tensor) Single(Tensor hx, Tensor[] weights, bool hasBiases, long numLayers, double dropout, bool train, bool bidirectional, bool batchFirst, Func<Tensor, Tensor[], Tensor[], Tensor[]> step)
    {
        var r = new Recurrent(hasBiases ? 4 : 2, hasBiases, numLayers, dropout, train, bidirectional, batchFirst).Run(this, [hx], weights, step);
        return (r.Output, r.States[0]);
    }
}

/// <summary>Runs a cell along a sequence, layer by layer; the products with the inputs of all steps are one matrix product a layer.</summary>
internal sealed record Recurrent(int WeightsEach, bool HasBiases, long Layers, double Dropout, bool Train, bool Bidirectional, bool BatchFirst)
{
    internal (Tensor Output, Tensor[] States) Run(Tensor input, Tensor[] start, Tensor[] weights, Func<Tensor, Tensor[], Tensor[], Tensor[]> step)
    {
        if (input.Rank == 2)
        {
            var (flat, last) = (this with { BatchFirst = false }).Run(input.Unsqueeze(1), [.. start.Select(static s => s.Unsqueeze(1))], weights, step);
            return (flat.Select(1, 0), [.. last.Select(static s => s.Select(1, 0))]);
        }
        var directions = Bidirectional ? 2 : 1;
        if (input.Rank != 3 || weights.Length != WeightsEach * Layers * directions || start.Any(s => s.Rank != 3 || s.Size(0) != Layers * directions))
            throw new ArgumentException($"recurrent network: input has shape {input.Shape}, {weights.Length} weights and start values of shape {string.Join(", ", start.Select(static s => s.Shape))} were given for {Layers} layers and {directions} directions of {WeightsEach} weights each");
        var x = BatchFirst ? input.Transpose(0, 1) : input;
        var ends = start.Select(static _ => new List<Tensor>()).ToArray();
        for (var layer = 0; layer < Layers; layer++)
        {
            var outputs = new Tensor[directions];
            for (var d = 0; d < directions; d++)
            {
                var k = layer * directions + d;
                var w = weights[(k * WeightsEach)..((k + 1) * WeightsEach)];
                var state = start.Select(s => s.Select(0, k)).ToArray();
                outputs[d] = Direction(x, ref state, w, step, reverse: d == 1);
                for (var i = 0; i < ends.Length; i++) ends[i].Add(state[i]);
            }
            x = directions == 1 ? outputs[0] : Tensor.Cat(outputs, -1);
            if (layer < Layers - 1) x = Functional.Dropout(x, Dropout, Train);
        }
        return (BatchFirst ? x.Transpose(0, 1) : x, [.. ends.Select(static e => Tensor.Stack([.. e]))]);
    }

    Tensor Direction(Tensor x, ref Tensor[] state, Tensor[] w, Func<Tensor, Tensor[], Tensor[], Tensor[]> step, bool reverse)
    {
        var steps = Functional.Linear(x, w[0], HasBiases ? w[2] : null).Unbind(0);
        var outputs = new Tensor[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var t = reverse ? steps.Length - 1 - i : i;
            state = step(steps[t], state, w);
            outputs[t] = state[0];
        }
        return Tensor.Stack(outputs);
    }
}
