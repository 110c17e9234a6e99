namespace Flambeau.Nn;

/// <summary>Simple recurrent network: <c>h' = tanh(W x + b + U h + c)</c>, or with relu; [T, N, in] to [T, N, directions · hidden].</summary>
public sealed partial class RNN(long inputSize, long hiddenSize, int numLayers = 1, string nonlinearity = "tanh", bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, DType dtype = DType.Float32)
    : RNNBase(Recurrence.Simple(nonlinearity), inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, 0, dtype)
{
    /// <summary>Outputs of the last layer, and the final hidden states [layers · directions, N, hidden]; initial ones are zeros unless given.</summary>
    [Script]
    public (Tensor Output, Tensor H) Forward(Tensor input, Tensor? hx = null)
    {
        var (y, h, _) = Run(input, hx, null);
        return (y, h);
    }
}

/// <summary>Gated recurrent units (Cho et al., arXiv 1406.1078); [T, N, in] to [T, N, directions · hidden].</summary>
public sealed partial class GRU(long inputSize, long hiddenSize, int numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, DType dtype = DType.Float32)
    : RNNBase(RecurrentKind.Gru, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, 0, dtype)
{
    /// <inheritdoc cref="RNN.Forward"/>
    [Script]
    public (Tensor Output, Tensor H) Forward(Tensor input, Tensor? hx = null)
    {
        var (y, h, _) = Run(input, hx, null);
        return (y, h);
    }
}

/// <summary>Long short-term memory (Hochreiter and Schmidhuber, 1997), with an optional projection of the hidden state (Sak et al., arXiv 1402.1128); [T, N, in] to [T, N, directions · hidden].</summary>
public sealed partial class LSTM(long inputSize, long hiddenSize, int numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, long projSize = 0, DType dtype = DType.Float32)
    : RNNBase(RecurrentKind.Lstm, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, projSize, dtype)
{
    /// <summary>Outputs of the last layer, and the final hidden and cell states [layers · directions, N, hidden]; initial ones are zeros unless given.</summary>
    [Script]
    public (Tensor Output, (Tensor H, Tensor C) State) Forward(Tensor input, (Tensor H, Tensor C)? hx = null)
    {
        var (y, h, c) = Run(input, hx?.H, hx?.C);
        return (y, (h, c!));
    }
}
