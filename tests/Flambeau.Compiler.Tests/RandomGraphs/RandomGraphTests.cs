using Flambeau.Autograd;
using Flambeau.Compiler.Control;
using Flambeau.Compiler.Passes;
using Flambeau.Compiler.Plan;
using Flambeau.Compiler.Run;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Tests.RandomGraphs;

/// <summary>Graphs of all op families: interpreted, simplified, printed and read back, and compiled, they give the same.</summary>
public class RandomGraphTests(ITestOutputHelper output)
{
    const int Graphs = 2000;

    [Fact]
    public void MeanTheSameInEveryForm()
    {
        var (from, count) = (int.Parse(Environment.GetEnvironmentVariable("FLAMBEAU_SEED") ?? "0", null), int.Parse(Environment.GetEnvironmentVariable("FLAMBEAU_SEEDS") ?? $"{Graphs}", null));
        var failures = new System.Collections.Concurrent.ConcurrentBag<(int Seed, string Text)>();
        var raised = new System.Collections.Concurrent.ConcurrentBag<string>();
        var (nodes, failed, compiled) = (0, 0, 0);
        var log = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        Parallel.For(from, from + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            using var off = Grad.No();
            var made = new RandomGraph(seed);
            var check = new FormCheck(made.Graph, made.Inputs);
            Interlocked.Add(ref nodes, made.Graph.Nodes.Count());
            if (check.Error() is { } e) failures.Add((seed, $"{e}\n{Shrink.Run(made, e)}"));
            if (check.Compiled) Interlocked.Increment(ref compiled);
            if (!check.Runs)
            {
                Interlocked.Increment(ref failed);
                raised.Add($"{seed}: {check.Raised}");
            }
            foreach (var (rule, n) in check.Log.Counts) log.AddOrUpdate(rule, n, (_, o) => o + n);
        });
        output.WriteLine($"{count} graphs, {nodes} nodes, {failed} raise errors, {compiled} compiled");
        foreach (var line in raised) output.WriteLine(line);
        foreach (var (rule, n) in log.OrderByDescending(static p => p.Value)) output.WriteLine($"{n,7} {rule}");
        output.WriteLine($"never: {string.Join("; ", Simplifier.RuleNames.Where(r => !log.ContainsKey(r)))}");
        Assert.True(failures.IsEmpty, $"{failures.Count} of {count} graphs differ\n" + string.Join("\n", failures.OrderBy(static f => f.Seed).Take(5).Select(static f => $"--- seed {f.Seed}: {f.Text}")));
        Assert.True(failed < count / 50, $"{failed} of {count} graphs can't be run");
    }
}

/// <summary>Compares the forms of one graph.</summary>
sealed class FormCheck(Graph graph, object?[] inputs)
{
    internal PassLog Log { get; } = new();

    internal bool Compiled { get; private set; }

    internal bool Runs { get; private set; }

    internal string? Raised { get; private set; }

    /// <summary>The first difference; null if there is none.</summary>
    internal string? Error()
    {
        object?[] expected;
        try
        {
            expected = Run(graph);
        }
        catch (Exception e) when (e is GraphException or ArgumentException or InvalidOperationException)
        {
            Raised = e.Message;
            return null;
        }
        Runs = true;
        try
        {
            var text = graph.ToString();
            var again = Graph.Parse(text, name => graph.State.First(s => s.Name == name).Tensor);
            if (again.ToString() is var second && second != text)
            {
                var (line, was) = second.Split('\n').Zip(text.Split('\n')).First(static p => p.First != p.Second);
                return $"the text changes when it is read and written: '{was}' becomes '{line}'";
            }
            if (Difference(expected, Run(again), 0) is { } d) return $"read back: {d}";
            var simple = Simplifier.Run(graph, new() { Verify = true, KeepsGradients = false, Rounds = false }, Log);
            if (Difference(expected, Run(simple), 4) is { } s) return $"simplified: {s}\n{simple}";
            var stretches = new CompiledGraph(graph, new() { Name = "stretches" }, 0);
            for (var run = 0; run < 2; run++)
            {
                using var drawn = new Generator(7).Use();
                if (Difference(expected, stretches.Run(inputs), 256) is { } c) return $"compiled in stretches, run {run}: {c}\n{stretches}";
            }
            // Numbers from tensors can't be compiled.
            if (simple.Nodes.All(static n => n is OpNode) && simple.Outputs.All(static o => o.Type is TensorType))
            {
                try
                {
                    using var drawn = new Generator(7).Use();
                    var code = Executable.Compile(simple, inputs);
                    var got = code.Run([.. inputs.Select(static i => (Tensor)i!)]);
                    Compiled = true;
                    if (Difference(expected, got, 256) is { } c) return $"compiled: {c}\n{simple}";
                }
                catch (CompileException)
                {
                    // What can't be compiled is said so.
                }
            }
            return null;
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    object?[] Run(Graph g)
    {
        using var drawn = new Generator(7).Use();
        return g.Run(inputs);
    }

    static string? Difference(object?[] expected, object?[] actual, double ulps)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (Difference(expected[i], actual[i], ulps) is { } d) return $"result {i} {d}";
        }
        return null;
    }

    static string? Difference(object? expected, object? actual, double ulps)
    {
        if (expected is not Tensor a || actual is not Tensor b) return Equals(expected, actual) ? null : $"is {actual}, not {expected}";
        if (a.DType != b.DType || a.Shape != b.Shape) return $"is {b.DType.Name()} {b.Shape}, not {a.DType.Name()} {a.Shape}";
        if (a.DType.IsComplex()) return Difference(a.ViewAsReal(), b.ViewAsReal(), ulps);
        var unit = a.DType switch { DType.Float32 => 1.2e-7, DType.Float64 => 2.3e-16, DType.Float16 => 1e-3, DType.BFloat16 => 8e-3, _ => 0 };
        var (x, y) = (a.To(DType.Float64).Reshape(-1).ToArray<double>(), b.To(DType.Float64).Reshape(-1).ToArray<double>());
        // Sums of terms that cancel are as exact as their terms are large.
        var scale = x.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        for (var k = 0; k < x.Length; k++)
        {
            if (x[k].Equals(y[k]) || Math.Abs(x[k] - y[k]) <= ulps * unit * Math.Max(scale, 1)) continue;
            return $"({a.DType.Name()} {a.Shape}) has {y[k]:R} for element {k}, not {x[k]:R}";
        }
        return null;
    }
}
