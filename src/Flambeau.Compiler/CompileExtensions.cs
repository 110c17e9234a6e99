using Flambeau.Autograd;
using Flambeau.Graphs;
using Flambeau.Nn;
using Flambeau.Optim;

namespace Flambeau.Compiler;

/// <summary>Compiling programs as they are.</summary>
public static class CompileExtensions
{
    /// <summary>Compiles a layer for inference: the same code as a graph, fused and with planned memory.</summary>
    public static CompiledFunction Compile(this Layer layer, CompileOptions? options = null) =>
        new(x => [layer.Forward(x[0])], layer, options ?? new() { Name = layer.GetType().Name });

    /// <summary>Compiles a function of one tensor.</summary>
    /// <param name="function">The program.</param>
    /// <param name="module">The module that it runs, if one.</param>
    /// <param name="options">How to compile.</param>
    public static CompiledFunction Compile(this Func<Tensor, Tensor> function, Module? module = null, CompileOptions? options = null) =>
        new(x => [function(x[0])], module, options ?? new());

    /// <summary>Compiles a function of two tensors.</summary>
    /// <inheritdoc cref="Compile(Func{Tensor, Tensor}, Module?, CompileOptions?)"/>
    public static CompiledFunction Compile(this Func<Tensor, Tensor, Tensor> function, Module? module = null, CompileOptions? options = null) =>
        new(x => [function(x[0], x[1])], module, options ?? new());

    /// <summary>Compiles a function of any number of tensors.</summary>
    /// <inheritdoc cref="Compile(Func{Tensor, Tensor}, Module?, CompileOptions?)"/>
    public static CompiledFunction Compile(this Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, Module? module = null, CompileOptions? options = null) =>
        new(function, module, options ?? new());

    /// <summary>Compiles a graph of tensors, such as one that was read from an archive or another format. Its control flow is followed when it is captured: it may depend on sizes, but not on elements.</summary>
    public static CompiledFunction Compile(this Graph graph, CompileOptions? options = null) =>
        new(x => [.. graph.Run([.. x]).Select(static o => (Tensor)o!)], null, options ?? new() { Name = graph.Name });

    /// <summary>
    /// Compiles a training step: the loss and the gradients of all the optimizer's parameters are one graph, and the optimizer's step follows it.
    /// </summary>
    /// <param name="optimizer">Whose parameters are trained.</param>
    /// <param name="loss">The loss of a batch: inputs and targets.</param>
    /// <param name="module">Whose mode and buffers matter.</param>
    /// <param name="options">How to compile.</param>
    public static CompiledStep Compile(this Optimizer optimizer, Func<Tensor, Tensor, Tensor> loss, Module? module = null, CompileOptions? options = null) =>
        new(optimizer, x => loss(x[0], x[1]), module, options ?? new() { Name = "training step" });
}

/// <summary>A compiled training step.</summary>
public sealed class CompiledStep
{
    readonly Optimizer optimizer;
    readonly Tensor[] parameters;

    internal CompiledStep(Optimizer optimizer, Func<IReadOnlyList<Tensor>, Tensor> loss, Module? module, CompileOptions options)
    {
        this.optimizer = optimizer;
        parameters = [.. optimizer.Groups.SelectMany(static g => g.Parameters).Where(static p => p.RequiresGrad)];
        Function = new(x =>
        {
            var y = loss(x);
            var gradients = Grad.Of([y], parameters, allowUnused: true);
            // A parameter that the loss doesn't depend on has a gradient of nothing, which the step then doesn't see.
            return [y.Detach(), .. gradients.Select(static g => g ?? Tensor.Zeros([0]))];
        }, module, options, historyInside: true);
    }

    /// <summary>The loss and gradients, compiled.</summary>
    public CompiledFunction Function { get; }

    /// <summary>One step on a batch.</summary>
    /// <returns>The loss before the step; a number without history.</returns>
    public Tensor Run(params Tensor[] batch)
    {
        var results = Function.Run(batch);
        for (var i = 0; i < parameters.Length; i++) parameters[i].Grad = results[i + 1] is { Numel: > 0 } g ? g : null;
        optimizer.Step();
        return results[0];
    }
}
