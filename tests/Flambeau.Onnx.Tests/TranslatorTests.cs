using TranslatorSample;

namespace Flambeau.OnnxTests;

/// <summary>The sample's translator, trained: both ways of decoding, one file each, say in ONNX Runtime what the program says.</summary>
public sealed class TranslatorTests
{
    static readonly Lazy<Translator> taught = new(static () =>
    {
        using var seed = new Generator(7).Use();
        // Whichever test comes first may have turned gradients off.
        using var on = Autograd.Grad.Yes();
        var t = new Translator(10, Numbers.Words.Count, 48);
        Numbers.Teach(t, 500);
        t.Eval();
        return t;
    });

    static readonly long[] numbers = [42, 0, 17, 300, 365, 999];

    [Fact]
    public void It_has_learnt_the_numbers()
    {
        using var off = Autograd.Grad.No();
        var right = Enumerable.Range(0, 100).Count(static n => taught.Value.Forward(Numbers.Digits(n * 10), 12).ToArray<long>().SequenceEqual(Numbers.Say(n * 10)));
        Assert.True(right >= 80, $"{right} of 100 are right");
    }

    [Fact]
    public void Greedy_decoding()
    {
        var t = taught.Value;
        var f = Script.Of(t).Main;
        ScriptExportTests.Check(f, a => t.Forward((Tensor)a[0]!, (long)a[1]!), [.. numbers.Select(static n => (object?[])[Numbers.Digits(n), 12L]), [Numbers.Digits(777), 2L]]);
        Assert.Contains(Onnx.ToModel(f.Graph, examples: [Numbers.Digits(42), 12L]).Graph!.Node, static n => n.OpType == "Loop");
    }

    [Fact]
    public void Beam_search()
    {
        var t = taught.Value;
        ScriptExportTests.Check(Script.Of(t)["Beam"], a => t.Beam((Tensor)a[0]!, (long)a[1]!, (long)a[2]!),
            [.. numbers.Select(static n => (object?[])[Numbers.Digits(n), 3L, 12L]), [Numbers.Digits(71), 5L, 3L]]);
    }
}
