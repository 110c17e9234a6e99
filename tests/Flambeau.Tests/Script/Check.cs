using Flambeau.Autograd;
using Flambeau.Graphs;

namespace Flambeau.Tests.Scripts;

/// <summary>Compares a script as C#, as a graph, and as the graph's text read back: values, and gradients of inputs and parameters.</summary>
internal static class Check
{
    /// <summary>Checks on each of several lists of arguments.</summary>
    internal static void Same(ScriptFunction f, params object?[][] inputs)
    {
        foreach (var arguments in inputs) Once(f, arguments, []);
    }

    /// <summary>Checks a module with its parameters' gradients.</summary>
    internal static void Same(Flambeau.Nn.Module module, params object?[][] inputs)
    {
        foreach (var arguments in inputs) Once(Script.Of(module).Main, arguments, [.. module.Parameters()]);
    }

    static void Once(ScriptFunction f, object?[] arguments, Tensor[] parameters)
    {
        var graph = f.Graph;
        var again = Graph.Parse(graph.ToString(), name => graph.State.Single(s => s.Name == name).Tensor);
        Assert.Equal(graph.ToString(), again.ToString());
        var eager = Run(arguments, parameters, a =>
        {
            Script.Enabled = false;
            try
            {
                return f.Call(a);
            }
            finally
            {
                Script.Enabled = true;
            }
        }, graph);
        var scripted = Run(arguments, parameters, a => f.Call(a), graph);
        var reread = new ScriptFunction(again, f.Parameters, f.Returns);
        var parsed = Run(arguments, parameters, a => reread.Call(a), graph);
        Equal(eager, scripted, "script");
        Equal(eager, parsed, "parsed graph");
    }

    sealed record Result(object? Value, string? Error, IReadOnlyList<Tensor?> Gradients, IReadOnlyList<Tensor> Buffers);

    static Result Run(object?[] arguments, Tensor[] parameters, Func<object?[], object?> call, Graph graph)
    {
        using var seed = new Generator(7).Use();
        var kept = graph.State.Select(static s => (s.Tensor, Copy: s.Tensor.Detach().Clone())).ToArray();
        object?[] copies = [.. arguments.Select(Fresh)];
        foreach (var p in parameters) p.Grad = null;
        Result result;
        try
        {
            var value = call(copies);
            Tensor? sum = null;
            foreach (var t in Tensors(value))
            {
                if (!t.RequiresGrad) continue;
                var part = (t * (t.Detach().Cos() + 2)).Sum();
                sum = sum is null ? part : sum + part;
            }
            sum?.Backward();
            Tensor?[] gradients = [.. Tensors(copies).Where(static t => t.DType.IsDifferentiable()).Concat(parameters).Select(static t => t.Grad)];
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
        _ => o,
    };

    static IEnumerable<Tensor> Tensors(object? o) => o switch
    {
        null or string => [],
        Tensor t => [t],
        System.Runtime.CompilerServices.ITuple t => Enumerable.Range(0, t.Length).SelectMany(i => Tensors(t[i])),
        System.Collections.IDictionary d => d.Values.Cast<object?>().SelectMany(Tensors),
        System.Collections.IEnumerable e => e.Cast<object?>().SelectMany(Tensors),
        _ => [],
    };

    static void Equal(Result expected, Result actual, string what)
    {
        if (expected.Error is { } error)
        {
            Assert.NotNull(actual.Error);
            Assert.Contains(error.Split(" (Parameter")[0], actual.Error, StringComparison.Ordinal);
            return;
        }
        Assert.True(actual.Error is null, $"{what}: {actual.Error}");
        Value(expected.Value, actual.Value, what);
        Assert.Equal(expected.Gradients.Count, actual.Gradients.Count);
        for (var i = 0; i < expected.Gradients.Count; i++)
        {
            Assert.True(expected.Gradients[i] is null == actual.Gradients[i] is null, $"{what}: gradient {i} is {(actual.Gradients[i] is null ? "missing" : "too many")}");
            if (expected.Gradients[i] is { } g) Value(g, actual.Gradients[i], $"{what}, gradient {i}");
        }
        for (var i = 0; i < expected.Buffers.Count; i++) Value(expected.Buffers[i], actual.Buffers[i], $"{what}, state {i}");
    }

    static void Value(object? expected, object? actual, string what)
    {
        switch (expected)
        {
            case Tensor t:
                var y = Assert.IsType<Tensor>(actual);
                Assert.Equal(t.DType, y.DType);
                Assert.Equal(t.Shape, y.Shape);
                Assert.True(t.Allclose(y, 1e-6, 1e-6, equalNan: true), $"{what}: expected {t}, but was {y}");
                break;
            case null or string or bool:
                Assert.Equal(expected, actual);
                break;
            case double or float:
                Assert.IsType(expected.GetType(), actual);
                Assert.Equal(Convert.ToDouble(expected, null), Convert.ToDouble(actual, null), 1e-9);
                break;
            case System.Runtime.CompilerServices.ITuple t:
                Assert.IsType(expected.GetType(), actual);
                for (var i = 0; i < t.Length; i++) Value(t[i], ((System.Runtime.CompilerServices.ITuple)actual!)[i], $"{what}, item {i}");
                break;
            case System.Collections.IEnumerable e and not System.Collections.IDictionary:
                Assert.IsType(expected.GetType(), actual);
                var (a, b) = (e.Cast<object?>().ToArray(), ((System.Collections.IEnumerable)actual!).Cast<object?>().ToArray());
                Assert.Equal(a.Length, b.Length);
                for (var i = 0; i < a.Length; i++) Value(a[i], b[i], $"{what}, item {i}");
                break;
            default:
                Assert.Equal(expected, actual);
                break;
        }
    }
}
