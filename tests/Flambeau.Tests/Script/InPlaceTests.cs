using Flambeau.Autograd;
using Flambeau.Capture;

namespace Flambeau.Tests.Scripts;

/// <summary>Indexing and updates in place.</summary>
public static partial class InPlaceScripts
{
    [Script]
    internal static Tensor Indexing(Tensor x, Tensor index, long i)
    {
        var a = x[1..3, ..] + x[^1] + x[i];
        var b = x[TensorIndex.Ellipsis, 0] + x[0, TensorIndex.NewAxis][0, 1];
        return a.Sum() + b.Sum() + x[index].Sum() + x[x > 0.4].Sum() + x[TensorIndex.Slice(0, null, 2), 1].Sum() + x[..^1].Sum();
    }

    [Script]
    internal static Tensor Updates(Tensor x, bool twice)
    {
        var y = x.Clone();
        var alias = y;
        y.Add_(1);
        y[0] = x[1] * 2;
        y[1..3, 0] = 5;
        y[y > 3] = 0.5;
        alias[^1] += x[0];
        if (twice) alias.Mul_(2);
        var row = y[1];
        row.Exp_();
        y.T.Mul_(Tensor.From([1f, 2, 3]));
        return y + alias;
    }

    [Script]
    internal static Tensor InLoop(Tensor x, long n)
    {
        var y = Tensor.Zeros([x.Size(0), x.Size(1)]);
        for (var i = 0; i < n; i++)
        {
            y[i] = x[i] * i + y.Sum();
            y.Add_(0.1);
        }
        return y;
    }

    [Script]
    internal static Tensor NoGrad(Tensor x)
    {
        Tensor scale;
        using (Grad.No())
        {
            scale = x.Abs().Max();
            scale = scale + 1;
        }
        var y = x.Detach() * x;
        return x / scale + y;
    }

    [Script]
    internal static Tensor ChangesInput(Tensor x)
    {
        x.Add_(1);
        return x;
    }

    [Script]
    internal static Tensor Uncertain(Tensor x, bool b)
    {
        var y = x * 2;
        var z = x * 3;
        var w = b ? y : z;
        w.Add_(1);
        return y + z;
    }

    [Script]
    internal static Tensor Certain(Tensor x, bool b)
    {
        var w = b ? x * 2 : x * 3;
        w.Add_(1);
        return w;
    }

    [Script]
    internal static Tensor Recursive(Tensor x, long n) => n <= 0 ? x : Other(x, n - 1);

    [Script]
    internal static Tensor Other(Tensor x, long n) => Recursive(x + 1, n);
}

public sealed class InPlaceTests
{
    static readonly Tensor m = Tensor.From([0.5f, 1, -0.25f, 2, 0.1f, 0.3f], [3, 2]);

    [Fact]
    public void Indexing() => Check.Same(Script.Of((Func<Tensor, Tensor, long, Tensor>)InPlaceScripts.Indexing), [m, Tensor.From([2L, 0, 2]), 1L], [m, Tensor.From([0L]), -1L]);

    [Fact]
    public void Updates_reach_all_aliases_and_views() => Check.Same(Script.Of((Func<Tensor, bool, Tensor>)InPlaceScripts.Updates), [m, true], [m, false]);

    [Fact]
    public void Updates_in_loops() => Check.Same(Script.Of((Func<Tensor, long, Tensor>)InPlaceScripts.InLoop), [m, 0L], [m, 3L]);

    [Fact]
    public void No_grad() => Check.Same(Script.Of((Func<Tensor, Tensor>)InPlaceScripts.NoGrad), [m]);

    [Fact]
    public void Updates_of_values_that_nobody_else_sees() => Check.Same(Script.Of((Func<Tensor, bool, Tensor>)InPlaceScripts.Certain), [m, true], [m, false]);

    [Fact]
    public void What_cannot_be_tracked_is_refused()
    {
        Refused((Func<Tensor, Tensor>)InPlaceScripts.ChangesInput, "InPlaceTests.cs:62:", "Clone() it first");
        Refused((Func<Tensor, bool, Tensor>)InPlaceScripts.Uncertain, "InPlaceTests.cs:72:", "depends on a branch");
        Refused((Func<Tensor, long, Tensor>)InPlaceScripts.Recursive, "InPlaceTests.cs:88:", "calls itself");
    }

    static void Refused(Delegate script, string where, string why)
    {
        var e = Assert.Throws<ScriptException>(() => Script.Of(script).Graph);
        Assert.StartsWith(where, e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }
}
