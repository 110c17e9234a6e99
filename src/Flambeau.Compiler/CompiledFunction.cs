using Flambeau.Autograd;
using Flambeau.Capture;
using Flambeau.Compiler.Blocked;
using Flambeau.Compiler.Fold;
using Flambeau.Compiler.Gradients;
using Flambeau.Compiler.Passes;
using Flambeau.Compiler.Plan;
using Flambeau.Compiler.Run;
using Flambeau.Graphs;
using Flambeau.Nn;
using Flambeau.Ops;

namespace Flambeau.Compiler;

/// <summary>
/// A program that is captured as a graph on its first call, and again for other dtypes, shapes and modes, and runs as fused kernels in planned memory.
/// Results carry history if the options ask for it. Parameters and buffers are those of the program, not copies: later changes of them are seen.
/// </summary>
public sealed class CompiledFunction
{
    const int MostMet = 1024;
    // Norms join convolutions where these are given their layout.
    static readonly SimplifyOptions simplify = new() { KeepsGradients = false, Rounds = false };

    sealed record Version(Guard Guard, Executable? Code, Prologue? Once, DifferentiableCode? Differentiable);

    readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function;
    readonly Module? module;
    readonly CompileOptions options;
    readonly Lock gate = new();
    readonly bool historyInside;
    volatile Version[] versions = [];
    readonly Dictionary<int, int> met = [];
    long runs, eagerRuns;

    /// <param name="function">The program.</param>
    /// <param name="module">The module that it runs, if one.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="historyInside">The program makes gradients itself.</param>
    internal CompiledFunction(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, Module? module, CompileOptions options, bool historyInside = false) =>
        (this.function, this.module, this.options, this.historyInside) = (function, module, options, historyInside);

    /// <summary>What happened so far.</summary>
    public CompileStatistics Statistics
    {
        get
        {
            var code = versions.Length > 0 ? versions[0].Code : null;
            return new(versions.Length, runs, eagerRuns, code?.Plan.Bytes ?? 0, code?.Plan.LowerBound ?? 0, code?.Units.Count ?? 0, code?.Units.Count(static u => u is RegionUnit) ?? 0, code?.Replayed ?? 0);
        }
    }

    /// <summary>The memory plan of the latest version; null before the first run, or if that runs eagerly.</summary>
    public MemoryPlan? Plan => versions.Length > 0 ? versions[0].Code?.Plan : null;

    internal Executable? Latest => versions.Length > 0 ? versions[0].Code : null;

    /// <summary>Runs a program of one input and one result.</summary>
    public Tensor Forward(Tensor input) => Run(input)[0];

    /// <summary>Runs the program.</summary>
    /// <exception cref="CompileException">It can't be captured, and the options are strict.</exception>
    public Tensor[] Run(params Tensor[] inputs)
    {
        // Who observes ops wants to see them.
        if (!CompileOptions.Enabled || OpObserver.Current is not null) return Eager(inputs);
        var history = options.Gradients && Grad.Enabled;
        if (Find(inputs, history) is { } known) return Run(known, inputs);
        lock (gate)
        {
            if (Find(inputs, history) is { } v) return Run(v, inputs);
            if (versions.Length >= options.MaxVersions)
            {
                options.Say($"runs eagerly: {versions.Length} versions are compiled already, and {versions[0].Guard.Why(inputs, module, history)}; raise MaxVersions, or make inputs of fewer shapes");
                return Eager(inputs);
            }
            return IsWorthIt(inputs) ? Compile(inputs, history) : Eager(inputs);
        }
    }

    bool IsWorthIt(Tensor[] inputs)
    {
        if (options.Patience == 0) return true;
        var hash = new HashCode();
        foreach (var t in inputs)
        {
            hash.Add(t.DType);
            foreach (var s in t.Layout.Sizes) hash.Add(s);
        }
        var key = hash.ToHashCode();
        if (met.Count >= MostMet) met.Clear();
        return (met[key] = met.GetValueOrDefault(key) + 1) > options.Patience;
    }

    Version? Find(Tensor[] inputs, bool history)
    {
        foreach (var v in versions)
        {
            if (v.Guard.Holds(inputs, module, history)) return v;
        }
        return null;
    }

