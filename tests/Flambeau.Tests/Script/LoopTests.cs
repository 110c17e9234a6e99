namespace Flambeau.Tests.Scripts;

/// <summary>Loops.</summary>
public static partial class LoopScripts
{
    [Script]
    internal static Tensor While(Tensor x, double limit)
    {
        var steps = 0;
        while ((x.Abs().Sum() < limit).Item<bool>())
        {
            x = x * 2;
            steps++;
        }
        return x + steps;
    }

    [Script]
    internal static Tensor DoWhile(Tensor x, long n)
    {
        do
        {
            x = x * 1.5;
            n -= 1;
        }
        while (n > 0);
        return x;
    }

    [Script]
    internal static Tensor For(Tensor x, long n)
    {
        var y = x;
        for (var i = 1; i <= n; i++) y = y + x * i;
        for (var i = n; i > 0; i -= 2) y *= 0.5;
        return y;
    }

    [Script]
    internal static Tensor Constant(Tensor x)
    {
        for (var i = 0; i < 3; i++)
        {
            if (i == 1) continue;
            x = x * (i + 2);
        }
        return x;
    }

    [Script]
    internal static Tensor Rows(Tensor x)
    {
        var h = Tensor.Zeros([x.Size(1)]);
        foreach (var row in x.Unbind(0)) h = (h + row).Tanh();
        return h;
    }

    [Script]
    internal static Tensor Indexed(Tensor x)
    {
        var outputs = new List<Tensor>();
        var h = Tensor.Zeros([x.Size(1)]);
        for (var t = 0; t < x.Size(0); t++)
        {
            h = (h * 0.5 + x[t]).Tanh();
            outputs.Add(h);
        }
        return Tensor.Stack([.. outputs.ToArray()], 0);
    }

    [Script]
    internal static Tensor BreakContinue(Tensor x, long n, double limit)
    {
        for (var i = 0; i < n; i++)
        {
            if (i % 3 == 1) continue;
            x = x + i;
            if (x.Sum().Item<double>() > limit) break;
            x = x * 1.1;
        }
        return x;
    }

    [Script]
    internal static Tensor ReturnInside(Tensor x, long n, double limit)
    {
        for (var i = 0; i < n; i++)
        {
            x = x + 1;
            if (x.Sum().Item<double>() > limit) return x * i;
        }
        return -x;
    }

    [Script]
    internal static Tensor Forever(Tensor x)
    {
        while (true)
        {
            x = x / 2;
            if (x.Abs().Max().Item<double>() < 0.1) break;
        }
        return x;
    }

    [Script]
    internal static Tensor Nested(Tensor x, long n, long m)
    {
        for (var i = 0; i < n; i++)
        {
            var s = x * 0.1;
            for (var j = 0; j < m; j++)
            {
                if (j > i) break;
                s = s + j;
            }
            x = x + s;
        }
        return x;
    }

    [Script]
    internal static Tensor UnrolledBreak(Tensor x, double limit)
    {
        foreach (var k in new[] { 1.0, 2.0, 3.0 })
        {
            if (x.Sum().Item<double>() > limit) break;
            x = x * k + 1;
        }
        return x - 0.5;
    }

    [Script]
    internal static (Tensor, long[], double) Lists(Tensor x, List<Tensor> others, long n)
    {
        var sizes = new List<long>();
        var total = 0.0;
        foreach (var o in others)
        {
            sizes.Add(o.Numel);
            x = x + o.Sum();
            total += o.Rank / 2;
        }
        for (var i = 0; i < n; i++) sizes.Add(i * i);
        return (x, sizes.ToArray(), total);
    }

    [Script]
    internal static Tensor OptionalState(Tensor x, long n)
    {
        (Tensor H, long K)? state = null;
        for (var i = 0; i < n; i++)
        {
            var (h, k) = state is { } s ? (s.H * 0.5, s.K + 1) : (x, 0L);
            state = (h + i, k);
        }
        return state is { } last ? last.H * last.K : x;
    }
}

public sealed class LoopTests
{
    static readonly Tensor v = Tensor.From([0.5f, 1, -0.25f]), m = Tensor.From([0.5f, 1, -0.25f, 2, 0.1f, 0.3f], [3, 2]);

    [Fact]
    public void While() => Check.Same(Script.Of((Func<Tensor, double, Tensor>)LoopScripts.While), [v, 1.0], [v, 20.0]);

    [Fact]
    public void Do_while() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)LoopScripts.DoWhile), [v, 0L], [v, 3L]);

    [Fact]
    public void For() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)LoopScripts.For), [v, 0L], [v, 4L], [v, 5L]);

    [Fact]
    public void Constant_loops_are_written_out()
    {
        var f = Script.Of((Func<Tensor, Tensor>)LoopScripts.Constant);
        Check.Same(f, [v]);
        Assert.DoesNotContain("loop", f.Graph.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Foreach_over_rows() => Check.Same(Script.Of((Func<Tensor, Tensor>)LoopScripts.Rows), [m], [Tensor.Zeros([0, 2])]);

    [Fact]
    public void Lists_that_grow() => Check.Same(Script.Of((Func<Tensor, Tensor>)LoopScripts.Indexed), [m]);

    [Fact]
    public void Break_and_continue() => Check.Same(Script.Of((Func<Tensor, long, double, Tensor>)LoopScripts.BreakContinue), [v, 0L, 1.0], [v, 9L, 1e9], [v, 9L, 10.0]);

    [Fact]
    public void Return_from_a_loop() => Check.Same(Script.Of((Func<Tensor, long, double, Tensor>)LoopScripts.ReturnInside), [v, 0L, 1.0], [v, 5L, 1e9], [v, 5L, 6.0]);

    [Fact]
    public void Endless_loop_with_break() => Check.Same(Script.Of((Func<Tensor, Tensor>)LoopScripts.Forever), [v], [v * 100]);

    [Fact]
    public void Nested() => Check.Same(Script.Of((Func<Tensor, long, long, Tensor>)LoopScripts.Nested), [v, 0L, 3L], [v, 3L, 0L], [v, 3L, 2L]);

    [Fact]
    public void Break_from_a_loop_that_is_written_out() => Check.Same(Script.Of((Func<Tensor, double, Tensor>)LoopScripts.UnrolledBreak), [v, 100.0], [v, 0.0], [v, 4.0]);

    [Fact]
    public void Lists() => Check.Same(Script.Of((Func<Tensor, List<Tensor>, long, (Tensor, long[], double)>)LoopScripts.Lists), [v, new List<Tensor> { v, m }, 2L], [v, new List<Tensor>(), 0L]);

    [Fact]
    public void Optional_state() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)LoopScripts.OptionalState), [v, 0L], [v, 1L], [v, 4L]);
}
