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

/// <summary>A small translator: an encoder and a decoder that stops when it says so.</summary>
[Module]
internal sealed partial class Translator(long words, long width) : Module
{
    [Parameter] readonly Tensor table = Tensor.Randn([words, width]).WithGrad();
    [Parameter] readonly Tensor inputWeight = (Tensor.Randn([4 * width, width]) * 0.5).Detach().WithGrad();
    [Parameter] readonly Tensor stateWeight = (Tensor.Randn([4 * width, width]) * 0.5).Detach().WithGrad();
    [Parameter] readonly Tensor output = Tensor.Randn([words, width]).WithGrad();

    [Script]
    (Tensor, Tensor) Step(Tensor word, Tensor h, Tensor c)
    {
        var gates = table.IndexSelect(0, word).Linear(inputWeight) + h.Linear(stateWeight);
        var parts = gates.Chunk(4, 1);
        c = parts[1].Sigmoid() * c + parts[0].Sigmoid() * parts[2].Tanh();
        return (parts[3].Sigmoid() * c.Tanh(), c);
    }

    /// <summary>Says the likeliest word, step by step, until it says word 0 or the limit is reached.</summary>
    [Script]
    public Tensor Forward(Tensor source, long limit)
    {
        var h = Tensor.Zeros([1, width]);
        var c = Tensor.Zeros([1, width]);
        for (var t = 0; t < source.Size(0); t++) (h, c) = Step(source.Narrow(0, t, 1), h, c);
        var word = source.Narrow(0, 0, 1);
        var said = new List<Tensor>();
        for (var i = 0; i < limit; i++)
        {
            (h, c) = Step(word, h, c);
            word = h.Linear(output).Argmax(1);
            said.Add(word);
            if (word.Item<long>() == 0) break;
        }
        return Tensor.Cat([.. said.ToArray()], 0);
    }

    /// <summary>Keeps the likeliest few sentences.</summary>
    [Script]
    public (Tensor, Tensor) Beam(Tensor source, long beams, long limit)
    {
        var h = Tensor.Zeros([1, width]);
        var c = Tensor.Zeros([1, width]);
        for (var t = 0; t < source.Size(0); t++) (h, c) = Step(source.Narrow(0, t, 1), h, c);
        h = h.Expand([beams, width]).Clone();
        c = c.Expand([beams, width]).Clone();
        var word = source.Narrow(0, 0, 1).Expand([beams]).Clone();
        // All beams begin alike: only the first counts at first.
        var score = Tensor.Arange(0, beams).Clamp(0, 1).Float() * -1e9;
        var done = Tensor.Zeros([beams], DType.Bool);
        var sentences = Tensor.Zeros([beams, 0], DType.Int64);
        for (var i = 0; i < limit; i++)
        {
            (h, c) = Step(word, h, c);
            var step = h.Linear(output).LogSoftmax(1);
            // A finished sentence goes on with word 0 at no cost.
            var idle = (Tensor.Arange(0, words) > 0).Float() * -1e9;
            var total = score.Unsqueeze(1) + idle.Unsqueeze(0).Expand([beams, words]).Where(done.Unsqueeze(1), step);
            var (best, places) = total.Reshape([-1]).Topk(beams);
            var from = places.Div(words, "floor");
            word = places.Remainder(words);
            score = best;
            h = h.IndexSelect(0, from);
            c = c.IndexSelect(0, from);
            done = done.IndexSelect(0, from) | (word.Eq(0));
            sentences = Tensor.Cat([sentences.IndexSelect(0, from), word.Unsqueeze(1)], 1);
            if (done.All().Item<bool>()) break;
        }
        return (sentences, score);
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
    static void Check(ScriptFunction f, Func<object?[], object?> eager, params object?[][] calls)
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
    public void Greedy_decoding_of_a_translator()
    {
        var t = new Translator(12, 8);
        var f = Script.Of(t).Main;
        Check(f, a => t.Forward((Tensor)a[0]!, (long)a[1]!), [Tensor.From([3L, 5, 7]), 6L], [Tensor.From([1L]), 1L], [Tensor.From([9L, 2, 4, 6, 8, 10, 11]), 40L]);
        Assert.Contains(Onnx.ToModel(f.Graph, examples: [Tensor.From([3L, 5, 7]), 6L]).Graph!.Node, static n => n.OpType == "Loop");
    }

    [Fact]
    public void Beam_search_of_a_translator()
    {
        var t = new Translator(12, 8);
        Check(Script.Of(t)["Beam"], a => t.Beam((Tensor)a[0]!, (long)a[1]!, (long)a[2]!), [Tensor.From([3L, 5, 7]), 3L, 6L], [Tensor.From([9L, 2, 4, 6]), 4L, 12L]);
    }
}
