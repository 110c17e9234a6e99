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
        return LstmStep(Functional.Linear(this, wIh, bIh), hx[0], hx[1], wHh, bHh);
    }

    /// <summary>One step of a gated recurrent unit: input <c>[N, in]</c> (or <c>[in]</c>), state <c>[N, hidden]</c>, weights <c>[3 hidden, …]</c> in the order reset, update, new. Cho et al., arXiv:1406.1078.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor")]
    public Tensor GruCell(Tensor hx, Tensor wIh, Tensor wHh, Tensor? bIh = null, Tensor? bHh = null) => GruStep(Functional.Linear(this, wIh, bIh), hx, wHh, bHh);

    /// <summary>One step of a plain recurrent network: <c>tanh(input · w_ihᵀ + b_ih + hx · w_hhᵀ + b_hh)</c>.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor")]
    public Tensor RnnTanhCell(Tensor hx, Tensor wIh, Tensor wHh, Tensor? bIh = null, Tensor? bHh = null) =>
        (Functional.Linear(this, wIh, bIh) + Functional.Linear(hx, wHh, bHh)).Tanh();

    /// <summary>As <see cref="RnnTanhCell"/> with max(0, ·) in place of tanh.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor")]
    public Tensor RnnReluCell(Tensor hx, Tensor wIh, Tensor wHh, Tensor? bIh = null, Tensor? bHh = null) =>
        (Functional.Linear(this, wIh, bIh) + Functional.Linear(hx, wHh, bHh)).Relu();

    internal static (Tensor Hidden, Tensor Cell) LstmStep(Tensor projected, Tensor h, Tensor c, Tensor wHh, Tensor? bHh)
    {
        var gates = projected + Functional.Linear(h, wHh, bHh);
        var n = gates.Size(-1) / 4;
        Tensor Gate(int k) => gates.Slice(-1, k * n, (k + 1) * n);
        var cell = Gate(1).Sigmoid() * c + Gate(0).Sigmoid() * Gate(2).Tanh();
        return (Gate(3).Sigmoid() * cell.Tanh(), cell);
    }

    internal static Tensor GruStep(Tensor projected, Tensor h, Tensor wHh, Tensor? bHh)
    {
        var state = Functional.Linear(h, wHh, bHh);
        var n = state.Size(-1) / 3;
        static Tensor Gate(Tensor t, long n, int k) => t.Slice(-1, k * n, (k + 1) * n);
        var reset = (Gate(projected, n, 0) + Gate(state, n, 0)).Sigmoid();
        var update = (Gate(projected, n, 1) + Gate(state, n, 1)).Sigmoid();
        var fresh = (Gate(projected, n, 2) + reset * Gate(state, n, 2)).Tanh();
        return fresh + update * (h - fresh);
    }
}
