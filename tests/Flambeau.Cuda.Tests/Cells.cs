namespace Flambeau.Cuda.Tests;

/// <summary>A recurrent cell written by hand, in a loop.</summary>
sealed class Cells(Tensor input, Tensor state, Tensor bias)
{
    internal static Cells Draw(long inputs, long hidden, Device device)
    {
        var g = new Generator(23);
        Tensor Make(params long[] sizes) => (Tensor.Randn(sizes, g) * 0.2).To(device).WithGrad();
        return new(Make(inputs, 4 * hidden), Make(hidden, 4 * hidden), Make(4 * hidden));
    }

    internal Tensor[] Parameters => [input, state, bias];

    /// <summary>The last hidden state of <c>[T, B, I]</c>.</summary>
    internal Tensor Run(Tensor x)
    {
        long batch = x.Shape[1], n = state.Shape[0];
        Tensor h = x.NewZeros([batch, n]), c = x.NewZeros([batch, n]);
        for (var t = 0; t < x.Shape[0]; t++)
        {
            var gates = x[t].MatMul(input) + h.MatMul(state) + bias;
            Tensor Gate(int k) => gates.Narrow(1, k * n, n);
            c = Gate(1).Sigmoid() * c + Gate(0).Sigmoid() * Gate(2).Tanh();
            h = Gate(3).Sigmoid() * c.Tanh();
        }
        return h;
    }
}
