namespace Flambeau.Nn;

internal enum RecurrentKind { Tanh, Relu, Gru, Lstm }

/// <summary>The steps of recurrent networks, given the input's part of the gates.</summary>
internal static class Recurrence
{
    internal static RecurrentKind Simple(string nonlinearity) => nonlinearity switch
    {
        "tanh" => RecurrentKind.Tanh,
        "relu" => RecurrentKind.Relu,
        _ => throw new ArgumentException($"nonlinearity '{nonlinearity}' is unknown; expected tanh or relu", nameof(nonlinearity)),
    };

    internal static int Gates(RecurrentKind kind) => kind switch { RecurrentKind.Lstm => 4, RecurrentKind.Gru => 3, _ => 1 };

    /// <summary>One step: <paramref name="x"/> is the projected input [N, gates · hidden], <paramref name="project"/> an LSTM's projection of the hidden state.</summary>
    internal static (Tensor H, Tensor? C) Step(RecurrentKind kind, Tensor x, Tensor h, Tensor? c, Tensor weight, Tensor? bias, Tensor? project)
    {
        var u = h.Linear(weight, bias);
        switch (kind)
        {
            case RecurrentKind.Tanh: return ((x + u).Tanh(), null);
            case RecurrentKind.Relu: return ((x + u).Relu(), null);
            case RecurrentKind.Gru:
            {
                // Gates are reset, update, new; the reset gate acts after the product, as cuDNN defines it.
                Tensor[] a = Parts(x, 3), b = Parts(u, 3);
                var update = (a[1] + b[1]).Sigmoid();
                var next = (a[2] + (a[0] + b[0]).Sigmoid() * b[2]).Tanh();
                return (next + update * (h - next), null);
            }
            default:
            {
                var g = Parts(x + u, 4);
                var cell = g[1].Sigmoid() * c! + g[0].Sigmoid() * g[2].Tanh();
                var y = g[3].Sigmoid() * cell.Tanh();
                return (project is null ? y : y.Linear(project), cell);
            }
        }
    }

    static Tensor[] Parts(Tensor t, int n) => t.Reshape([t.Size(0), n, t.Size(1) / n]).Unbind(1);

    /// <summary>One direction of one layer over a sequence [T, N, features].</summary>
    internal static (Tensor Y, Tensor H, Tensor? C) Run(RecurrentKind kind, Tensor input, Tensor h, Tensor? c, RecurrentWeights w, bool backward)
    {
        // All time steps go through the input's weights in one product.
        var xs = input.Linear(w.Ih, w.BiasIh).Unbind(0);
        var ys = new Tensor[xs.Length];
        for (var i = 0; i < xs.Length; i++)
        {
            var t = backward ? xs.Length - 1 - i : i;
            (h, c) = Step(kind, xs[t], h, c, w.Hh, w.BiasHh, w.Hr);
            ys[t] = h;
        }
        return (Tensor.Stack(ys), h, c);
    }
}

/// <summary>Weights of one direction of one layer.</summary>
internal sealed record RecurrentWeights(string Suffix, Tensor Ih, Tensor Hh, Tensor? BiasIh, Tensor? BiasHh, Tensor? Hr);
