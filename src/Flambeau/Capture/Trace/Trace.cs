using Flambeau.Graphs;
using Flambeau.Nn;
using Flambeau.Ops;

namespace Flambeau.Capture;

/// <summary>
/// Turns a program into a graph by running it once and recording the ops it runs. Plain C# control flow is fixed to the path it took: a check on fresh inputs
/// finds programs for which that matters. Loops and branches that depend on values are kept by <c>[Script]</c>.
/// </summary>
public static class Trace
{
    /// <summary>Traces a layer on an example. Parameters and buffers keep their state-dict names; the graph sees later changes of them.</summary>
    /// <exception cref="TraceException">The program does something else on other inputs.</exception>
    public static TraceResult Of(Layer layer, Tensor example, TraceOptions? options = null) => Of(layer.Forward, example, layer, options);

    /// <summary>Traces a function of one tensor.</summary>
    /// <param name="function">The program.</param>
    /// <param name="example">An input.</param>
    /// <param name="module">Gives names to the parameters and buffers that the program uses.</param>
    /// <param name="options">How to trace.</param>
    /// <exception cref="TraceException">The program does something else on other inputs.</exception>
    public static TraceResult Of(Func<Tensor, Tensor> function, Tensor example, Module? module = null, TraceOptions? options = null) =>
        Of(x => [function(x[0])], [example], module, options);

    /// <summary>Traces a function of any number of tensors.</summary>
    /// <inheritdoc cref="Of(Func{Tensor, Tensor}, Tensor, Module?, TraceOptions?)"/>
    public static TraceResult Of(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> examples, Module? module = null, TraceOptions? options = null)
    {
        options ??= new();
        var program = new TracedProgram(function, module, options);
        var (result, outputs) = program.Record(examples);
        if (options.Dynamic.Count > 0) result = result with { Graph = new DynamicSizes(program, examples, result).Solve() };
        if (options.Check)
        {
            using var kept = new KeptState(result.Graph, module);
            program.Check(result, examples);
        }
        return result;
    }
}
