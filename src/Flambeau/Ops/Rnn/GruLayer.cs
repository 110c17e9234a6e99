using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Gated recurrent units over a sequence: the projected input <c>[T, N, 3 hidden]</c>, state <c>[N, hidden]</c>, the state's weight <c>[3 hidden, hidden]</c> and offsets give hidden states
/// <c>[T, N, hidden]</c>, and what a gradient needs, <c>[T, N, 4 hidden]</c>, if it is kept, else an empty tensor. Cho et al., arXiv:1406.1078.
/// </summary>
[Op("_gru_layer(Tensor input, Tensor h0, Tensor w_hh, Tensor? b_hh, bool reverse, bool keep) -> (Tensor, Tensor)")]
public readonly partial record struct GruLayer(bool Reverse, bool Keep)
{
    internal (Tensor, Tensor) Forward(Tensor input, Tensor h0, Tensor wHh, Tensor? bHh)
    {
        var (h, _, kept) = RecurrentRunner.Forward<GruFormulas>("gru", input, h0, null, wHh, bHh, Reverse, Keep);
        return (h, kept);
    }

    internal (Tensor?, Tensor?, Tensor?, Tensor?) Vjp(Tensor input, Tensor h0, Tensor wHh, Tensor? bHh, Tensor y0, Tensor y1, Tensor? dy0, Tensor? dy1, Needs needs)
    {
        if (Keep && dy1 is null && !Autograd.Grad.Enabled)
        {
            var (dx, du, dh0, dw) = y0.GruLayerBackward(dy0, h0, wHh, y1, Reverse, needs[2]);
            return (dx, dh0, needs[2] ? dw : null, bHh is not null && needs[3] ? du.Sum([0, 1]) : null);
        }
        var reverse = Reverse;
        var r = Recompute.Vjp(xs => RecurrentRunner.Composite(xs[0]!, [xs[1]!], reverse, (x, s) =>
        {
            var (h, kept) = Tensor.GruStep(x, s[0], xs[2]!, xs[3]);
            return [h, Tensor.Cat(kept, -1)];
        }), [input, h0, wHh, bHh], [dy0, Keep ? dy1 : null]);
        return (r[0], r[1], r[2], r[3]);
    }
}

/// <summary>Gradients of <see cref="GruLayer"/> with respect to the input's and the state's part of the gates, the state, and the weight, which comes empty if not wanted.</summary>
[Op("_gru_layer_backward(Tensor h, Tensor? grad_h, Tensor h0, Tensor w_hh, Tensor kept, bool reverse, bool needs_weight) -> (Tensor, Tensor, Tensor, Tensor)")]
public readonly partial record struct GruLayerBackward(bool Reverse, bool NeedsWeight)
{
    internal (Tensor, Tensor, Tensor, Tensor) Forward(Tensor h, Tensor? gradH, Tensor h0, Tensor wHh, Tensor kept)
    {
        var (dx, du, dh0, _, dw) = RecurrentRunner.Backward<GruFormulas>(gradH, null, h0, null, wHh, h, null, kept, Reverse, NeedsWeight);
        return (dx, du, dh0, dw);
    }
}
