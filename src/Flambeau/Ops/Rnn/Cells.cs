using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>One step of a long short-term memory: input <c>[N, in]</c> (or <c>[in]</c>), state (h, c) <c>[N, hidden]</c>, weights <c>[4 hidden, …]</c> in the order input, forget, cell, output. Hochreiter and Schmidhuber, 1997.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor, Tensor)")]
    public (Tensor Hidden, Tensor Cell) LstmCell(Tensor[] hx, Tensor wIh, Tensor wHh, Tensor? bIh = null, Tensor? bHh = null)
    {
        if (hx.Length != 2) throw new ArgumentException($"lstm_cell: {hx.Length} state tensors were given; expected the hidden and the cell state");
        var x = OneStep(Functional.Linear(this, wIh, Offsets(bIh, bHh)));
        var (h, c, _) = x.LstmLayer(OneState(hx[0]), OneState(hx[1]), wHh, false, Autograd.Grad.Needs(x, hx[0], hx[1], wHh));
        return (h.Reshape(hx[0].Shape), c.Reshape(hx[1].Shape));
    }

    /// <summary>One step of a gated recurrent unit: input <c>[N, in]</c> (or <c>[in]</c>), state <c>[N, hidden]</c>, weights <c>[3 hidden, …]</c> in the order reset, update, new. Cho et al., arXiv:1406.1078.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor")]
    public Tensor GruCell(Tensor hx, Tensor wIh, Tensor wHh, Tensor? bIh = null, Tensor? bHh = null)
    {
        var x = OneStep(Functional.Linear(this, wIh, bIh));
        return x.GruLayer(OneState(hx), wHh, bHh, false, Autograd.Grad.Needs(x, hx, wHh, bHh)).Item1.Reshape(hx.Shape);
    }

    /// <summary>One step of a plain recurrent network: <c>tanh(input · w_ihᵀ + b_ih + hx · w_hhᵀ + b_hh)</c>.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor")]
    public Tensor RnnTanhCell(Tensor hx, Tensor wIh, Tensor wHh, Tensor? bIh = null, Tensor? bHh = null) =>
        OneStep(Functional.Linear(this, wIh, Offsets(bIh, bHh))).SimpleLayer(OneState(hx), wHh, false, false).Reshape(hx.Shape);

    /// <summary>As <see cref="RnnTanhCell"/> with max(0, ·) in place of tanh.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor")]
    public Tensor RnnReluCell(Tensor hx, Tensor wIh, Tensor wHh, Tensor? bIh = null, Tensor? bHh = null) =>
        OneStep(Functional.Linear(this, wIh, Offsets(bIh, bHh))).SimpleLayer(OneState(hx), wHh, true, false).Reshape(hx.Shape);

    static Tensor OneStep(Tensor x) => x.Reshape([1, x.Rank == 1 ? 1 : x.Size(0), x.Size(-1)]);

    static Tensor OneState(Tensor h) => h.Rank == 1 ? h.Unsqueeze(0) : h;

    /// <summary>Offsets that only ever meet as a sum.</summary>
    internal static Tensor? Offsets(Tensor? a, Tensor? b) => a is null ? b : b is null ? a : a + b;

    /// <summary>Input, forget, cell and output gate.</summary>
    internal static Tensor[] LstmGates(Tensor sum)
    {
        var n = sum.Size(-1) / 4;
        Tensor Gate(int k) => sum.Slice(-1, k * n, (k + 1) * n);
        return [Gate(0).Sigmoid(), Gate(1).Sigmoid(), Gate(2).Tanh(), Gate(3).Sigmoid()];
    }

    internal static (Tensor Hidden, Tensor Cell) LstmStates(Tensor[] gates, Tensor c)
    {
        var cell = gates[1] * c + gates[0] * gates[2];
        return (gates[3] * cell.Tanh(), cell);
    }

    /// <summary>The next state, and reset gate, update gate, new state and the state's part of it.</summary>
    internal static (Tensor Hidden, Tensor[] Kept) GruStep(Tensor projected, Tensor h, Tensor wHh, Tensor? bHh)
    {
        var state = Functional.Linear(h, wHh, bHh);
        var n = state.Size(-1) / 3;
        static Tensor Gate(Tensor t, long n, int k) => t.Slice(-1, k * n, (k + 1) * n);
        var reset = (Gate(projected, n, 0) + Gate(state, n, 0)).Sigmoid();
        var update = (Gate(projected, n, 1) + Gate(state, n, 1)).Sigmoid();
        var last = Gate(state, n, 2);
        var fresh = (Gate(projected, n, 2) + reset * last).Tanh();
        return (fresh + update * (h - fresh), [reset, update, fresh, last]);
    }
}
