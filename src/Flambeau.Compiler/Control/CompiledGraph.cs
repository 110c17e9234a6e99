using System.Runtime.CompilerServices;
using Flambeau.Compiler.Passes;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Control;

/// <summary>
/// A graph of which every stretch of tensor ops between branches, loops and numbers is compiled, each for the dtypes and sizes that it meets. Gradients flow as they do
/// through the graph op by op: each stretch is one node on the tape, with a compiled backward pass.
/// </summary>
public sealed class CompiledGraph
{
    readonly Graph graph, rewritten;
    readonly IReadOnlyList<CompiledFunction> parts;

    /// <param name="graph">Any graph.</param>
    /// <param name="options">How to compile.</param>
    public CompiledGraph(Graph graph, CompileOptions? options = null) : this(graph, options, 1) { }

    /// <param name="graph">Any graph.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="patience">How often a stretch meets the same sizes before it is compiled for them: sizes that grow with each turn of a loop aren't worth it.</param>
    internal CompiledGraph(Graph graph, CompileOptions? options, int patience)
    {
        ArgumentNullException.ThrowIfNull(graph);
        this.graph = graph;
        // What rounds otherwise would change gradients, and state may change between runs.
        var segmenter = new Segmenter(Simplifier.Run(graph, new() { Rounds = false }), (options ?? new() { Name = graph.Name }) with { Patience = patience });
        rewritten = new DeadCode(segmenter.Run(), new()).Run();
        parts = segmenter.Made;
    }

    /// <summary>What the compiled stretches have done so far, added up.</summary>
    public CompileStatistics Statistics
    {
        get
        {
            var all = parts.Select(static p => p.Statistics).ToArray();
            return new(all.Sum(static s => s.Versions), all.Sum(static s => s.Runs), all.Sum(static s => s.EagerRuns), all.Sum(static s => s.ArenaBytes), all.Sum(static s => s.ArenaLowerBound), all.Sum(static s => s.Steps), all.Sum(static s => s.Regions), all.Sum(static s => s.Replays));
        }
    }

    /// <summary>The graph with a node <c>compiled.N</c> for each compiled stretch.</summary>
    public override string ToString() => rewritten.ToString();

    /// <summary>Runs the graph.</summary>
    /// <param name="inputs">As <see cref="Graph.Run"/> takes them.</param>
    /// <returns>One object for each output.</returns>
    public object?[] Run(params object?[] inputs) => CompileOptions.Enabled ? rewritten.Run(inputs) : graph.Run(inputs);
}

/// <summary>Compiling scripts.</summary>
public static class ScriptCompileExtensions
{
    /// <summary>Compiles a script: from now on its calls run compiled, values and gradients. Modules may still be switched between training and evaluation.</summary>
    /// <returns>The function itself.</returns>
    public static ScriptFunction Compile(this ScriptFunction function, CompileOptions? options = null)
    {
        var compiled = new ConditionalWeakTable<Graph, CompiledGraph>();
        function.Executor = (graph, inputs) => compiled.GetValue(graph, g => new(g, options)).Run(inputs);
        return function;
    }

    /// <summary>Compiles a module's <c>Forward</c>; see <see cref="Compile(ScriptFunction, CompileOptions?)"/>.</summary>
    /// <returns>The module itself.</returns>
    public static ScriptModule Compile(this ScriptModule module, CompileOptions? options = null)
    {
        module.Main.Compile(options);
        return module;
    }
}
