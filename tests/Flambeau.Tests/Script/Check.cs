using Flambeau.Autograd;
using Flambeau.Formats;
using Flambeau.Graphs;

namespace Flambeau.Tests.Scripts;

/// <summary>
/// Compares a script as C#, as a graph, as the graph's text read back, as an archive read back, and in further forms: values, gradients of inputs and parameters, and buffers.
/// </summary>
internal static class Check
{
    static readonly Lock eagerly = new();

    /// <summary>Further forms that must give the same. The compiler's tests, which share these files, add compiled code.</summary>
    internal static readonly List<(string Name, Func<ScriptFunction, ScriptFunction> Make, double Tolerance)> Forms = [];

    /// <summary>Checks on each of several lists of arguments.</summary>
    internal static void Same(ScriptFunction f, params object?[][] inputs) => All(f, inputs, []);

    /// <summary>Checks a module with its parameters' gradients.</summary>
    internal static void Same(Flambeau.Nn.Module module, params object?[][] inputs) => All(Script.Of(module).Main, inputs, [.. module.Parameters()]);

    /// <summary>Runs as C#; forms that are graphs stay graphs meanwhile, as they have no C# to run.</summary>
    internal static T Eagerly<T>(Func<T> run)
    {
        lock (eagerly)
        {
            Script.Enabled = false;
            try
            {
                return run();
            }
            finally
            {
                Script.Enabled = true;
            }
        }
    }

    static void All(ScriptFunction f, object?[][] inputs, Tensor[] parameters)
    {
        var graph = f.Graph;
        var again = Graph.Parse(graph.ToString(), name => graph.State.Single(s => s.Name == name).Tensor);
        Assert.Equal(graph.ToString(), again.ToString());
        ScriptFunction Function(Graph g) => new(g, f.Parameters, f.Returns);
        List<(string Name, ScriptFunction Function, double Tolerance, int Runs)> forms = [("script", Function(graph), 1e-6, 1), ("parsed graph", Function(again), 1e-6, 1), ("archive", Function(Reloaded(f)), 1e-6, 1)];
        // What is compiled is compiled when the sizes come back.
        foreach (var (name, make, tolerance) in Forms) forms.Add((name, make(Function(graph)), tolerance, 3));
        foreach (var arguments in inputs)
        {
            var eager = Eagerly(() => Run(f, arguments, parameters, graph));
            foreach (var (name, form, tolerance, runs) in forms)
            {
                for (var run = 1; run <= runs; run++) Equal(eager, Run(form, arguments, parameters, graph), run == 1 ? name : $"{name}, run {run}", tolerance);
            }
        }
    }

    static Graph Reloaded(ScriptFunction f)
    {
        var path = Path.GetTempFileName();
        try
        {
            f.Save(path);
            return Archive.Load(File.ReadAllBytes(path))["Forward"];
        }
        finally
        {
            File.Delete(path);
        }
    }

    sealed record Result(object? Value, string? Error, IReadOnlyList<Tensor?> Gradients, IReadOnlyList<Tensor> Buffers);

    /// <summary>Runs one form from the same state, and leaves the state as it was.</summary>
    static Result Run(ScriptFunction f, object?[] arguments, Tensor[] parameters, Graph graph)
    {
        using var seed = new Generator(7).Use();
        // A form may have tensors of its own, under the same names.
        var names = graph.State.ToDictionary<StateEntry, object, string>(static s => s.Tensor, static s => s.Name, ReferenceEqualityComparer.Instance);
        var own = f.Graph.State.ToDictionary(static s => s.Name, static s => s.Tensor);
        Tensor[] trained = [.. parameters.Select(p => names.TryGetValue(p, out var n) ? own[n] : p)];
        var kept = graph.State.Select(s => (Tensor: own[s.Name], Copy: own[s.Name].Detach().Clone())).ToArray();
        object?[] copies = [.. arguments.Select(Fresh)];
        foreach (var p in trained) p.Grad = null;
        Result result;
        try
        {
            var value = f.Call(copies);
            Tensor? sum = null;
            foreach (var t in Tensors(value))
            {
                if (!t.RequiresGrad) continue;
                var part = (t * (t.Detach().Cos() + 2)).Sum();
                sum = sum is null ? part : sum + part;
            }
            sum?.Backward();
            Tensor?[] gradients = [.. Tensors(copies).Where(static t => t.DType.IsDifferentiable()).Concat(trained).Select(static t => t.Grad)];
            result = new(value, null, gradients, [.. kept.Select(static k => k.Tensor.Detach().Clone())]);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or GraphException or NullReferenceException)
        {
            result = new(null, e.Message, [], []);
        }
        using (Grad.No())
        {
            foreach (var (tensor, copy) in kept) tensor.Copy_(copy);
        }
        return result;
    }

