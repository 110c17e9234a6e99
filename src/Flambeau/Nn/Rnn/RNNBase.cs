namespace Flambeau.Nn;

/// <summary>What recurrent networks share: layers, directions, and weights under PyTorch's keys (<c>weight_ih_l0</c>, <c>weight_hh_l0_reverse</c>, …).</summary>
public abstract partial class RNNBase : Module
{
    readonly RecurrentKind kind;
    readonly RecurrentWeights[] weights;
    readonly int directions;

    private protected RNNBase(RecurrentKind kind, long inputSize, long hiddenSize, int numLayers, bool bias, bool batchFirst, double dropout, bool bidirectional, long projSize, DType dtype)
    {
        if (hiddenSize < 1 || numLayers < 1) throw new ArgumentException($"{GetType().Name}: hidden size {hiddenSize} and {numLayers} layers were asked for; both must be at least 1");
        if (dropout is < 0 or > 1) throw new ArgumentException($"{GetType().Name}: dropout is {dropout}; expected a probability in [0, 1]");
        if (projSize < 0 || projSize >= hiddenSize) throw new ArgumentException($"{GetType().Name}: projection size {projSize} must be less than the hidden size {hiddenSize}");
        this.kind = kind;
        (InputSize, HiddenSize, NumLayers, BatchFirst, Dropout, Bidirectional, ProjSize) = (inputSize, hiddenSize, numLayers, batchFirst, dropout, bidirectional, projSize);
        directions = bidirectional ? 2 : 1;
        var bound = 1 / Math.Sqrt(hiddenSize);
        Tensor New(params long[] shape) => Init.Uniform(Tensor.Empty(shape, dtype), -bound, bound).WithGrad();
        var rows = Recurrence.Gates(kind) * hiddenSize;
        weights = new RecurrentWeights[numLayers * directions];
        for (var i = 0; i < weights.Length; i++)
        {
            var layer = i / directions;
            weights[i] = new($"l{layer}{(i % directions == 1 ? "_reverse" : "")}", New(rows, layer == 0 ? inputSize : Output * directions), New(rows, Output),
                bias ? New(rows) : null, bias ? New(rows) : null, projSize > 0 ? New(projSize, hiddenSize) : null);
        }
    }

    /// <summary>Features of the input.</summary>
    public long InputSize { get; }

    /// <summary>Features of a cell.</summary>
    public long HiddenSize { get; }

    /// <summary>Number of layers.</summary>
    public int NumLayers { get; }

    /// <summary>Whether batches come as [N, T, features] rather than [T, N, features].</summary>
    public bool BatchFirst { get; }

    /// <summary>Dropout between layers, in training.</summary>
    public double Dropout { get; }

    /// <summary>Whether each layer also runs from the end to the start.</summary>
    public bool Bidirectional { get; }

    /// <summary>Size of an LSTM's projected hidden state; 0 for none.</summary>
    public long ProjSize { get; }

    long Output => ProjSize > 0 ? ProjSize : HiddenSize;

    /// <inheritdoc/>
    public override void Visit(ModuleVisitor visitor)
    {
        foreach (var w in weights)
        {
            visitor.Parameter("weight_ih_" + w.Suffix, w.Ih);
            visitor.Parameter("weight_hh_" + w.Suffix, w.Hh);
            visitor.Parameter("bias_ih_" + w.Suffix, w.BiasIh);
            visitor.Parameter("bias_hh_" + w.Suffix, w.BiasHh);
            visitor.Parameter("weight_hr_" + w.Suffix, w.Hr);
        }
    }

    /// <summary>Outputs of the last layer, final hidden states [layers · directions, N, hidden], and, for LSTMs, final cells.</summary>
    [Script]
    private protected (Tensor Y, Tensor H, Tensor? C) Run(Tensor input, Tensor? h0, Tensor? c0)
    {
        if (input.Rank is not (2 or 3) || input.Size(-1) != InputSize)
            throw new ArgumentException($"{GetType().Name}: the input has shape {input.Shape}; expected {(BatchFirst ? "[N, T, " : "[T, N, ")}{InputSize}], or [T, {InputSize}] for a single sequence");
        var single = input.Rank == 2;
        long steps = input.Size(single || !BatchFirst ? 0 : 1), batch = single ? 1 : input.Size(BatchFirst ? 0 : 1);
        if (steps == 0) throw new ArgumentException($"{GetType().Name}: the input of shape {input.Shape} has no time steps; expected at least one");
        var h = State(h0, "hidden state", Output, batch, single, input.DType);
        var (bias, all) = (weights[0].BiasIh is not null, Flat());
        switch (kind)
        {
            case RecurrentKind.Lstm:
                return input.Lstm([h, State(c0, "cell state", HiddenSize, batch, single, input.DType)], all, bias, NumLayers, Dropout, Training, Bidirectional, BatchFirst);
            case RecurrentKind.Gru:
            {
                var (y, last) = input.Gru(h, all, bias, NumLayers, Dropout, Training, Bidirectional, BatchFirst);
                return (y, last, null);
            }
            default:
            {
                var (y, last) = kind == RecurrentKind.Relu
                    ? input.RnnRelu(h, all, bias, NumLayers, Dropout, Training, Bidirectional, BatchFirst)
                    : input.RnnTanh(h, all, bias, NumLayers, Dropout, Training, Bidirectional, BatchFirst);
                return (y, last, null);
            }
        }
    }

    Tensor[] Flat() => [.. weights.SelectMany(static w => new[] { w.Ih, w.Hh, w.BiasIh, w.BiasHh, w.Hr }).OfType<Tensor>()];

    [Script]
    Tensor State(Tensor? given, string what, long size, long batch, bool single, DType dtype)
    {
        Flambeau.Shape expected = single ? [weights.Length, size] : [weights.Length, batch, size];
        if (given is null) return weights[0].Ih.NewZeros(expected, dtype);
        if (given.Shape != expected) throw new ArgumentException($"{GetType().Name}: the {what} has shape {given.Shape}; expected {expected}");
        return given;
    }
}
