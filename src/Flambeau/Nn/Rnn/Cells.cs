namespace Flambeau.Nn;

/// <summary>What recurrent cells share: weights for the input and the hidden state, some gates stacked in each.</summary>
[Module]
public abstract partial class RNNCellBase : Module
{
    [Parameter] readonly Tensor weightIh;
    [Parameter] readonly Tensor weightHh;
    [Parameter] readonly Tensor? biasIh;
    [Parameter] readonly Tensor? biasHh;

    private protected RNNCellBase(long inputSize, long hiddenSize, bool bias, int gates, DType dtype)
    {
        InputSize = inputSize;
        HiddenSize = hiddenSize;
        var bound = hiddenSize > 0 ? 1 / Math.Sqrt(hiddenSize) : 0;
        Tensor New(params long[] shape) => Init.Uniform(Tensor.Empty(shape, dtype), -bound, bound).WithGrad();
        weightIh = New(gates * hiddenSize, inputSize);
        weightHh = New(gates * hiddenSize, hiddenSize);
        if (!bias) return;
        biasIh = New(gates * hiddenSize);
        biasHh = New(gates * hiddenSize);
    }

    /// <summary>Features of the input.</summary>
    public long InputSize { get; }

    /// <summary>Features of the hidden state.</summary>
    public long HiddenSize { get; }

    /// <summary>[gates · hidden, input].</summary>
    public Tensor WeightIh => weightIh;

    /// <summary>[gates · hidden, hidden].</summary>
    public Tensor WeightHh => weightHh;

    /// <summary>[gates · hidden].</summary>
    public Tensor? BiasIh => biasIh;

    /// <summary>[gates · hidden].</summary>
    public Tensor? BiasHh => biasHh;

    /// <summary>Checks the input, [N, in] or [in], and gives it with a batch axis.</summary>
    [Script]
    private protected Tensor Batched(Tensor input)
    {
        if (input.Rank is not (1 or 2) || input.Size(-1) != InputSize) throw new ArgumentException($"{GetType().Name}: the input has shape {input.Shape}; expected [N, {InputSize}] or [{InputSize}]");
        return input.Rank == 1 ? input.Unsqueeze(0) : input;
    }

    [Script]
    private protected Tensor State(Tensor batched, Tensor? state)
    {
        if (state is null) return batched.NewZeros([batched.Size(0), HiddenSize]);
        var s = state.Rank == 1 ? state.Unsqueeze(0) : state;
        if (s.Rank != 2 || s.Size(0) != batched.Size(0) || s.Size(1) != HiddenSize) throw new ArgumentException($"{GetType().Name}: the state has shape {state.Shape}; expected [{batched.Size(0)}, {HiddenSize}]");
        return s;
    }
}

/// <summary>One step of a simple recurrent network: <c>h' = tanh(W x + b + U h + c)</c>, or with relu.</summary>
[Module]
public sealed partial class RNNCell(long inputSize, long hiddenSize, bool bias = true, string nonlinearity = "tanh", DType dtype = DType.Float32) : RNNCellBase(inputSize, hiddenSize, bias, 1, dtype)
{
    readonly RecurrentKind kind = Recurrence.Simple(nonlinearity);

    /// <summary>Next hidden state from an input [N, in] or [in] and the state before, zeros by default.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor? hx = null)
    {
        var x = Batched(input);
        var h = kind == RecurrentKind.Relu ? x.RnnReluCell(State(x, hx), WeightIh, WeightHh, BiasIh, BiasHh) : x.RnnTanhCell(State(x, hx), WeightIh, WeightHh, BiasIh, BiasHh);
        return input.Rank == 1 ? h.Select(0, 0) : h;
    }
}

/// <summary>One step of a gated recurrent unit (Cho et al., arXiv 1406.1078).</summary>
[Module]
public sealed partial class GRUCell(long inputSize, long hiddenSize, bool bias = true, DType dtype = DType.Float32) : RNNCellBase(inputSize, hiddenSize, bias, 3, dtype)
{
    /// <summary>Next hidden state from an input [N, in] or [in] and the state before, zeros by default.</summary>
    [Script]
    public Tensor Forward(Tensor input, Tensor? hx = null)
    {
        var x = Batched(input);
        var h = x.GruCell(State(x, hx), WeightIh, WeightHh, BiasIh, BiasHh);
        return input.Rank == 1 ? h.Select(0, 0) : h;
    }
}

/// <summary>One step of a long short-term memory (Hochreiter and Schmidhuber, 1997).</summary>
[Module]
public sealed partial class LSTMCell(long inputSize, long hiddenSize, bool bias = true, DType dtype = DType.Float32) : RNNCellBase(inputSize, hiddenSize, bias, 4, dtype)
{
    /// <summary>Next hidden and cell state from an input [N, in] or [in] and the states before, zeros by default.</summary>
    [Script]
    public (Tensor H, Tensor C) Forward(Tensor input, (Tensor H, Tensor C)? hx = null)
    {
        var x = Batched(input);
        var (h, c) = x.LstmCell([State(x, hx?.H), State(x, hx?.C)], WeightIh, WeightHh, BiasIh, BiasHh);
        return input.Rank == 1 ? (h.Select(0, 0), c.Select(0, 0)) : (h, c);
    }
}
