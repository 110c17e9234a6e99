using Flambeau.Graphs;
using Flambeau.OnnxFormat;

namespace Flambeau.OnnxTests;

/// <summary>Programs with control flow that depends on data.</summary>
internal static partial class Programs
{
    [Script]
    internal static Tensor Branch(Tensor x) => x.Sum().Item<double>() > 0 ? x * 2 : x.Abs() + 1;

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
    internal static Tensor For(Tensor x, long n)
    {
        var y = x;
        for (var i = 1; i <= n; i++)
        {
            if (i % 3 == 0) continue;
            y = y + x * i;
            if (y.Max().Item<double>() > 100) break;
        }
        return y;
    }

    [Script]
    internal static Tensor Collect(Tensor x)
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
    internal static (Tensor, long) Nested(Tensor x, bool flag, long n)
    {
        var count = 0L;
        for (var i = 0; i < n; i++)
        {
            if (flag)
            {
                var j = 0;
                while (j < i)
                {
                    x = x + j;
                    j += 2;
                    count++;
                }
            }
            else x = x * 0.5;
        }
        return (x, count);
    }
}

[Module]
internal sealed partial class Cells : Module
{
    readonly LSTMCell lstm = new(4, 3, bias: false);
    readonly GRUCell gru = new(4, 3);
    readonly RNNCell tanh = new(4, 3), relu = new(4, 3, bias: false, nonlinearity: "relu");

    [Script]
    public (Tensor, Tensor, Tensor, Tensor) Forward(Tensor x, Tensor h)
    {
        var (y, c) = lstm.Forward(x, (h, h * 2));
        return (y, c, gru.Forward(x, h), tanh.Forward(x, h) + relu.Forward(x, h));
    }
}

public sealed class ScriptExportTests
{
    static Tensor Number(object? o) => o switch
    {
        Tensor t => t,
        long v => Tensor.FromScalar(v),
        int v => Tensor.FromScalar((long)v),
        double v => Tensor.FromScalar(v, DType.Float64),
        bool v => Tensor.FromScalar(v),
        _ => throw new NotSupportedException(),
    };

    static Tensor[] Results(object? o) => o is System.Runtime.CompilerServices.ITuple t ? [.. Enumerable.Range(0, t.Length).Select(i => Number(t[i]))] : [Number(o)];

    /// <summary>Eager, script, ONNX Runtime, and the import of what was exported.</summary>
    internal static void Check(ScriptFunction f, Func<object?[], object?> eager, params object?[][] calls)
    {
        using var off = Autograd.Grad.No();
        var model = Onnx.ToModel(f.Graph, examples: calls[0]);
        Onnx.Check(model);
        foreach (var call in calls)
        {
            var expected = Results(eager(call));
            ExportTests.Same(expected, Results(f.Call(call)), 1e-5, "script");
            Tensor[] inputs = [.. call.Select(Number)];
            ExportTests.Same(expected, Peer.Run(model, inputs), 1e-4, "ONNX Runtime");
            ExportTests.Same(expected, Onnx.Load(model).Run([.. inputs]).Select(Number).ToArray(), 1e-4, "import");
        }
    }

    [Fact]
    public void A_branch_on_data() => Check(Script.Of((Func<Tensor, Tensor>)Programs.Branch), static a => Programs.Branch((Tensor)a[0]!), [Tensor.From([1f, 2])], [Tensor.From([-1f, -2])]);

    [Fact]
    public void A_while_loop() => Check(Script.Of((Func<Tensor, double, Tensor>)Programs.While), static a => Programs.While((Tensor)a[0]!, (double)a[1]!), [Tensor.From([1f, -2]), 40.0], [Tensor.From([1f, -2]), 1.0]);

    [Fact]
    public void A_for_loop_with_break_and_continue() => Check(Script.Of((Func<Tensor, long, Tensor>)Programs.For), static a => Programs.For((Tensor)a[0]!, (long)a[1]!), [Tensor.From([1f, 2]), 5L], [Tensor.From([10f, 2]), 50L], [Tensor.From([10f, 2]), 0L]);

    [Fact]
    public void A_list_that_grows() => Check(Script.Of((Func<Tensor, Tensor>)Programs.Collect), static a => Programs.Collect((Tensor)a[0]!), [Tensor.Randn([3, 2])], [Tensor.Randn([6, 2])]);

    [Fact]
    public void Loops_in_branches_in_loops() => Check(Script.Of((Func<Tensor, bool, long, (Tensor, long)>)Programs.Nested), static a => Programs.Nested((Tensor)a[0]!, (bool)a[1]!, (long)a[2]!),
        [Tensor.Randn([2]), true, 5L], [Tensor.Randn([2]), false, 3L], [Tensor.Randn([2]), true, 0L]);

    [Fact]
    public void Recurrent_cells()
    {
        var cells = new Cells();
        Check(Script.Of(cells).Main, a => cells.Forward((Tensor)a[0]!, (Tensor)a[1]!), [Tensor.Randn([2, 4]), Tensor.Randn([2, 3])]);
    }
}
