using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// A plain recurrent network over a sequence, with tanh or max(0, ·): the projected input (with all offsets) <c>[T, N, hidden]</c>, state <c>[N, hidden]</c> and the state's weight <c>[hidden, hidden]</c>
/// give hidden states <c>[T, N, hidden]</c>. Elman, "Finding Structure in Time", 1990.
/// </summary>
[Op("_rnn_layer(Tensor input, Tensor h0, Tensor w_hh, bool relu, bool reverse) -> Tensor")]
public readonly partial record struct SimpleLayer(bool Relu, bool Reverse)
{
    internal Tensor Forward(Tensor input, Tensor h0, Tensor wHh) =>
        (Relu ? RecurrentRunner.Forward<ReluFormulas>("rnn_relu", input, h0, null, wHh, null, Reverse, false) : RecurrentRunner.Forward<TanhFormulas>("rnn_tanh", input, h0, null, wHh, null, Reverse, false)).H;

    internal (Tensor?, Tensor?, Tensor?) Vjp(Tensor input, Tensor h0, Tensor wHh, Tensor y, Tensor dy, Needs needs)
    {
        if (!Autograd.Grad.Enabled)
        {
            var (dx, dh0, dw) = y.SimpleLayerBackward(dy, h0, wHh, Relu, Reverse, needs[2]);
            return (dx, dh0, needs[2] ? dw : null);
        }
        var (relu, reverse) = (Relu, Reverse);
        var r = Recompute.Vjp(xs => RecurrentRunner.Composite(xs[0]!, [xs[1]!], reverse, (x, s) =>
        {
            var sum = x + s[0].Linear(xs[2]!);
            return [relu ? sum.Relu() : sum.Tanh()];
        }), [input, h0, wHh], [dy]);
        return (r[0], r[1], r[2]);
    }
}

/// <summary>Gradients of <see cref="SimpleLayer"/> with respect to the input, the state, and the weight, which comes empty if not wanted.</summary>
[Op("_rnn_layer_backward(Tensor h, Tensor grad_h, Tensor h0, Tensor w_hh, bool relu, bool reverse, bool needs_weight) -> (Tensor, Tensor, Tensor)")]
public readonly partial record struct SimpleLayerBackward(bool Relu, bool Reverse, bool NeedsWeight)
{
    internal (Tensor, Tensor, Tensor) Forward(Tensor h, Tensor gradH, Tensor h0, Tensor wHh)
    {
        var (dx, _, dh0, _, dw) = Relu
            ? RecurrentRunner.Backward<ReluFormulas>(gradH, null, h0, null, wHh, h, null, null, Reverse, NeedsWeight)
            : RecurrentRunner.Backward<TanhFormulas>(gradH, null, h0, null, wHh, h, null, null, Reverse, NeedsWeight);
        return (dx, dh0, dw);
    }
}
