using Flambeau.Autograd;
using Flambeau.Optim;

namespace Flambeau.Tests.Autograd;

public sealed class FunctionTests
{
    sealed class Cube : Function
    {
        protected override Tensor[] Forward(FunctionContext context, Tensor[] inputs)
        {
            context.Save(inputs[0]);
            return [inputs[0] * inputs[0] * inputs[0]];
        }

        protected override Tensor?[] Backward(FunctionContext context, Tensor?[] gradients) => [gradients[0]! * 3 * context.Saved[0] * context.Saved[0]];
    }

    [Fact]
    public void Custom_function_has_both_derivatives()
    {
        var x = Draw.Real([5], -1, 1).WithGrad();
        Assert.Null(GradCheck.Check(xs => new Cube().Apply(xs), [x]));
        Assert.Null(GradCheck.CheckSecond(xs => new Cube().Apply(xs), [x]));
    }

    [Fact]
    public void Checkpoint_gives_the_same_gradients_and_random_numbers()
    {
        var w = Draw.Real([4, 4]).WithGrad();
        var x = Draw.Real([3, 4], seed: 3).WithGrad();
        Tensor F(Tensor v) => (v.Mm(w).Exp() * Tensor.Rand([3, 4], dtype: DType.Float64)).Mm(w);
        Generator.Current.ManualSeed(5);
        F(x).Sum().Backward();
        var (gw, gx) = (w.Grad!, x.Grad!);
        w.Grad = x.Grad = null;
        Generator.Current.ManualSeed(5);
        Checkpoint.Run(F, x).Sum().Backward();
        Assert.Equal(gw.ToArray<double>(), w.Grad!.ToArray<double>());
        Assert.Equal(gx.ToArray<double>(), x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Anomaly_mode_names_the_forward_line()
    {
        using var on = Anomaly.Detect();
        var x = Tensor.Zeros([2], DType.Float64).WithGrad();
        var y = (x.Sqrt() * x).Sum();
        var e = Assert.Throws<InvalidOperationException>(() => y.Backward());
        Assert.Contains("sqrt", e.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Anomaly_mode_names_the_forward_line), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hooks_and_retained_gradients()
    {
        var x = Tensor.From<double>([1, 2]).WithGrad();
        var y = x * 3;
        y.RetainGrad();
        var seen = 0;
        using (x.RegisterHook(g => { seen++; return g * 10; })) (y * y).Sum().Backward();
        Assert.Equal(1, seen);
        Assert.Equal([6, 12], y.Grad!.ToArray<double>());
        Assert.Equal([180, 360], x.Grad!.ToArray<double>());
        x.Grad = null;
        var posts = 0;
        using var post = x.RegisterPostAccumulateGradHook(_ => posts++);
        (x * 1).Sum().Backward();
        Assert.Equal(1, posts);
        Assert.Equal([1, 1], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Modes()
    {
        var x = Tensor.Ones([2]).WithGrad();
        using (Grad.No()) Assert.False((x * 2).RequiresGrad);
        Tensor made;
        using (Grad.Inference()) made = x * 2;
        Assert.True(made.IsInference);
        Assert.Throws<InvalidOperationException>(() => x * made);
        Assert.Throws<InvalidOperationException>(() => Tensor.From<long>([1]).WithGrad());
        var y = (x * x).Sum();
        y.Backward();
        Assert.Throws<InvalidOperationException>(() => y.Backward());
    }

    [Fact]
    public void Two_threads_train_two_models_as_one_would()
    {
        static double[] Train(int seed)
        {
            var g = new Generator(seed);
            var w = Tensor.Randn([64, 64], g).WithGrad();
            var x = Tensor.Randn([256, 64], g);
            var sgd = new SGD([w], lr: 1e-3, momentum: 0.9);
            for (var i = 0; i < 50; i++)
            {
                sgd.ZeroGrad();
                (x.Mm(w).Tanh() - x).Mul(x).Sum().Backward();
                sgd.Step();
            }
            return w.ToArray<double>();
        }
        var alone = new[] { Train(1), Train(2) };
        var together = new double[2][];
        Parallel.For(0, 2, i => together[i] = Train(i + 1));
        Assert.Equal(alone[0], together[0]);
        Assert.Equal(alone[1], together[1]);
    }
}
