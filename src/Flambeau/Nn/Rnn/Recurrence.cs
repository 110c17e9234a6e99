namespace Flambeau.Nn;

internal enum RecurrentKind { Tanh, Relu, Gru, Lstm }

/// <summary>Kinds of recurrent networks.</summary>
internal static class Recurrence
{
    internal static RecurrentKind Simple(string nonlinearity) => nonlinearity switch
    {
        "tanh" => RecurrentKind.Tanh,
        "relu" => RecurrentKind.Relu,
        _ => throw new ArgumentException($"nonlinearity '{nonlinearity}' is unknown; expected tanh or relu", nameof(nonlinearity)),
    };

    internal static int Gates(RecurrentKind kind) => kind switch { RecurrentKind.Lstm => 4, RecurrentKind.Gru => 3, _ => 1 };
}

/// <summary>Weights of one direction of one layer.</summary>
internal sealed record RecurrentWeights(string Suffix, Tensor Ih, Tensor Hh, Tensor? BiasIh, Tensor? BiasHh, Tensor? Hr);
