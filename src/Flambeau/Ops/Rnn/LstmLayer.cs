using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Long short-term memory over a sequence: the projected input (with all offsets) <c>[T, N, 4 hidden]</c>, states <c>[N, hidden]</c> and the state's weight <c>[4 hidden, hidden]</c> give hidden states and cells
/// <c>[T, N, hidden]</c>, and the gates <c>[T, N, 4 hidden]</c> if kept for a gradient, else an empty tensor. Hochreiter and Schmidhuber, 1997.
/// </summary>
[Op("_lstm_layer(Tensor input, Tensor h0, Tensor c0, Tensor w_hh, bool reverse, bool keep) -> (Tensor, Tensor, Tensor)")]
public readonly partial record struct LstmLayer(bool Reverse, bool Keep)
{
    internal (Tensor, Tensor, Tensor) Forward(Tensor input, Tensor h0, Tensor c0, Tensor wHh) => RecurrentRunner.Forward<LstmFormulas>("lstm", input, h0, c0, wHh, null, Reverse, Keep);

    internal (Tensor?, Tensor?, Tensor?, Tensor?) Vjp(Tensor input, Tensor h0, Tensor c0, Tensor wHh, Tensor y0, Tensor y1, Tensor y2, Tensor? dy0, Tensor? dy1, Tensor? dy2, Needs needs)
    {
        if (Keep && dy2 is null && !Autograd.Grad.Enabled) return y0.LstmLayerBackward(dy0, dy1, h0, c0, wHh, y1, y2, Reverse, needs[3]).Where(needs[3]);
        var reverse = Reverse;
        var r = Recompute.Vjp(xs => RecurrentRunner.Composite(xs[0]!, [xs[1]!, xs[2]!], reverse, (x, s) =>
        {
            var gates = Tensor.LstmGates(x + s[0].Linear(xs[3]!));
            var (h, c) = Tensor.LstmStates(gates, s[1]);
            return [h, c, Tensor.Cat(gates, -1)];
        }), [input, h0, c0, wHh], [dy0, dy1, Keep ? dy2 : null]);
        return (r[0], r[1], r[2], r[3]);
    }
}

/// <summary>Gradients of <see cref="LstmLayer"/> with respect to the input, the states and the weight, which comes empty if not wanted.</summary>
[Op("_lstm_layer_backward(Tensor h, Tensor? grad_h, Tensor? grad_c, Tensor h0, Tensor c0, Tensor w_hh, Tensor c, Tensor gates, bool reverse, bool needs_weight) -> (Tensor, Tensor, Tensor, Tensor)")]
public readonly partial record struct LstmLayerBackward(bool Reverse, bool NeedsWeight)
{
    internal (Tensor, Tensor, Tensor, Tensor) Forward(Tensor h, Tensor? gradH, Tensor? gradC, Tensor h0, Tensor c0, Tensor wHh, Tensor c, Tensor gates)
    {
        var (dx, _, dh0, dc0, dw) = RecurrentRunner.Backward<LstmFormulas>(gradH, gradC, h0, c0, wHh, h, c, gates, Reverse, NeedsWeight);
        return (dx, dh0, dc0, dw);
    }
}

internal static class WantedWeight
{
    internal static (Tensor?, Tensor?, Tensor?, Tensor?) Where(this (Tensor, Tensor, Tensor, Tensor) g, bool wanted) => (g.Item1, g.Item2, g.Item3, wanted ? g.Item4 : null);
}
