namespace Flambeau.Autograd;

public static partial class Grad
{
    /// <summary>Runs the tape backward from several results; see <see cref="Tensor.Backward"/>.</summary>
    /// <param name="outputs">Results to differentiate.</param>
    /// <param name="gradients">One gradient a result, of its shape; null for results of one element.</param>
    /// <param name="retainGraph">Keep saved tensors for another pass.</param>
    /// <param name="createGraph">Record the backward pass itself.</param>
    /// <param name="inputs">Accumulate only into these leaves.</param>
    public static void Backward(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor?>? gradients = null, bool retainGraph = false, bool createGraph = false, IReadOnlyList<Tensor>? inputs = null) =>
        Engine.Run([.. outputs], Seeds(outputs, gradients), inputs is null ? [] : [.. inputs], retainGraph, createGraph, accumulate: true);

    /// <summary>Gradients of results with respect to inputs, without touching any <see cref="Tensor.Grad"/>.</summary>
    /// <param name="outputs">Results to differentiate.</param>
    /// <param name="inputs">Tensors that require a gradient, leaves or not.</param>
    /// <param name="gradients">One gradient a result, of its shape; null for results of one element.</param>
    /// <param name="retainGraph">Keep saved tensors; by default as <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the backward pass itself, for higher derivatives.</param>
    /// <param name="allowUnused">Give null for an input that no result depends on instead of an error.</param>
    /// <exception cref="InvalidOperationException">An input isn't used, or doesn't require a gradient.</exception>
    public static Tensor?[] Of(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? gradients = null, bool? retainGraph = null, bool createGraph = false, bool allowUnused = false)
    {
        var r = Engine.Run([.. outputs], Seeds(outputs, gradients), [.. inputs], retainGraph ?? createGraph, createGraph, accumulate: false);
        for (var i = 0; i < r.Length; i++)
        {
            if (r[i] is null && !allowUnused)
                throw new InvalidOperationException($"input {i} of shape {inputs[i].Shape} was not used for the results; pass allowUnused: true to get null for it");
        }
        return r;
    }

    /// <summary>Gradient of one result with respect to one input.</summary>
    public static Tensor Of(Tensor output, Tensor input, Tensor? gradient = null, bool createGraph = false) =>
        Of([output], [input], gradient is null ? null : [gradient], createGraph: createGraph)[0]!;

    static Tensor[] Seeds(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor?>? gradients)
    {
        if (gradients is not null && gradients.Count != outputs.Count)
            throw new ArgumentException($"{outputs.Count} results and {gradients.Count} gradients were given; expected one gradient a result");
        var seeds = new Tensor[outputs.Count];
        for (var i = 0; i < seeds.Length; i++)
        {
            var y = outputs[i];
            if (gradients?[i] is { } g)
            {
                if (g.Shape != y.Shape) throw new ArgumentException($"the gradient of a result of shape {y.Shape} was given with shape {g.Shape}");
                seeds[i] = g;
            }
            else
            {
                if (y.Numel != 1)
                    throw new InvalidOperationException($"a gradient must be given for a result of shape {y.Shape}; only results of one element have the default 1. Did you mean to call Sum() or Mean() first?");
                using (Tensor.Beside(y)) seeds[i] = y.OnesLike();
            }
        }
        return seeds;
    }
}
