using Flambeau.Autograd;
using Flambeau.Nn;
using Flambeau.Optim;
using Flambeau.Vision;

namespace Flambeau.Compiler.Tests;

/// <summary>Training two generators against two discriminators (Zhu et al., arXiv:1703.10593): compiled steps follow eager ones.</summary>
public sealed partial class CycleGanTests
{
    [Module]
    sealed partial class CycleGan(long width) : Module
    {
        readonly CycleGanGenerator toB = new(width), toA = new(width);
        readonly CycleGanDiscriminator judgeA = new(width), judgeB = new(width);

        internal IEnumerable<Tensor> Generators => toB.Parameters().Concat(toA.Parameters());

        internal IEnumerable<Tensor> Judges => judgeA.Parameters().Concat(judgeB.Parameters());

        static Tensor Distance(Tensor judged, double target) => (judged - target).Square().Mean();

        static Tensor Gap(Tensor x, Tensor y) => (x - y).Abs().Mean();

        internal Tensor GeneratorLoss(Tensor a, Tensor b)
        {
            Tensor fakeB = toB.Forward(a), fakeA = toA.Forward(b);
            var adversarial = Distance(judgeB.Forward(fakeB), 1) + Distance(judgeA.Forward(fakeA), 1);
            var cycle = Gap(toA.Forward(fakeB), a) + Gap(toB.Forward(fakeA), b);
            var identity = Gap(toB.Forward(b), b) + Gap(toA.Forward(a), a);
            return adversarial + 10 * cycle + 5 * identity;
        }

        internal Tensor JudgeLoss(Tensor a, Tensor b)
        {
            Tensor fakeA, fakeB;
            using (Grad.No()) (fakeA, fakeB) = (toA.Forward(b), toB.Forward(a));
            return 0.5 * (Distance(judgeA.Forward(a), 1) + Distance(judgeA.Forward(fakeA), 0) + Distance(judgeB.Forward(b), 1) + Distance(judgeB.Forward(fakeB), 0));
        }
    }

    /// <summary>
    /// Where a network's rectifiers are near zero, one bit of a float decides the gradient: after some steps of these four networks against each other eager floats are
    /// a percent from eager doubles. So floats are followed for as long as they mean something, and doubles for all twenty steps.
    /// </summary>
    [Theory]
    [InlineData(DType.Float64, 20, 1e-6)]
    [InlineData(DType.Float32, 6, 1e-4)]
    public void Compiled_steps_follow_eager_ones(DType dtype, int steps, double tolerance)
    {
        using var seed = new Generator(1).Use();
        var width = int.TryParse(Environment.GetEnvironmentVariable("CYCLEGAN_WIDTH"), out var w) ? w : 4;
        CycleGan eager = new(width), compiled = new(width);
        compiled.LoadStateDict(eager.StateDict());
        eager.To(dtype);
        compiled.To(dtype);
        Adam MakeG(CycleGan m) => new(m.Generators, lr: 2e-4, beta1: 0.5);
        Adam MakeD(CycleGan m) => new(m.Judges, lr: 2e-4, beta1: 0.5);
        var (eagerG, eagerD, compiledG, compiledD) = (MakeG(eager), MakeD(eager), MakeG(compiled), MakeD(compiled));
        var g = compiledG.Compile(compiled.GeneratorLoss, compiled, new() { Strict = true });
        var d = compiledD.Compile(compiled.JudgeLoss, compiled, new() { Strict = true });
        for (var step = 0; step < steps; step++)
        {
            Tensor a = (Tensor.Rand([1, 3, 64, 64]) * 2 - 1).To(dtype), b = (Tensor.Rand([1, 3, 64, 64]).Sqrt() * 2 - 1).To(dtype);
            var (lossG, lossD) = (Step(eagerG, () => eager.GeneratorLoss(a, b)), Step(eagerD, () => eager.JudgeLoss(a, b)));
            Assert.Equal(lossG, g.Run(a, b).Item<double>(), tolerance * Math.Abs(lossG));
            Assert.Equal(lossD, d.Run(a, b).Item<double>(), tolerance * Math.Max(1, Math.Abs(lossD)));
        }
        Assert.Equal(1, g.Function.Statistics.Versions);
        Assert.Equal(0, g.Function.Statistics.EagerRuns);
    }

    static double Step(Optimizer optimizer, Func<Tensor> loss)
    {
        optimizer.ZeroGrad();
        var y = loss();
        y.Backward();
        optimizer.Step();
        return y.Item<double>();
    }
}
