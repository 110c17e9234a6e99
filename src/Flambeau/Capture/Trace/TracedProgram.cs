using Flambeau.Autograd;
using Flambeau.Graphs;
using Flambeau.Nn;
using Flambeau.Ops;

namespace Flambeau.Capture;

/// <summary>A program that can be recorded again and again.</summary>
internal sealed class TracedProgram(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, Module? module, TraceOptions options)
{
    internal TraceOptions Options => options;

    internal (TraceResult Result, IReadOnlyList<Tensor> Outputs) Record(IReadOnlyList<Tensor> inputs)
    {
        // Two inputs that share memory would be one value.
        var seen = new HashSet<Storage>(ReferenceEqualityComparer.Instance);
        Tensor[] own = [.. inputs.Select(t => seen.Add(t.Storage) ? t : t.Detach().Clone().WithGrad(t.RequiresGrad))];
        var outer = OpObserver.Current;
        var tracer = new Tracer(options, Interlocked.Increment(ref Storage.Epoch));
        foreach (var (name, t) in module?.NamedParameters() ?? []) tracer.Name(t, name, StateKind.Parameter);
        foreach (var (name, t) in module?.NamedBuffers() ?? []) tracer.Name(t, name, StateKind.Buffer);
        for (var i = 0; i < own.Length; i++) tracer.AddInput(own[i], i);
        OpObserver.Current = tracer;
        try
        {
            var outputs = function(own);
            OpObserver.Current = null;
            return (new(tracer.Finish(outputs), tracer.Notes), outputs);
        }
        finally
        {
            OpObserver.Current = outer;
            Interlocked.Increment(ref Storage.Epoch);
        }
    }

    /// <summary>Compares graph and program on inputs with the same elements in another order.</summary>
    internal void Check(TraceResult result, IReadOnlyList<Tensor> examples)
    {
        using var hidden = OpObserver.Hide();
        Tensor[] fresh = [.. examples.Select((t, i) => Shuffled(t, i))];
        var (again, _) = Record(fresh);
        if (options.Dynamic.Count == 0 && TraceComparison.FirstDifference(result.Graph, again.Graph) is { } difference)
            throw new TraceException($"on fresh inputs of the same shapes the program did something else. {difference.Message}{Hint(result)}", difference.Where);
        Compare(result, fresh);
    }

    /// <summary>Runs graph and program, and compares their results.</summary>
    internal void Compare(TraceResult result, IReadOnlyList<Tensor> inputs)
    {
        var restore = KeptState.Keep();
        using var kept = new KeptState(result.Graph, module);
        using var off = Grad.No();
        var expected = function(inputs);
        kept.Dispose();
        restore();
        var actual = result.Graph.Run([.. inputs]);
        for (var i = 0; i < expected.Count; i++)
        {
            var y = (Tensor)actual[i]!;
            if (y.Shape != expected[i].Shape || y.DType != expected[i].DType)
                throw new TraceException($"on other inputs (shapes {string.Join(", ", inputs.Select(static t => t.Shape))}) result {i} of the graph is {y.DType.Name()} {y.Shape}, the program's {expected[i].DType.Name()} {expected[i].Shape}{Hint(result)}");
            if (!y.Allclose(expected[i], options.Tolerance, options.Tolerance, equalNan: true))
                throw new TraceException($"on other inputs (shapes {string.Join(", ", inputs.Select(static t => t.Shape))}) result {i} of the graph differs from the program's: data made in C# for one call is fixed in the graph{Hint(result)}");
        }
    }

    static string Hint(TraceResult result) => result.Notes.Count == 0 ? "" : $"\nWhere C# looked at values:\n  {string.Join("\n  ", result.Notes)}";

    /// <summary>The same elements in another order: values stay in the range that the program expects.</summary>
    static Tensor Shuffled(Tensor t, int seed)
    {
        using var off = Grad.No();
        var n = (int)Math.Min(t.Numel, int.MaxValue);
        var order = new long[n];
        for (var i = 0; i < n; i++) order[i] = i;
        new Random(seed + 1).Shuffle(order);
        return t.Detach().Reshape([-1]).IndexSelect(0, Tensor.From(order)).Reshape(t.Shape.ToArray()).WithGrad(t.RequiresGrad);
    }
}