    static object? Fresh(object? o) => o switch
    {
        Tensor t => t.Detach().Clone().WithGrad(t.DType.IsDifferentiable()),
        Tensor[] a => Array.ConvertAll(a, static t => (Tensor)Fresh(t)!),
        List<Tensor> l => l.ConvertAll(static t => (Tensor)Fresh(t)!),
        ValueTuple<Tensor, Tensor> t => ((Tensor)Fresh(t.Item1)!, (Tensor)Fresh(t.Item2)!),
        State s => s with { Hidden = (Tensor)Fresh(s.Hidden)! },
        _ => o,
    };

    static IEnumerable<Tensor> Tensors(object? o) => o switch
    {
        null or string => [],
        Tensor t => [t],
        State s => [s.Hidden],
        System.Runtime.CompilerServices.ITuple t => Enumerable.Range(0, t.Length).SelectMany(i => Tensors(t[i])),
        System.Collections.IDictionary d => d.Values.Cast<object?>().SelectMany(Tensors),
        System.Collections.IEnumerable e => e.Cast<object?>().SelectMany(Tensors),
        _ => [],
    };

    static void Equal(Result expected, Result actual, string what, double tolerance)
    {
        if (expected.Error is { } error)
        {
            Assert.True(actual.Error is not null, $"{what} gives no error; expected: {error}");
            Assert.Contains(error.Split(" (Parameter")[0], actual.Error, StringComparison.Ordinal);
            return;
        }
        Assert.True(actual.Error is null, $"{what}: {actual.Error}");
        Value(expected.Value, actual.Value, what, tolerance);
        Assert.Equal(expected.Gradients.Count, actual.Gradients.Count);
        for (var i = 0; i < expected.Gradients.Count; i++)
        {
            Assert.True(expected.Gradients[i] is null == actual.Gradients[i] is null, $"{what}: gradient {i} is {(actual.Gradients[i] is null ? "missing" : "too many")}");
            if (expected.Gradients[i] is { } g) Value(g, actual.Gradients[i], $"{what}, gradient {i}", tolerance);
        }
        for (var i = 0; i < expected.Buffers.Count; i++) Value(expected.Buffers[i], actual.Buffers[i], $"{what}, state {i}", tolerance);
    }

    static void Value(object? expected, object? actual, string what, double tolerance)
    {
        switch (expected)
        {
            case Tensor t:
                var y = Assert.IsType<Tensor>(actual);
                Assert.Equal(t.DType, y.DType);
                Assert.Equal(t.Shape, y.Shape);
                Assert.True(t.Allclose(y, tolerance, tolerance, equalNan: true), $"{what}: expected {t}, but was {y}");
                break;
            case State e:
                var state = Assert.IsType<State>(actual);
                Value((e.Hidden, e.Step, e.Scale), (state.Hidden, state.Step, state.Scale), what, tolerance);
                break;
            case null or string or bool:
                Assert.Equal(expected, actual);
                break;
            case double or float:
                Assert.IsType(expected.GetType(), actual);
                Assert.Equal(Convert.ToDouble(expected, null), Convert.ToDouble(actual, null), tolerance / 1000);
                break;
            case System.Runtime.CompilerServices.ITuple t:
                Assert.IsType(expected.GetType(), actual);
                for (var i = 0; i < t.Length; i++) Value(t[i], ((System.Runtime.CompilerServices.ITuple)actual!)[i], $"{what}, item {i}", tolerance);
                break;
            case System.Collections.IEnumerable e and not System.Collections.IDictionary:
                Assert.IsType(expected.GetType(), actual);
                var (a, b) = (e.Cast<object?>().ToArray(), ((System.Collections.IEnumerable)actual!).Cast<object?>().ToArray());
                Assert.Equal(a.Length, b.Length);
                for (var i = 0; i < a.Length; i++) Value(a[i], b[i], $"{what}, item {i}", tolerance);
                break;
            default:
                Assert.Equal(expected, actual);
                break;
        }
    }
}
