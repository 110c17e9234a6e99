using Flambeau.Capture;
using Flambeau.Nn;

namespace Flambeau.Tests.Scripts;

/// <summary>Calls: of scripts, layers, traced graphs, and of plain C# that depends on nothing but configuration.</summary>
[Module]
internal sealed partial class Caller(long width) : Module
{
    readonly Linear layer = new(width, width);
    readonly ScriptFunction traced = new(Trace.Of(static x => (x * 2).Tanh() + 1, Tensor.Zeros([2, 3]), options: new() { Dynamic = [new(0, 0, "N")] }).Graph);

    [Script]
    public Tensor Forward(Tensor x, bool twice = false)
    {
        x = traced.Forward(layer.Forward(x));
        if (twice) x = traced.Forward(x) * Weigh(x.Size(0));
        return x + Root(width);
    }

    [Script]
    long Weigh(long rows) => rows > 1 ? 3 : 2;

    // No script: it is run while the graph is built.
    static double Root(long n) => Math.Round(Math.Sqrt(n), 3);
}

/// <summary>Calls of static methods, and small forms.</summary>
public static partial class CallScripts
{
    [Script]
    internal static Tensor Through(Tensor x, long n)
    {
        for (var i = 0; i < n; i++) x = LoopScripts.For(x, i) + BranchScripts.Ternary(x, n);
        return x;
    }

    [Script]
    internal static (Tensor, long, string) Assignments(Tensor x, long n, string? name = null)
    {
        x += 1;
        x *= 2;
        x -= x.Sum();
        x /= 3;
        n *= 5;
        n %= 7;
        n -= 1;
        n <<= 2;
        n++;
        name ??= "none";
        name += "!";
        foreach (var i in Enumerable.Range(0, 3)) n += i;
        return (x, n, name);
    }

    [Script]
    internal static Tensor Nullable(Tensor? x, Tensor y, double? scale)
    {
        ArgumentNullException.ThrowIfNull(x);
        var s = scale.HasValue ? scale.Value : 2;
        return (scale is > 3 ? x : y) * s + (scale ?? 1);
    }
}

public sealed class CallTests
{
    static readonly Tensor v = Tensor.From([0.5f, 1, -0.25f]), m = Tensor.From([0.5f, 1, -0.25f, 2, 0.1f, 0.3f], [2, 3]);

    [Fact]
    public void Scripts_call_scripts() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)CallScripts.Through), [v, 0L], [v, 3L]);

    [Fact]
    public void Scripts_call_layers_traced_graphs_and_helpers() => Check.Same(new Caller(3), [m], [m, true], [m[..1], true]);

    [Fact]
    public void Traces_take_scripts_in()
    {
        var rows = Script.Of((Func<Tensor, Tensor>)LoopScripts.Rows);
        var graph = Trace.Of(x => rows.Forward(x * 2) + 1, m).Graph;
        Assert.True(((Tensor)graph.Run(m * 3)[0]!).Allclose(LoopScripts.Rows(m * 3 * 2) + 1));
        Assert.DoesNotContain("loop", graph.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compound_assignments() => Check.Same(Script.Of((Func<Tensor, long, string?, (Tensor, long, string)>)CallScripts.Assignments), [v, 3L], [v, -4L, "a"]);

    [Fact]
    public void Nullable_values() => Check.Same(Script.Of((Func<Tensor?, Tensor, double?, Tensor>)CallScripts.Nullable), [v, v * 2, null], [v, v * 2, 4.0], [v, v * 2, 1.0]);

    [Fact]
    public void Switched_off_scripts_run_as_they_are_written()
    {
        // It has no graph, but runs.
        var f = Script.Of((Func<Tensor, bool, Tensor>)InPlaceScripts.Uncertain);
        Assert.Throws<ScriptException>(() => f.Graph);
        Assert.True(Check.Eagerly(() => (Tensor)f.Call(v, true)!).Allclose(v * 5 + 1));
    }
}
