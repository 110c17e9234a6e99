using Flambeau.Autograd;
using Flambeau.Nn;
using Flambeau.Optim;

namespace Flambeau.Compiler.Tests.Gradients;

/// <summary>Compiled programs whose results carry history: values and gradients are eager's.</summary>
public class GradientTests
{
    static readonly CompileOptions withGradients = new() { Gradients = true, Strict = true };

    static void Close(Tensor expected, Tensor? actual, string what)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(expected.Allclose(actual, 1e-4, 1e-5), $"{what}: expected {expected}, was {actual}");
    }

    /// <summary>Runs layer and compiled layer three times on fresh inputs, the compiled one first; gradients of inputs and parameters agree.</summary>
    static void Same(Func<Layer> make, params long[] shape)
    {
        using var seed = new Generator(3).Use();
        var eager = make();
        var twin = make();
        twin.LoadStateDict(eager.StateDict());
        var compiled = twin.Compile(withGradients);
        for (var run = 0; run < 3; run++)
        {
            var x = Tensor.Randn(shape);
            var (a, b) = (x.Clone().WithGrad(), x.Clone().WithGrad());
            // The input isn't a leaf: history goes on behind the compiled part.
            var y = eager.Forward(a * 2);
            var z = compiled.Forward(b * 2);
            Close(y, z, "result");
            var g = Tensor.Randn(y.Shape);
            y.Backward(g);
            z.Backward(g);
            Close(a.Grad!, b.Grad, "gradient of the input");
            foreach (var ((name, p), (_, q)) in eager.NamedParameters().Zip(twin.NamedParameters())) Close(p.Grad!, q.Grad, name);
            foreach (var ((name, p), (_, q)) in eager.NamedBuffers().Zip(twin.NamedBuffers())) Close(p, q, name);
        }
        Assert.Equal(1, compiled.Statistics.Versions);
        Assert.Equal(2, compiled.Statistics.Runs);
    }

    [Fact]
    public void Of_a_perceptron() => Same(static () => new Sequential([new Linear(5, 7), new GELU(), new Linear(7, 3), new Softmax(-1)]), 4, 5);

    [Fact]
    public void Of_convolutions_and_norms() => Same(static () => new Sequential([new Conv2d(3, 8, 3, padding: 1, bias: false), new BatchNorm2d(8), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(8 * 4 * 4, 5)]), 4, 3, 8, 8);

    [Fact]
    public void Of_an_encoder() => Same(static () => new TransformerEncoderLayer(8, 2, 16, dropout: 0, batchFirst: true), 2, 6, 8);

    [Fact]
    public void Of_nothing_but_the_input() => Same(static () => new Sequential([new Tanh(), new Flatten()]), 2, 3, 4);

    [Fact]
    public void An_input_that_wants_none_and_frozen_parameters_get_none()
    {
        using var seed = new Generator(3).Use();
        var layer = new Linear(3, 2);
        var lines = new List<string>();
        var compiled = layer.Compile(withGradients with { Log = lines.Add });
        var x = Tensor.Randn([4, 3]);
        for (var i = 0; i < 2; i++) compiled.Forward(x).Sum().Backward();
        Close(Tensor.Full([2], 8f), layer.Bias!.Grad, "two passes add up");
        Assert.Null(x.Grad);
        layer.Bias.RequiresGrad = false;
        layer.Bias.Grad = null;
        compiled.Forward(x).Sum().Backward();
        Assert.Null(layer.Bias.Grad);
        Assert.Equal(2, compiled.Statistics.Versions);
        Assert.Contains(lines, static l => l.Contains("want gradients", StringComparison.Ordinal));
        using (Grad.No()) Assert.False(compiled.Forward(x).RequiresGrad);
        Assert.Equal(3, compiled.Statistics.Versions);
    }

    [Fact]
    public void Training_follows_eager_training()
    {
        using var seed = new Generator(3).Use();
        var (eager, twin) = (Make(), Make());
        twin.LoadStateDict(eager.StateDict());
        var compiled = twin.Compile(withGradients);
        var (one, two) = (new Adam(eager.Parameters(), lr: 0.01), new Adam(twin.Parameters(), lr: 0.01));
        var (x, t) = (Tensor.Randn([16, 6]), Tensor.RandInt(0, 4, [16]));
        for (var i = 0; i < 20; i++)
        {
            var a = Step(one, eager.Forward(x), t);
            var b = Step(two, compiled.Forward(x), t);
            Assert.Equal(a, b, 1e-4);
        }

        static Layer Make() => new Sequential([new Linear(6, 16), new ReLU(), new LayerNorm([16]), new Linear(16, 4)]);

        static double Step(Adam optimizer, Tensor y, Tensor target)
        {
            optimizer.ZeroGrad();
            var loss = y.CrossEntropy(target);
            loss.Backward();
            optimizer.Step();
            return loss.Item<float>();
        }
    }

    [Fact]
    public void Results_that_need_none_and_several_results()
    {
        var compiled = ((Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)(static x => [x[0] * x[1], x[0].Argmax(), x[0].Detach() + 1, x[0]])).Compile(options: withGradients);
        for (var run = 0; run < 3; run++)
        {
            var (a, b) = (Tensor.From([1f, 2, 3]).WithGrad(), Tensor.From([4f, 5, 6]));
            var y = compiled.Run(a, b);
            Assert.Equal([true, false, false, true], y.Select(static t => t.RequiresGrad));
            (y[0].Sum() + y[3].Sum() * 10).Backward();
            Assert.Equal([14f, 15, 16], a.Grad!.ToArray<float>());
        }
    }

    [Fact]
    public void Gradients_arrive_late_expanded_and_twice_if_retained()
    {
        var compiled = ((Func<Tensor, Tensor>)(static x => (x.Exp() * x).Sum([0]))).Compile(options: withGradients);
        for (var run = 0; run < 2; run++)
        {
            var x = Tensor.From([0.5f, -1, 2, 3]).Reshape([2, 2]).WithGrad();
            var y = compiled.Forward(x).Sum();
            y.Backward(retainGraph: true);
            y.Backward();
            Close((x.Exp() * (x + 1)).Detach() * 2, x.Grad, "gradient");
            Assert.Throws<InvalidOperationException>(() => y.Backward());
        }
    }

    [Fact]
    public void What_was_changed_in_between_is_noticed_and_second_derivatives_are_refused()
    {
        var layer = new Linear(3, 3);
        var compiled = layer.Compile(withGradients);
        for (var run = 0; run < 2; run++)
        {
            var x = Tensor.Randn([2, 3]).WithGrad();
            var y = compiled.Forward(x).Square().Sum();
            Assert.Contains("FLAMBEAU_JIT", Assert.Throws<InvalidOperationException>(() => Grad.Of(y, x, createGraph: true)).Message, StringComparison.Ordinal);
            y = compiled.Forward(x).Square().Sum();
            using (Grad.No()) layer.Weight.Mul_(2);
            Assert.Contains("in place", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Dropout_masks_are_those_of_the_forward_pass()
    {
        var compiled = new Dropout(0.5).Compile(withGradients);
        using var seed = new Generator(3).Use();
        for (var run = 0; run < 3; run++)
        {
            var x = Tensor.Ones([1000]).WithGrad();
            var y = compiled.Forward(x);
            y.Backward(Tensor.Ones([1000]));
            Close(y.Detach(), x.Grad, "mask");
        }
    }
}