    /// <summary>Runs the program several times and says where the time goes.</summary>
    /// <param name="runs">How often; a first run, which may compile, isn't counted.</param>
    /// <param name="inputs">The inputs.</param>
    /// <returns>A row for each step, in order; none if the program runs eagerly.</returns>
    public IReadOnlyList<StepTime> Measure(int runs, params Tensor[] inputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        Run(inputs);
        var code = Find(inputs, options.Gradients && Grad.Enabled)?.Code;
        if (code is null) return [];
        var ticks = new long[code.Units.Count];
        code.Ticks = ticks;
        for (var i = 0; i < runs; i++) Run(inputs);
        code.Ticks = null;
        return [.. code.Units.Select((u, i) => new StepTime(u.ToString()!, [.. u.Reads.Select(Describe)], [.. u.Writes.Select(Describe)], TimeSpan.FromSeconds((double)ticks[i] / System.Diagnostics.Stopwatch.Frequency / runs)))];
    }

    static string Describe(Slot s) => $"{s.DType.Name()} [{string.Join(", ", s.Layout.Sizes)}]";

    Tensor[] Run(Version v, Tensor[] inputs)
    {
        if (v.Code is null) return Eager(inputs);
        Interlocked.Increment(ref runs);
        if (v.Differentiable is { } d) return d.Run(inputs);
        v.Once?.Refresh();
        return Array.ConvertAll(v.Code.Run(inputs), static o => (Tensor)o!);
    }

    Tensor[] Eager(Tensor[] inputs)
    {
        Interlocked.Increment(ref eagerRuns);
        using var mode = Grad.Set(historyInside || (options.Gradients && Grad.Enabled));
        return [.. function(inputs)];
    }

    /// <summary>Captures and compiles; the capturing run's results are those of this call.</summary>
    Tensor[] Compile(Tensor[] inputs, bool history)
    {
        var why = versions.Length == 0 ? "the first call" : versions[0].Guard.Why(inputs, module, history);
        options.Say($"compiles for {string.Join(", ", inputs.Select(static t => $"{t.DType.Name()} {t.Shape}"))}: {why}");
        IReadOnlyList<Tensor> results = [];
        Executable? code = null;
        Prologue? once = null;
        GradientCapture? capture = null;
        DifferentiableCode? differentiable = null;
        HashSet<Tensor> folded = new(ReferenceEqualityComparer.Instance);
        List<Tensor> state = [];
        var generator = Generator.Current;
        var before = generator.State;
        Action? forward = null;
        try
        {
            TraceResult trace;
            if (history)
            {
                capture = GradientCapture.Run(function, inputs, module, options);
                (results, trace) = (capture.Results, capture.Trace);
            }
            else
            {
                using var mode = Grad.Set(historyInside);
                trace = Trace.Of(x => results = function(x), inputs, module, new TraceOptions { Name = options.Name, Check = false, KeepsGradients = false, Locations = false });
                results = [.. results.Select(static t => t.Detach())];
            }
            if (trace.Notes.Count > 0) throw new CompileException($"C# looks at values of tensors: {trace.Notes[0]}");
            var graph = trace.Graph;
            state.AddRange(graph.State.Select(static s => s.Tensor));
            // What looks at the program once more sees the same random numbers.
            var after = generator.State;
            forward = () => generator.State = after;
            generator.State = before;
            if (capture?.Compile is { } compile)
            {
                differentiable = compile();
                code = differentiable.Forward;
            }
            else
            {
                // The host gives norms to convolutions with their layout.
                var here = DeviceBackend.Of([.. inputs, .. state]) is null;
                graph = Simplifier.Run(graph, here || historyInside ? simplify : simplify with { Rounds = true, EndsConvolutions = true });
                graph = JoinProducts.Apply(graph);
                if (!historyInside && here) graph = BlockedLayout.Apply(graph);
                (once, graph) = Prologue.Split(graph);
                code = Executable.Compile(graph, inputs, options.Fuse, historyInside, options);
            }
        }
        catch (Exception e) when (e is CompileException or TraceException or GraphException or NotSupportedException)
        {
            if (options.Strict) throw new CompileException($"{options.Name} can't be compiled: {e.Message}");
            (code, differentiable) = (null, null);
            options.Say($"runs eagerly: {e.Message}");
        }
        finally
        {
            forward?.Invoke();
        }
        versions = [new(new Guard(inputs, module, state, folded, history), code, once, differentiable), .. versions];
        return results.Count == 0 ? Eager(inputs) : [.. results];
    }
}
